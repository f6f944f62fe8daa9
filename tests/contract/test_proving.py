"""Proofs of a log on both databases, checked by pymerkle over the events' own bytes."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pymerkle
import pytest
from sqlalchemy import delete, update

from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder, chain, reading
from infrastructure.event_store.envelope import NewEvent, StoredEvent
from infrastructure.proving import merkle, tree
from infrastructure.proving.checkpoint import NotProven, checked_checkpoint
from infrastructure.proving.proof import check_proof
from infrastructure.proving.prover import OutOfRange, Prover
from infrastructure.proving.tree import LogDamaged
from infrastructure.schema.log import event_tags, events
from tests.contract.tampering import FOREIGN, LENGTH, at, rewritten

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _small_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """So small that a short log has several, and a tree above them."""
    monkeypatch.setattr(tree, "TILE_LEVEL", 1)
    monkeypatch.setattr(tree, "TILE", 2)
    monkeypatch.setattr(tree, "TILES_READ", 2)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "signing-key.pem"


@pytest.fixture
def proving(database: Database, key_file: Path) -> Prover:
    return Prover(database, key_file, lambda: NOW)


def preimage(event: StoredEvent) -> bytes:
    """What the leaf is the hash of, behind RFC 9162's 0x00."""
    assert event.salt is not None
    header = chain.header(
        position=event.position,
        id=event.id,
        type=event.event.type,
        schema_version=event.schema_version,
        recorded_at=event.recorded_us,
        recorded_by=event.recorded_by,
        tags=event.event.tags,
    )
    return event.salt + header + b"\n" + event.event.data


def independent(log: SqlRecorder) -> pymerkle.InmemoryTree:
    built = pymerkle.InmemoryTree(algorithm="sha256")
    for event in log.stream():
        built.append_entry(preimage(event))
    return built


def hashes(texts: list[str]) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


def test_every_event_is_proven_in_every_tree_that_has_it(log: SqlRecorder, proving: Prover) -> None:
    theirs = independent(log)
    for size in range(1, LENGTH + 1):
        root = theirs.get_root(size)
        for position in range(1, size + 1):
            document = proving.proof(position, size)
            proven = check_proof(document, proving.key().public)
            assert (proven.position, proven.checkpoint.checkpoint.root) == (position, root)
            leaf = bytes.fromhex(document["leaf"])
            assert leaf == theirs.get_leaf(position)
            path = [leaf, *hashes(document["inclusion"]["path"])]
            rule = theirs.prove_inclusion(position, size).rule
            ours = pymerkle.InclusionProof("sha256", True, size, position, rule, path)
            pymerkle.verify_inclusion(leaf, root, ours, index=position, size=size)


def test_every_tree_is_proven_to_grow_into_every_later_one(
    log: SqlRecorder, proving: Prover
) -> None:
    theirs = independent(log)
    for second in range(LENGTH + 1):
        for first in range(second + 1):
            document = proving.consistency(first, second)
            roots = [bytes.fromhex(document[name]["root"]) for name in ("first", "second")]
            assert roots == [theirs.get_root(first), theirs.get_root(second)]
            merkle.check_consistency(first, roots[0], second, roots[1], hashes(document["path"]))
            if first:
                proof = theirs.prove_consistency(first, second)
                pymerkle.verify_consistency(*roots, proof, first, second)


def test_a_checkpoint_says_what_the_log_is(
    database: Database, log: SqlRecorder, proving: Prover
) -> None:
    head = log.head()
    signed = proving.checkpoint()
    said = signed.checkpoint
    with database.read() as conn:
        assert said.store == reading.store_id(conn)
    assert (said.position, said.hash, said.root) == (
        LENGTH, head.hash, independent(log).get_root(),
    )  # fmt: skip
    assert said.time == "2026-11-22T10:00:00.000000Z"
    assert checked_checkpoint(signed.document(), proving.key().public) == signed
    earlier = proving.checkpoint(5).checkpoint
    assert earlier.hash == next(log.stream(after=4, upto=5)).hash


def test_an_empty_log_is_signed_too(recorder: SqlRecorder, proving: Prover) -> None:
    said = proving.checkpoint().checkpoint
    assert (said.position, said.root, said.hash) == (0, merkle.EMPTY_ROOT, recorder.head().hash)
    with pytest.raises(OutOfRange, match="from 1"):
        proving.proof(1)


def test_a_tree_grows_with_the_log(log: SqlRecorder, proving: Prover) -> None:
    before = proving.checkpoint()
    log.append([NewEvent("Coup", b"{}", ["a"], f"more-{n}", 1) for n in range(9)])
    theirs = independent(log)
    assert proving.checkpoint().checkpoint.root == theirs.get_root(LENGTH + 9)
    grown = proving.consistency(LENGTH)
    assert bytes.fromhex(grown["first"]["root"]) == before.checkpoint.root
    assert proving.checkpoint(LENGTH).checkpoint == before.checkpoint


