"""A proof holds as it was made; changed in any place it does not, and the place is told."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventsourcing.dcb.api import DCBEvent
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.event_store import chain
from infrastructure.event_store.envelope import StoredEvent, leaf_of
from infrastructure.proving import merkle
from infrastructure.proving.checkpoint import (
    Checkpoint,
    NotProven,
    SignedCheckpoint,
    checked_checkpoint,
    kept_hash,
    sign,
)
from infrastructure.proving.documents import Document, UnusableDocument, read_document
from infrastructure.proving.proof import as_file, check_proof, proof_document
from infrastructure.proving.signing import PublicKey, SigningKey
from infrastructure.proving.tree import folded

POSITION, SIZE = 3, 8


def new_key() -> SigningKey:
    private = Ed25519PrivateKey.generate()
    return SigningKey(PublicKey(private.public_key().public_bytes_raw()), private.sign)


KEY = new_key()


def stored(data: bytes = b'{"n":5}', event_id: str | None = "an-id") -> StoredEvent:
    event = StoredEvent(
        event=DCBEvent("Coup", data, ["a", "shared"]),
        position=POSITION,
        id=event_id,
        schema_version=1,
        recorded_us=1_790_000_000_000_000,
        recorded_by="ann",
        salt=b"\x07" * 16,
        leaf=b"",
        hash=b"",
    )
    event.leaf = leaf_of(event)
    return event


def proven(event: StoredEvent, key: SigningKey = KEY) -> Document:
    leaves = [bytes([number]) * 32 for number in range(SIZE)]
    leaves[POSITION - 1] = event.leaf

    def subtree(level: int, index: int) -> bytes:
        return folded(leaves[index << level : (index + 1) << level])

    path = merkle.inclusion_path(subtree, POSITION - 1, SIZE)
    checkpoint = Checkpoint(
        store=b"\x09" * 16,
        position=SIZE,
        root=merkle.root(subtree, SIZE),
        hash=b"\x06" * 32,
        time=chain.rfc3339(1_790_000_001_000_000),
    )
    return proof_document(event, path, sign(checkpoint, key))


PROOF = proven(stored())


def test_a_proof_is_a_file_that_holds() -> None:
    found = check_proof(read_document(as_file(PROOF).encode()), KEY.public)
    assert (found.position, found.id, found.type, found.trusted) == (3, "an-id", "Coup", True)
    assert found.checkpoint.checkpoint.position == SIZE
    assert not check_proof(PROOF, None).trusted


@pytest.mark.parametrize("data", [b"", b"\x00\xff", "é".encode(), b'"\\'])
@pytest.mark.parametrize("event_id", [None, "an-id"])
def test_any_stored_bytes_can_be_proven(data: bytes, event_id: str | None) -> None:
    document = json.loads(as_file(proven(stored(data, event_id))))
    assert check_proof(document, KEY.public).id == event_id


def test_a_proof_by_another_key_than_the_readers_is_refused() -> None:
    other = new_key().public
    with pytest.raises(NotProven, match=f"^/checkpoint/key: the key is not the one given, {other}"):
        check_proof(PROOF, other)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in the document that holds no object or list."""
    if isinstance(value, dict):
        for name, entry in value.items():
            yield from places(entry, (*path, name))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from places(entry, (*path, index))
    else:
        yield path


PLACES = list(places(PROOF))


def edited(path: tuple[Any, ...], value: Any) -> Document:
    document = deepcopy(PROOF)
    holder: Any = document
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return document


def held(path: tuple[Any, ...]) -> Any:
    value: Any = PROOF
    for step in path:
        value = value[step]
    return value


NEAR = {"event": ("/event", "/inclusion/position"), "inclusion": ("/inclusion",)}


@given(st.data())
def test_one_field_edited_is_located(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(PLACES))
    value = held(path)
    if isinstance(value, int):
        new: Any = value + data.draw(st.sampled_from([-1, 1, 2, 1000]))
    else:
        here = data.draw(st.integers(0, len(value) - 1))
        other = data.draw(st.sampled_from("0123456789abcdefABZ+/= \n-"))
        new = value[:here] + other + value[here + 1 :]
        if new == value:
            return
    with pytest.raises((NotProven, UnusableDocument)) as refused:
        check_proof(edited(path, new), KEY.public)
    expected = NEAR.get(path[0], ("/" + "/".join(map(str, path)),))
    assert isinstance(refused.value, NotProven | UnusableDocument)
    assert refused.value.where.startswith(expected), (path, new, str(refused.value))


@pytest.mark.parametrize(("key", "where"), [(KEY.public, "/note"), (None, "/key")])
def test_a_signature_line_of_another_key_is_the_notes_fault_where_the_key_is_known(
    key: PublicKey | None, where: str
) -> None:
    note = PROOF["checkpoint"]["note"]
    signed = note.rindex(" ") + 1  # the line's last word begins with the key's hash
    other = note[:signed] + ("0" if note[signed] != "0" else "1") + note[signed + 1 :]
    with pytest.raises(NotProven) as refused:
        checked_checkpoint({**PROOF["checkpoint"], "note": other}, key)
    assert refused.value.where == where


@given(st.data())
def test_an_edited_checkpoint_is_located_without_a_key_too(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(set(PROOF["checkpoint"]) - {"position"})))
    value = PROOF["checkpoint"][name]
    here = data.draw(st.integers(0, len(value) - 1))
    new = value[:here] + ("0" if value[here] != "0" else "1") + value[here + 1 :]
    with pytest.raises((NotProven, UnusableDocument)) as refused:
        checked_checkpoint({**PROOF["checkpoint"], name: new}, None)
    near = ("/note", "/key") if name in {"note", "key"} else (f"/{name}",)
    assert isinstance(refused.value, NotProven | UnusableDocument)
    assert refused.value.where.startswith(near), (name, new, str(refused.value))


