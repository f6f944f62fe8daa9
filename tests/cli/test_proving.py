"""verify, checkpoint, proof and verify-proof: an operator signs, an auditor checks offline."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from api.settings import Settings
from infrastructure.database import Database
from infrastructure.event_store.envelope import StoredEvent
from infrastructure.proving.checkpoint import Checkpoint, sign
from infrastructure.proving.signing import signing_key
from tests.cli.conftest import Foedus
from tests.contract.tampering import rewritten

LAST = 46

pytestmark = pytest.mark.usefixtures("loaded")


@pytest.fixture
def key(foedus: Foedus, loaded: str) -> str:
    """The operator's public key, in hexadecimal digits."""
    assert loaded
    return foedus("checkpoint", "--show-key").out.splitlines()[0]


@pytest.fixture
def kept(foedus: Foedus, home: Path, loaded: str) -> Path:
    """A checkpoint of the whole case, kept by an auditor."""
    assert loaded
    assert foedus("checkpoint", "--out", "kept.json").code == 0
    return home / "kept.json"


def change(url: str, *statements: str) -> None:
    database = Database(url)
    with database.write() as conn:
        for statement in statements:
            conn.execute(text(statement))
    database.dispose()


def rewrite(url: str, position: int) -> None:
    """Change an event as one who knows every rule, the forger of a whole history."""
    database = Database(url)

    def recorded_by_another(event: StoredEvent) -> None:
        event.recorded_by = "forger"

    rewritten(database, position, recorded_by_another)
    database.dispose()


def cut(url: str, position: int) -> None:
    """Take away what came after a position, and all that would tell."""
    change(
        url,
        f"DELETE FROM events WHERE position > {position}",
        f"DELETE FROM event_tags WHERE position > {position}",
        "DELETE FROM checkpoints",
    )


def test_a_proof_is_checked_without_the_database(
    foedus: Foedus, home: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert foedus("proof", "23", "--out", "proof.json").code == 0
    monkeypatch.setenv("FOEDUS_DATABASE_URL", "sqlite:////nowhere/at/all")
    monkeypatch.setenv("FOEDUS_SIGNING_KEY", "/nowhere/at/all")
    ended = foedus("verify-proof", "proof.json", "--key", key)
    assert (ended.code, ended.err) == (0, "")
    event = json.loads((home / "proof.json").read_text())["event"]
    assert ended.out.startswith(f"proven: event {event['id']} ({event['type']}) was recorded at ")
    assert " as position 23 of the log foedus/" in ended.out
    assert f"proven: the log had {LAST} events when this was signed at " in ended.out
    assert "proven: the key is the one that you gave\n" in ended.out
    assert "not proven: what happened to the log since" in ended.out


def test_a_proof_without_a_key_says_what_it_does_not_prove(foedus: Foedus, home: Path) -> None:
    (home / "proof.json").write_text(foedus("proof", "1", "--size", "9").out)
    ended = foedus("verify-proof", "proof.json")
    assert ended.code == 0
    assert "proven: the log had 9 events" in ended.out
    assert "not proven: whose key that is. It is the file's own" in ended.out


@pytest.mark.parametrize("form", ["digits", "verifier", "file"])
def test_a_key_is_given_as_text_or_as_a_file(foedus: Foedus, home: Path, form: str) -> None:
    shown = foedus("checkpoint", "--show-key").out.splitlines()
    (home / "operator.pub").write_text(shown[0] + "\n")
    given = {"digits": shown[0], "verifier": shown[1], "file": "operator.pub"}[form]
    foedus("proof", "5", "--out", "proof.json")
    assert (
        "the key is the one that you gave"
        in foedus("verify-proof", "proof.json", "--key", given).out
    )


def test_a_wrong_key_proves_nothing(foedus: Foedus) -> None:
    foedus("proof", "5", "--out", "proof.json")
    ended = foedus("verify-proof", "proof.json", "--key", "ab" * 32)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "foedus: proof.json: not proven: /checkpoint/key: the key is not the one given, "
        f"{'ab' * 32}\n"
    )


