"""The commands of audits: verify the log, sign what it is, prove an event of it, check a proof."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api.cli.opening import Store, opened
from api.cli.stopping import CHECK_FAILED, Stop
from api.cli.terminal import printable, progress
from api.serving import utc_now
from api.settings import Settings
from infrastructure.event_store.verification import Known, Verdict
from infrastructure.proving.checkpoint import (
    NotProven,
    SignedCheckpoint,
    kept_checkpoint,
    kept_hash,
)
from infrastructure.proving.documents import Document, UnusableDocument, read_document
from infrastructure.proving.proof import Proven, as_file, check_proof
from infrastructure.proving.prover import OutOfRange, Prover
from infrastructure.proving.signing import PublicKey, UnusableKey, public_key
from infrastructure.proving.tree import LogDamaged
from infrastructure.proving.verifying import stored_hash, verify_log

LARGEST_FILE = 64 * 1024 * 1024

KeyOption = Annotated[
    str | None,
    typer.Option(
        "--key",
        metavar="KEY",
        help="The public key that you know to be the operator's: 64 hexadecimal digits, "
        "NAME+ID+KEY, or a file with either or PEM.",
    ),
]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="Write to this file, not to standard output.")
]


def verify(
    *,
    begin: Annotated[
        int | None,
        typer.Option("--from", min=1, help="Begin at this position; trust what comes before."),
    ] = None,
    since: Annotated[
        Path | None,
        typer.Option(help="Begin after what this file names: a checkpoint, a proof, a receipt."),
    ] = None,
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(help="The log must be what this kept checkpoint says. May be repeated."),
    ] = None,
    key: KeyOption = None,
) -> None:
    """Check every stored byte of the log, and every column by the data; say where it is wrong."""
    if begin is not None and since is not None:
        raise typer.BadParameter("give one of --from and --since", param_hint="--since")
    trusted = _key(key)
    with opened(Settings()) as store:
        kept = [_own(store, file, _kept(file, trusted)) for file in checkpoint or ()]
        start = _start(store, begin, since, trusted)
        with progress("verifying") as advance:
            verdict = verify_log(
                store.database, advance, known=[one.checkpoint.known for one in kept], since=start
            )
        _stop_if_bad(verdict)
        for one in kept:
            _compare_root(store, one)
    typer.echo(f"the log is whole up to position {verdict.position:,}, hash {verdict.hash.hex()}")
    if start is not None:
        typer.echo(f"it was walked from position {start.position + 1:,}, trusting what is before")
    for one in kept:
        typer.echo(f"it continues the log {_signed_words(one, known=trusted is not None)}")


def _start(
    store: Store, begin: int | None, since: Path | None, trusted: PublicKey | None
) -> Known | None:
    """Where an incremental walk begins."""
    if since is not None:
        with _said_of(since):
            return kept_hash(_read(since), trusted)
    if begin is None:
        return None
    known = stored_hash(store.database, begin - 1)
    if known is None:
        raise Stop(f"--from: the log has no position {begin - 1}, which comes before")
    return known


def _stop_if_bad(verdict: Verdict) -> None:
    if verdict.first_bad is not None:
        position, reason = verdict.first_bad
        raise Stop(
            f"position {position:,}: {reason}; "
            f"the log is whole up to position {verdict.position:,}",
            CHECK_FAILED,
        )


def _compare_root(store: Store, kept: SignedCheckpoint) -> None:
    """The chain's hash agrees already; the checkpoint must also have the root of these leaves."""
    with _told():
        root = _prover(store).root(kept.checkpoint.position)
    if root != kept.checkpoint.root:
        raise Stop(
            f"the checkpoint of position {kept.checkpoint.position:,} has another Merkle root "
            "than the log: it was not signed over this log",
            CHECK_FAILED,
        )


def checkpoint(
    *,
    out: OutOption = None,
    against: Annotated[
        Path | None,
        typer.Option(help="Sign only if the log continues what this kept checkpoint says."),
    ] = None,
    key: KeyOption = None,
    show_key: Annotated[
        bool, typer.Option("--show-key", help="Print the public key instead, in both forms.")
    ] = False,
) -> None:
    """Sign what the log is now, to be kept elsewhere: it exposes any later rewriting or cutting."""
    trusted = _key(key)
    with opened(Settings()) as store, _told():
        prover = _prover(store)
        if show_key:
            public = prover.key().public
            typer.echo(f"{public}\n{public.verifier(prover.origin())}")
            return
        if against is not None:
            kept = _own(store, against, _kept(against, trusted))
            _continue(prover, kept)
            known = trusted is not None
            typer.echo(f"the log continues the log {_signed_words(kept, known=known)}", err=True)
        signed = prover.checkpoint()
    _write(signed.document(), out)