WRONG = {
    "a field missing": (lambda d: d.pop("leaf"), "/leaf: is missing"),
    "a field too many": (lambda d: d.update(more=1), "/more: is not a field here"),
    "no object": (lambda d: d.update(event=[]), "/event: is not an object"),
    "another format": (lambda d: d.update(format="x"), "/format: is not foedus-proof/1"),
    "text for a number": (
        lambda d: d["inclusion"].update(size="8"), "/inclusion/size: is not a whole number",
    ),
    "truth for a number": (
        lambda d: d["event"].update(schema_version=True), "is not a whole number from 0",
    ),
    "a number beyond": (lambda d: d["inclusion"].update(size=2**53), "is not a whole number from"),
    "null for text": (lambda d: d["event"].update(type=None), "/event/type: is not text"),
    "no list": (lambda d: d["inclusion"].update(path="x"), "/inclusion/path: is not a list"),
    "a list of others": (lambda d: d["event"].update(tags=[1]), "/event/tags: is not a list of te"),
    "tags in disorder": (lambda d: d["event"]["tags"].reverse(), "/event/tags: is not sorted"),
    "upper case": (lambda d: d.update(leaf=d["leaf"].upper()), "/leaf: is not 64 lower-case"),
    "no time": (lambda d: d["event"].update(recorded_at="now"), "/event/recorded_at: "),
    "a time otherwise": (
        lambda d: d["event"].update(recorded_at="2026-09-21T14:13:20Z"), "is not a time of the form",
    ),
    "a sibling that is none": (lambda d: d["inclusion"]["path"].append("x"), "/inclusion/path/3"),
    "no note": (lambda d: d["checkpoint"].update(note="x"), "/checkpoint/note: is not the signed"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_proof_is_unusable(case: str) -> None:
    spoil, reason = WRONG[case]
    document = deepcopy(PROOF)
    spoil(document)  # type: ignore[no-untyped-call]  # a table of lambdas
    with pytest.raises(UnusableDocument, match=reason):
        check_proof(document, KEY.public)


FALSE = {
    "the leaf": (lambda d: d.update(leaf="00" * 32), "/leaf: "),
    "the event": (lambda d: d["event"].update(recorded_by=None), "/event: "),
    "the data": (lambda d: d["event"].update(data='{"n":6}'), "/event: "),
    "the salt": (lambda d: d["event"].update(salt="00" * 16), "/event: "),
    "erased": (lambda d: d["event"].update(salt=None), "/event: the event was erased"),
    "the place": (lambda d: d["inclusion"].update(position=4), "/inclusion/position: "),
    "the size": (lambda d: d["inclusion"].update(size=9), "/inclusion/size: "),
    "the path": (lambda d: d["inclusion"]["path"].reverse(), "/inclusion/path: "),
    "a shorter path": (lambda d: d["inclusion"]["path"].pop(), "/inclusion/path: "),
}


@pytest.mark.parametrize("case", FALSE)
def test_what_is_false_is_not_proven(case: str) -> None:
    spoil, reason = FALSE[case]
    document = deepcopy(PROOF)
    spoil(document)  # type: ignore[no-untyped-call]  # a table of lambdas
    with pytest.raises(NotProven, match=f"^{reason}"):
        check_proof(document, KEY.public)


def test_a_forgers_own_checkpoint_is_told_by_its_key_only() -> None:
    """Whoever makes up the log and the key makes a file that holds, but not with the true key."""
    forged = proven(stored(b'{"n":666}'), new_key())
    assert not check_proof(forged, None).trusted
    with pytest.raises(NotProven, match="/checkpoint/key"):
        check_proof(forged, KEY.public)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not a JSON document"),
        (b"[]", "not a JSON object"),
        (b"\xff", "not a JSON document"),
        (b'{"a":1,"a":1}', "a key is given twice"),
        (b'{"a":1.5}', "1.5 is no whole number"),
        (b'{"a":NaN}', "NaN is no whole number"),
        (b'{"a":' + b"[" * 100_000, "nested too deeply"),
        (b'{"a":' + b"9" * 5_000 + b"}", "not a JSON document"),
    ],
)
def test_what_is_no_document_is_told(raw: bytes, reason: str) -> None:
    with pytest.raises(UnusableDocument, match=reason):
        read_document(raw)


def test_a_kept_file_names_a_hash() -> None:
    known = (SIZE, b"\x06" * 32)
    assert kept_hash(PROOF, KEY.public) == known
    assert kept_hash(PROOF["checkpoint"], None) == known
    receipt = {"id": "x", "position": 8, "recorded_at": "…", "hash": "06" * 32}
    assert kept_hash(receipt, None) == known
    with pytest.raises(UnusableDocument, match="neither a checkpoint, nor a proof, nor a receipt"):
        kept_hash({"position": 8}, None)
    with pytest.raises(UnusableDocument, match="/hash: is not 64"):
        kept_hash({**receipt, "hash": "06"}, None)


def test_the_note_is_the_text_of_a_checkpoint() -> None:
    signed = checked_checkpoint(PROOF["checkpoint"], None)
    assert isinstance(signed, SignedCheckpoint)
    text, signature = signed.note().split("\n\n")
    origin, size, root, hash_, time = text.split("\n")
    assert origin == "foedus/" + "09" * 16
    assert (size, hash_, time) == ("8", "hash " + "06" * 32, "time 2026-09-21T14:13:21.000000Z")
    assert len(root) == 44
    assert signature.startswith(f"— {origin} ")
    assert signature.endswith("\n")