EDITS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "the event": (lambda d: d["event"].update(recorded_by="bob"), "/event: the leaf is not that"),
    "the path": (lambda d: d["inclusion"]["path"].pop(), "/inclusion/path: the path is shorter"),
    "the root": (lambda d: d["checkpoint"].update(root="00" * 32), "/checkpoint/root: is not what"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_proof_proves_nothing(foedus: Foedus, home: Path, edit: str) -> None:
    spoil, reason = EDITS[edit]
    document = json.loads(foedus("proof", "5").out)
    spoil(document)
    (home / "proof.json").write_text(json.dumps(document))
    ended = foedus("verify-proof", "proof.json")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(f"foedus: proof.json: not proven: {reason}")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("{", "this is not a JSON document: "),
        ("[]", "this is not a JSON object"),
        ("{}", "/format: is missing"),
        (None, "No such file or directory"),
    ],
)
def test_what_is_no_proof_is_bad_input(
    foedus: Foedus, home: Path, written: str | None, reason: str
) -> None:
    if written is not None:
        (home / "proof.json").write_text(written)
    ended = foedus("verify-proof", "proof.json")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"foedus: proof.json: {reason}")


def test_a_position_that_the_log_does_not_have_is_bad_input(foedus: Foedus) -> None:
    ended = foedus("proof", str(LAST + 1))
    assert (ended.code, ended.err) == (2, f"foedus: position: must be from 1 to the size, {LAST}\n")
    assert foedus("proof", "0").code == 2


def test_a_changed_event_is_not_proven(loaded: str, foedus: Foedus) -> None:
    change(loaded, "UPDATE events SET recorded_by = 'x' WHERE position = 24")
    ended = foedus("proof", "24")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("foedus: position 24: the leaf is not that of the row's columns")


def test_a_key_that_cannot_be_used_is_told(
    foedus: Foedus, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "key.pem").write_text("secret")
    monkeypatch.setenv("FOEDUS_SIGNING_KEY", str(home / "key.pem"))
    ended = foedus("checkpoint")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"foedus: the signing key {home}/key.pem is not an unencrypted")
    assert "secret" not in ended.err
    assert foedus("verify-proof", "x", "--key", "nonsense").err.startswith(
        "foedus: --key: is no Ed"
    )


@pytest.mark.usefixtures("kept")
def test_a_log_continues_its_checkpoint(foedus: Foedus, key: str) -> None:
    event = {
        "type": "ActorRegistered", "occurred": "1960",
        "data": {"actor": "atlantis", "kind": "state", "name": "Atlantis"},
    }  # fmt: skip
    assert foedus("load", "-", stdin=json.dumps(event).encode()).code == 0
    ended = foedus("checkpoint", "--against", "kept.json", "--out", "next.json", "--key", key)
    assert (ended.code, ended.out) == (0, "")
    assert f"the log continues the log of {LAST} events that was signed at " in ended.err
    assert ended.err.endswith("with the key given\n")
    ended = foedus("verify", "--checkpoint", "kept.json", "--checkpoint", "next.json")
    assert ended.code == 0
    assert re.match(
        rf"the log is whole up to position {LAST + 1}, hash [0-9a-f]{{64}}\n", ended.out
    )
    assert ended.out.count("it continues the log of ") == 2
    assert "(none was given with --key)" in ended.out
    ended = foedus("verify", "--since", "kept.json")
    assert (ended.code, ended.out.splitlines()[1]) == (
        0, f"it was walked from position {LAST + 1}, trusting what is before",
    )  # fmt: skip


@pytest.mark.usefixtures("kept")
def test_an_old_checkpoint_exposes_a_rewritten_history(
    loaded: str, foedus: Foedus, key: str
) -> None:
    rewrite(loaded, 24)
    assert foedus("verify").code == 0
    ended = foedus("verify", "--checkpoint", "kept.json", "--key", key)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        f"foedus: position {LAST}: the hash is not the one that was kept: an event up to here was "
        "rewritten; the log is whole up to position 0\n"
    )
    ended = foedus("checkpoint", "--against", "kept.json", "--out", "next.json")
    assert ended.code == 1
    assert f"the first {LAST} events are not those that the checkpoint was signed over" in ended.err
    assert not Path("next.json").exists()
    ended = foedus("verify", "--since", "kept.json")
    assert ended.code == 1


