"""The offline proof of one event: a JSON file that an auditor checks without any database.

It holds the event as it is stored, with its salt; the leaf; the path from the leaf to the
root; and the signed checkpoint with that root. Whoever trusts the checkpoint's key needs
nothing else. Nothing in the file can be changed without the check failing, and saying where.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infrastructure.event_store import chain
from infrastructure.event_store.envelope import StoredEvent
from infrastructure.proving import merkle
from infrastructure.proving.checkpoint import NotProven, SignedCheckpoint, checked_checkpoint
from infrastructure.proving.documents import (
    Document,
    Fields,
    UnusableDocument,
    from_base64,
    to_base64,
)
from infrastructure.proving.merkle import HASH_BYTES, Disproved
from infrastructure.proving.signing import PublicKey

FORMAT = "foedus-proof/1"
FIELDS = ("format", "event", "leaf", "inclusion", "checkpoint")
EVENT_FIELDS = (
    "position", "id", "type", "schema_version", "recorded_at", "recorded_by", "tags", "salt",
)  # fmt: skip
DATA, RAW_DATA = "data", "data_base64"


@dataclass(frozen=True)
class Proven:
    """What a proof has shown; ``trusted`` tells whether its key is one that was given."""

    position: int
    id: str | None
    type: str
    recorded_at: str
    checkpoint: SignedCheckpoint
    trusted: bool


def proof_document(stored: StoredEvent, path: list[bytes], signed: SignedCheckpoint) -> Document:
    """Return the proof that this event is in the log of that checkpoint."""
    return {
        "format": FORMAT,
        "event": _event_document(stored),
        "leaf": stored.leaf.hex(),
        "inclusion": {
            "position": stored.position,
            "size": signed.checkpoint.position,
            "path": [sibling.hex() for sibling in path],
        },
        "checkpoint": signed.document(),
    }


def _event_document(stored: StoredEvent) -> Document:
    document: Document = {
        "position": stored.position,
        "id": stored.id,
        "type": stored.event.type,
        "schema_version": stored.schema_version,
        "recorded_at": chain.rfc3339(stored.recorded_us),
        "recorded_by": stored.recorded_by,
        "tags": sorted(stored.event.tags),
        "salt": None if stored.salt is None else stored.salt.hex(),
    }
    try:
        document[DATA] = None if stored.erased else stored.event.data.decode()
    except UnicodeDecodeError:
        document[RAW_DATA] = to_base64(stored.event.data)
    return document


def check_proof(document: Any, trusted: PublicKey | None) -> Proven:
    """Check a proof, with nothing but itself and the key that its reader trusts.

    Raises UnusableDocument where it is not a proof, NotProven where it does not hold.
    """
    fields = Fields(document, "", FIELDS)
    if fields.text("format") != FORMAT:
        raise UnusableDocument("/format", f"is not {FORMAT}, which this program reads")
    event = _event_fields(fields.any("event"))
    leaf = fields.hex("leaf", HASH_BYTES)
    inclusion = Fields(fields.any("inclusion"), "/inclusion", ("position", "size", "path"))
    place, size = inclusion.whole("position", 1), inclusion.whole("size", 1)
    path = [_sibling(text, index) for index, text in enumerate(inclusion.texts("path"))]
    computed = _computed_leaf(event)
    signed = checked_checkpoint(fields.any("checkpoint"), trusted, "/checkpoint")
    root = signed.checkpoint.root
    if size != signed.checkpoint.position:
        raise NotProven("/inclusion/size", "is not the size of the checkpoint's log")
    if place != event.whole("position", 1):
        raise NotProven("/inclusion/position", "is not the event's position")
    if computed is None:
        raise NotProven("/event", "the event was erased: nothing shows what it said")
    if computed != leaf:
        where = "/leaf" if _leads(computed, place, size, path, root) else "/event"
        raise NotProven(where, "the leaf is not that of the event's fields, salt and data")
    try:
        merkle.check_inclusion(leaf, place - 1, size, path, root)
    except Disproved as wrong:
        raise NotProven("/inclusion/path", f"{wrong} than the checkpoint's") from None
    return Proven(
        position=place,
        id=event.text_or_null("id"),
        type=event.text("type"),
        recorded_at=event.text("recorded_at"),
        checkpoint=signed,
        trusted=trusted is not None,
    )


def _leads(leaf: bytes, place: int, size: int, path: list[bytes], root: bytes) -> bool:
    try:
        merkle.check_inclusion(leaf, place - 1, size, path, root)
    except Disproved:
        return False
    return True


def _sibling(text: str, index: int) -> bytes:
    where = f"/inclusion/path/{index}"
    return Fields({"": text}, where, ("",)).hex("", HASH_BYTES)


def _event_fields(event: Any) -> Fields:
    """Return the event's members, which have its data as text or, where it is none, as base64."""
    data = RAW_DATA if isinstance(event, dict) and RAW_DATA in event else DATA
    return Fields(event, "/event", (*EVENT_FIELDS, data))


def _computed_leaf(event: Fields) -> bytes | None:
    """Return the leaf that the event's members give, None for an erased event."""
    header = chain.header(
        position=event.whole("position", 1),
        id=event.text_or_null("id"),
        type=event.text("type"),
        schema_version=event.whole("schema_version"),
        recorded_at=event.read("recorded_at", _microseconds),
        recorded_by=event.text_or_null("recorded_by"),
        tags=_sorted_tags(event),
    )
    data = _data(event)
    if data is None or event.text_or_null("salt") is None:
        return None
    return chain.leaf_hash(event.hex("salt", chain.SALT_BYTES), header, data)


def _data(event: Fields) -> bytes | None:
    if RAW_DATA in event:
        return event.read(RAW_DATA, from_base64)
    text = event.text_or_null(DATA)
    return None if text is None else text.encode()


def _sorted_tags(event: Fields) -> list[str]:
    tags = event.texts("tags")
    if tags != sorted(tags):
        raise UnusableDocument("/event/tags", "is not sorted")
    return tags


def _microseconds(text: str) -> int:
    """Return the time as the store keeps it. Raises ValueError unless it is so written."""
    read = chain.microseconds(datetime.fromisoformat(text))
    if chain.rfc3339(read) != text:
        raise ValueError("is not a time of the form 2026-01-31T12:00:00.000000Z")
    return read


def as_file(document: Document) -> str:
    """Return a document as it is written to a file: for people to read, in one spelling."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
