"""An event on its way into the log, and as the log gives it back (DESIGN.md section 3)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from eventsourcing.dcb.api import DCBEvent, DCBSequencedEvent

from infrastructure.event_store import chain
from infrastructure.event_store.errors import UnstorableEvent

KEY_BYTES = 1_000
"""How long a type, a tag or an id may be in UTF-8, so that every database can index it."""


@dataclass
class NewEvent(DCBEvent):
    """An event to record. Without an id it is another application's, and has no version."""

    id: str | None = None
    schema_version: int = 0
    recorded_by: str | None = None


@dataclass
class StoredEvent(DCBSequencedEvent):
    """An event of the log. An erased one has no salt and empty data; its leaf remains."""

    id: str | None
    schema_version: int
    recorded_us: int
    """When it was recorded, in microseconds since 1970-01-01 UTC."""
    recorded_by: str | None
    salt: bytes | None
    leaf: bytes
    hash: bytes

    @property
    def recorded_at(self) -> datetime:
        return chain.moment(self.recorded_us)

    @property
    def erased(self) -> bool:
        return self.salt is None


def leaf_of(stored: StoredEvent) -> bytes:
    """Return the leaf that the event's own columns give; an erased one has only the kept."""
    if stored.salt is None:
        return stored.leaf
    header = chain.header(
        position=stored.position,
        id=stored.id,
        type=stored.event.type,
        schema_version=stored.schema_version,
        recorded_at=stored.recorded_us,
        recorded_by=stored.recorded_by,
        tags=stored.event.tags,
    )
    return chain.leaf_hash(stored.salt, header, stored.event.data)


class Head(NamedTuple):
    """The end of the log: position 0 and no time where it is empty."""

    position: int
    hash: bytes
    recorded_at: datetime | None


def from_row(row: Sequence[Any]) -> StoredEvent:
    """Return the event of a row of ``events``, columns in the table's order."""
    position, event_id, name, version, recorded_us, recorded_by, tags, data, salt, leaf, link = row
    event = DCBEvent(name, data or b"", tags_of_text(tags))
    # By place: names would take half as long again, and reading is mostly this.
    return StoredEvent(
        event, position, event_id, version, recorded_us, recorded_by, salt, leaf, link
    )


def event_tuple(stored: StoredEvent) -> tuple[Any, ...]:
    """Return the row of ``events``, columns in the table's order."""
    event = stored.event
    return (
        stored.position,
        stored.id,
        event.type,
        stored.schema_version,
        stored.recorded_us,
        stored.recorded_by,
        tags_text(event.tags),
        None if stored.erased else event.data,
        stored.salt,
        stored.leaf,
        stored.hash,
    )


def tag_tuples(stored: StoredEvent) -> list[tuple[int, str, str]]:
    """Return the rows of ``event_tags`` for an event, each of its tags once, in the table's order."""
    position, event = stored.position, stored.event
    return [(position, tag, event.type) for tag in dict.fromkeys(event.tags)]


def tags_of_text(written: str) -> list[str]:
    """Return the tags of a stored row."""
    if written.startswith('["') and written.endswith('"]') and "\\" not in written:
        return written[2:-2].split('","')  # no text in it has a quote: five times as fast
    tags: list[str] = json.loads(written)
    return tags


def tags_text(tags: Sequence[str]) -> str:
    """Return the one JSON text that a list of tags is stored as."""
    return chain.json_texts(tags)


def prepared(event: DCBEvent) -> NewEvent:
    """Return the event as it will be stored; raise UnstorableEvent where it cannot be.

    Our own events have their tags sorted, each once, so that the chain, which sorts them,
    covers every stored byte. Another application gets its tags back as it gave them.
    """
    new = event if isinstance(event, NewEvent) else NewEvent(event.type, event.data, event.tags)
    _refuse_unstorable("type", new.type)
    for tag in new.tags:
        _refuse_unstorable("tag", tag)
    for name, text in (("id", new.id), ("recorded_by", new.recorded_by)):
        if text is not None:
            _refuse_unstorable(name, text)
    if not isinstance(new.data, bytes):
        raise UnstorableEvent(f"data must be bytes, not {new.data.__class__.__name__}")
    tags = list(new.tags) if new.id is None else sorted(set(new.tags))
    return NewEvent(new.type, new.data, tags, new.id, new.schema_version, new.recorded_by)


def _refuse_unstorable(name: str, text: str) -> None:
    if type(text) is str and text.isascii() and len(text) <= KEY_BYTES and "\x00" not in text:
        return
    if not isinstance(text, str):
        raise UnstorableEvent(f"{name} must be text, not {text.__class__.__name__}")
    try:
        length = len(text.encode())
    except UnicodeEncodeError:
        raise UnstorableEvent(f"{name} is not valid Unicode") from None
    if "\x00" in text:
        raise UnstorableEvent(f"{name} holds U+0000")
    if length > KEY_BYTES:
        raise UnstorableEvent(f"{name} is longer than {KEY_BYTES} bytes")