@pytest.mark.usefixtures("kept")
def test_an_old_checkpoint_exposes_a_log_that_was_cut(loaded: str, foedus: Foedus) -> None:
    cut(loaded, 40)
    assert foedus("verify").code == 0
    for command in (["verify", "--checkpoint"], ["verify", "--since"]):
        ended = foedus(*command, "kept.json")
        assert ended.code == 1
        assert f"position 41: the log ends here, and position {LAST} was kept of it" in ended.err
    ended = foedus("checkpoint", "--against", "kept.json")
    assert (ended.code, ended.out) == (1, "")
    assert "the log ends at 40, and the checkpoint was signed over 46 events" in ended.err


def test_a_checkpoint_of_another_log_is_told(kept: Path, foedus: Foedus, loaded: str) -> None:
    change(loaded, "UPDATE store SET id = " + ("'\\x01'" if "post" in loaded else "x'01'"))
    for command in (["verify", "--checkpoint"], ["checkpoint", "--against"]):
        ended = foedus(*command, str(kept))
        assert ended.code == 1
        assert "kept.json: is of the log foedus/" in ended.err


def test_a_receipt_is_enough_to_go_on_from(foedus: Foedus, home: Path, kept: Path) -> None:
    said = json.loads(kept.read_text())
    receipt = {"id": "…", "position": LAST, "recorded_at": "…", "hash": said["hash"]}
    (home / "receipt.json").write_text(json.dumps(receipt))
    assert foedus("verify", "--since", "receipt.json").code == 0
    receipt["hash"] = "00" * 32
    (home / "receipt.json").write_text(json.dumps(receipt))
    ended = foedus("verify", "--since", "receipt.json")
    assert (ended.code, ended.err.split(":")[1]) == (1, f" position {LAST}")


def test_a_walk_begins_at_the_position_given(loaded: str, foedus: Foedus) -> None:
    change(loaded, "UPDATE events SET recorded_by = 'x' WHERE position = 20")
    assert foedus("verify").code == 1
    assert foedus("verify", "--from", "20").code == 1
    ended = foedus("verify", "--from", "21")
    assert ended.code == 0
    assert "walked from position 21, trusting what is before" in ended.out
    assert foedus("verify", "--from", str(LAST + 1)).code == 0
    ended = foedus("verify", "--from", str(LAST + 2))
    assert (ended.code, ended.err) == (
        2, f"foedus: --from: the log has no position {LAST + 1}, which comes before\n",
    )  # fmt: skip
    assert foedus("verify", "--from", "3", "--since", "x").code == 2


def test_columns_that_the_data_does_not_give_are_found(loaded: str, foedus: Foedus) -> None:
    """The chain is whole, made anew by one who knows how; the tags are not the data's."""
    database = Database(loaded)

    def untagged(event: StoredEvent) -> None:
        if event.position == 30:
            event.event.tags = event.event.tags[:-1]

    rewritten(database, 30, untagged)
    database.dispose()
    ended = foedus("verify")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("foedus: position 30: the tags are not those that the data")


def test_a_checkpoint_with_another_root_was_not_signed_over_this_log(
    foedus: Foedus, kept: Path
) -> None:
    """Its hash may be right: the key's holder signs what they like."""
    said = json.loads(kept.read_text())
    false = Checkpoint(
        store=bytes.fromhex(said["origin"].removeprefix("foedus/")),
        position=said["position"],
        root=b"\x05" * 32,
        hash=bytes.fromhex(said["hash"]),
        time=said["time"],
    )
    kept.write_text(json.dumps(sign(false, signing_key(Settings().signing_key)).document()))
    ended = foedus("verify", "--checkpoint", "kept.json")
    assert ended.code == 1
    assert "has another Merkle root than the log" in ended.err