def _continue(prover: Prover, kept: SignedCheckpoint) -> None:
    """Stop unless the log begins with what the checkpoint was signed over."""
    then = kept.checkpoint
    try:
        now = prover.checkpoint(then.position).checkpoint
    except OutOfRange as beyond:
        raise Stop(
            f"{beyond}, and the checkpoint was signed over {then.position:,} events: "
            "the log was cut",
            CHECK_FAILED,
        ) from None
    if (now.root, now.hash) != (then.root, then.hash):
        raise Stop(
            f"the first {then.position:,} events are not those that the checkpoint was signed "
            "over: the log was rewritten",
            CHECK_FAILED,
        )


def proof(
    position: Annotated[int, typer.Argument(min=1, help="The position of the event.")],
    *,
    size: Annotated[
        int | None, typer.Option(min=1, help="Prove it in the log of so many events.")
    ] = None,
    out: OutOption = None,
) -> None:
    """Write the proof that an event is in the log: a file to be checked without the database."""
    with opened(Settings()) as store, _told():
        document = _prover(store).proof(position, size)
    _write(document, out)


def verify_proof(
    file: Annotated[Path, typer.Argument(help="The proof, as `foedus proof` writes it.")],
    *,
    key: KeyOption = None,
) -> None:
    """Check a proof without any database, and say what it proves and what not."""
    trusted = _key(key)
    with _said_of(file):
        proven = check_proof(_read(file), trusted)
    for line in _outcome(proven):
        typer.echo(printable(line))


def _outcome(proven: Proven) -> Iterator[str]:
    signed = proven.checkpoint.checkpoint
    name = "another application's event" if proven.id is None else f"event {proven.id}"
    yield (
        f"proven: {name} ({proven.type}) was recorded at {proven.recorded_at} as position "
        f"{proven.position:,} of the log {signed.origin}, just as this file has it"
    )
    yield (
        f"proven: the log had {signed.position:,} events when this was signed at {signed.time} "
        f"with the key {proven.checkpoint.key}"
    )
    if proven.trusted:
        yield "proven: the key is the one that you gave"
    else:
        yield (
            "not proven: whose key that is. It is the file's own, and anybody can make one: "
            "give the operator's with --key"
        )
    yield (
        "not proven: what happened to the log since, when it was really signed, and whether "
        "what the event says is true"
    )


def _signed_words(kept: SignedCheckpoint, *, known: bool) -> str:
    """What a kept checkpoint says, and whether its key is one that was given."""
    whose = "the key given" if known else f"its own key {kept.key} (none was given with --key)"
    return (
        f"of {kept.checkpoint.position:,} events that was signed at {kept.checkpoint.time} "
        f"with {whose}"
    )


def _prover(store: Store) -> Prover:
    return Prover(store.database, Settings().signing_key, utc_now)


def _own(store: Store, file: Path, kept: SignedCheckpoint) -> SignedCheckpoint:
    """The checkpoint, which must be of this store."""
    own = _prover(store).origin()
    if kept.checkpoint.origin != own:
        raise Stop(f"{file}: is of the log {kept.checkpoint.origin}; this is {own}", CHECK_FAILED)
    return kept


def _kept(file: Path, trusted: PublicKey | None) -> SignedCheckpoint:
    with _said_of(file):
        return kept_checkpoint(_read(file), trusted)


def _key(given: str | None) -> PublicKey | None:
    """The key that an option gives, as text or as a file."""
    if given is None:
        return None
    file = Path(given)
    try:
        text = file.read_text(encoding="utf-8") if file.is_file() else given
        return public_key(text)
    except (OSError, UnicodeDecodeError, UnusableKey) as error:
        raise Stop(f"--key: {error}") from None


def _read(file: Path) -> Document:
    try:
        with file.open("rb") as stream:
            raw = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise Stop(f"{file}: {error.strerror}") from None
    if len(raw) > LARGEST_FILE:
        raise Stop(f"{file}: is larger than {LARGEST_FILE:,} bytes")
    return read_document(raw)


def _write(document: Document, out: Path | None) -> None:
    if out is None:
        typer.echo(as_file(document), nl=False)
        return
    try:
        out.write_text(as_file(document), encoding="utf-8")
    except OSError as error:
        raise Stop(f"{out}: {error.strerror}") from None


@contextmanager
def _said_of(file: Path) -> Iterator[None]:
    """Let what is wrong with a file end the command: 1 where it does not hold, 2 where it is none."""
    try:
        yield
    except UnusableDocument as error:
        raise Stop(f"{file}: {error}") from None
    except NotProven as error:
        raise Stop(f"{file}: not proven: {error}", CHECK_FAILED) from None


@contextmanager
def _told() -> Iterator[None]:
    """Let what the log or the key cannot do end the command."""
    try:
        yield
    except LogDamaged as damaged:
        raise Stop(f"{damaged}: `foedus verify` tells more", CHECK_FAILED) from None
    except OutOfRange as beyond:
        raise Stop(f"{beyond.parameter}: {beyond}") from None
    except UnusableKey as error:
        raise Stop(str(error)) from None