RANGES: dict[str, tuple[Callable[[Prover], Any], str]] = {
    "position 0": (lambda proving: proving.proof(0), "position"),
    "beyond the size": (lambda proving: proving.proof(6, 5), "position"),
    "beyond the head": (lambda proving: proving.proof(LENGTH + 1), "position"),
    "size beyond the head": (lambda proving: proving.proof(1, LENGTH + 1), "size"),
    "nothing to prove it in": (lambda proving: proving.proof(1, 0), "position"),
    "shrinking": (lambda proving: proving.consistency(6, 5), "first"),
    "second beyond the head": (lambda proving: proving.consistency(5, LENGTH + 1), "second"),
    "no such root": (lambda proving: proving.root(LENGTH + 1), "size"),
}


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("case", RANGES)
def test_what_is_out_of_range_is_named(proving: Prover, case: str) -> None:
    asking, parameter = RANGES[case]
    with pytest.raises(OutOfRange) as refused:
        asking(proving)
    assert refused.value.parameter == parameter


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("position", [1, 4, 5, LENGTH])
def test_an_event_that_was_changed_is_not_proven(
    database: Database, proving: Prover, position: int
) -> None:
    with database.write() as conn:
        conn.execute(update(events).where(at(position)).values(recorded_by="bob"))
    with pytest.raises(LogDamaged) as damaged:
        proving.proof(position)
    assert damaged.value.position == position


@pytest.mark.usefixtures("log")
def test_a_leaf_changed_since_this_process_read_it_is_told(
    database: Database, proving: Prover
) -> None:
    proving.checkpoint()
    with database.write() as conn:
        conn.execute(update(events).where(at(4)).values(leaf=b"\x05" * 32))
    with pytest.raises(LogDamaged, match="a leaf from here to 4 is not what it was"):
        proving.proof(3)


@pytest.mark.usefixtures("log")
def test_a_log_cut_since_this_process_read_it_is_told(database: Database, proving: Prover) -> None:
    proving.checkpoint()
    with database.write() as conn:
        for table in (events, event_tags):
            conn.execute(delete(table).where(table.c.position > 9))
    with pytest.raises(LogDamaged, match="the log ends here, and had 12 events before"):
        proving.checkpoint()


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (delete(events).where(at(4)), "position 4: there is no event at this position"),
        (update(events).where(at(4)).values(leaf=b"short"), "position 4: the leaf is not a hash"),
        (
            update(events).where(at(LENGTH)).values(hash=b"short"),
            "position 12: there is no event with a hash at this position",
        ),
    ],
)
def test_a_log_that_is_damaged_is_not_signed(
    database: Database, proving: Prover, change: Any, reason: str
) -> None:
    with database.write() as conn:
        conn.execute(change)
    with pytest.raises(LogDamaged, match=reason):
        proving.checkpoint()


@pytest.mark.usefixtures("log")
def test_an_erased_event_is_in_the_log_and_says_nothing(
    database: Database, proving: Prover
) -> None:
    with database.write() as conn:
        conn.execute(update(events).where(at(5)).values(data=None, salt=None))
    document = proving.proof(5)
    merkle.check_inclusion(
        bytes.fromhex(document["leaf"]), 4, LENGTH,
        hashes(document["inclusion"]["path"]), proving.root(LENGTH),
    )  # fmt: skip
    with pytest.raises(NotProven, match="/event: the event was erased"):
        check_proof(document, None)
    assert check_proof(proving.proof(6), None).position == 6


@pytest.mark.usefixtures("log")
def test_bytes_that_are_no_text_are_proven(proving: Prover) -> None:
    document = proving.proof(FOREIGN)
    assert document["event"]["data_base64"] == "AP8="
    proven = check_proof(document, None)
    assert (proven.id, proven.type, proven.trusted) == (None, "Foreign", False)


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("begin", [1, 5, LENGTH])
def test_an_old_checkpoint_exposes_a_rewritten_history(
    database: Database, key_file: Path, proving: Prover, begin: int
) -> None:
    old = [proving.checkpoint(size).checkpoint for size in range(LENGTH + 1)]

    def change(event: StoredEvent) -> None:
        event.event.data += b" "

    rewritten(database, begin, change)
    anew = Prover(database, key_file, lambda: NOW)
    for kept in old:
        now = anew.checkpoint(kept.position).checkpoint
        assert (now == kept) == (kept.position < begin)
        assert (now.root == kept.root) == (now.hash == kept.hash) == (kept.position < begin)


def test_two_servers_of_one_key_file_sign_alike(
    database: Database, key_file: Path, log: SqlRecorder
) -> None:
    assert log.head().position == LENGTH
    both = [Prover(database, key_file, lambda: NOW) for _ in range(2)]
    assert both[0].checkpoint() == both[1].checkpoint()
