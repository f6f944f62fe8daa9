"""Is every stored byte what was recorded? The log walked from its first event to its head.

Each row's leaf is computed afresh from its columns and each hash from the leaf before it;
positions must have no gaps, times must rise, and ``event_tags`` must hold exactly what the
events say. An erased event (no data, no salt) is taken by the leaf it left (DESIGN.md
section 8).

The chain cannot know what it ended with: a log cut at its end and continued, or rewritten
from some event on with all its hashes, is whole in itself. Only what was kept outside (a
checkpoint, a receipt) shows that; here, tags or projections beyond the head do.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, exc, func, select, text, type_coerce
from sqlalchemy.types import NullType

from infrastructure.database import Database
from infrastructure.event_store import chain, reading
from infrastructure.event_store.envelope import StoredEvent, from_row, tags_text
from infrastructure.event_store.tracking import FOREIGN_VERSION
from infrastructure.schema.log import checkpoints, event_tags, events

BATCH = 1_000

Progress = Callable[[int, int], None]
"""Called with the position reached and the position of the head."""

Examination = Callable[[StoredEvent], str | None]
"""Returns what is wrong with an event that is not erased, or None."""

StoredRow: TypeAlias = Sequence[Any]
"""A row of ``events``, columns in the table's order."""

# As the driver gives them: a column of the wrong type is a finding, not an accident.
_ROW = select(*(type_coerce(column, NullType()).label(column.name) for column in events.c))
_TAGS = select(*(type_coerce(column, NullType()).label(column.name) for column in event_tags.c))


class Fault(NamedTuple):
    """The first position at which the log is not what was recorded, and in what."""

    position: int
    reason: str


@dataclass(frozen=True)
class Verdict:
    """How far the log is whole, the hash up to there, and where it is not."""

    ok: bool
    position: int
    hash: bytes
    first_bad: Fault | None


class _Broken(Exception):
    """Says why the event at hand is not what was recorded."""


@dataclass(frozen=True)
class _Link:
    """The last event found whole."""

    position: int
    hash: bytes
    recorded_us: int | None = None


def verify(
    database: Database,
    progress: Progress | None = None,
    *,
    examine: Examination | None = None,
    batch_size: int = BATCH,
) -> Verdict:
    """Walk the log up to the head it has now, and tell whether it is whole.

    ``examine`` looks at each event besides, for what only the reader of its data can judge.
    """
    with database.read() as conn:
        last, outside = _outline(conn)
        try:
            link = _Link(0, chain.first_hash(reading.store_id(conn)))
        except exc.NoResultFound:
            return Verdict(
                ok=False, position=0, hash=b"", first_bad=Fault(0, "the store's id is gone")
            )
    if outside is not None and outside.position < 1:
        return Verdict(ok=False, position=0, hash=link.hash, first_bad=outside)
    while link.position < last:
        link, fault = _walk(database, link, min(last, link.position + batch_size), examine)
        if fault is not None:
            return Verdict(ok=False, position=link.position, hash=link.hash, first_bad=fault)
        if progress is not None:
            progress(link.position, last)
    fault = _repeated_id(database, last) or outside
    return Verdict(ok=fault is None, position=last, hash=link.hash, first_bad=fault)


def _walk(
    database: Database, link: _Link, upto: int, examine: Examination | None
) -> tuple[_Link, Fault | None]:
    """Follow the chain from ``link`` to ``upto``, or to the event before the first fault."""
    try:
        rows, tags = _batch(database, link.position, upto)
    except exc.DBAPIError as error:
        if not _is_unreadable(error):
            raise
        if upto == link.position + 1:
            return link, Fault(upto, "a column cannot be read")
        # One by one, to find which.
        while link.position < upto:
            link, fault = _walk(database, link, link.position + 1, examine)
            if fault is not None:
                return link, fault
        return link, None
    wanted = range(link.position + 1, upto + 1)
    stray = min((position for position in tags if position not in wanted), default=None)
    for position in wanted:
        if stray is not None and position > stray:
            return link, Fault(int(stray), "event_tags names a position that cannot be")
        try:
            link = _follow(link, rows.get(position), tags.get(position, []), examine)
        except _Broken as finding:
            return link, Fault(position, str(finding))
        except (TypeError, ValueError, AttributeError, OverflowError) as error:
            return link, Fault(position, f"a column cannot be understood: {error}")
    return link, None


def _follow(
    link: _Link,
    row: StoredRow | None,
    indexed: Sequence[tuple[str, str]],
    examine: Examination | None,
) -> _Link:
    """Return the next link of the chain; raise _Broken where the row does not give it."""
    if row is None:
        raise _Broken("there is no event at this position")
    position, event_id, type_, _, recorded_us, _, tags_json, _, salt, kept_leaf, kept_hash = row
    tags = _tags(tags_json, ours=event_id is not None)
    leaf = _leaf(row, tags)
    if leaf != kept_leaf:
        raise _Broken("the leaf is not that of the row's columns")
    expected = chain.next_hash(link.hash, leaf)
    if expected != kept_hash:
        raise _Broken("the hash does not follow from the leaf and the hash before")
    if link.recorded_us is not None and recorded_us <= link.recorded_us:
        raise _Broken("recorded_at is not later than that of the event before")
    if sorted(indexed) != [(tag, type_) for tag in sorted(set(tags))]:
        raise _Broken("event_tags does not hold what the event's tags and type say")
    if examine is not None and salt is not None and (wrong := examine(from_row(row))):
        raise _Broken(wrong)
    return _Link(position, expected, recorded_us)


def _tags(written: str, *, ours: bool) -> list[str]:
    """Return the tags of a row, which has them written in one way only."""
    tags: list[str] = json.loads(written)
    if tags_text(tags) != written or not all(isinstance(tag, str) for tag in tags):
        raise _Broken("tags are not written as the store writes them")
    if ours and tags != sorted(set(tags)):
        raise _Broken("tags are not sorted")
    return tags


def _leaf(row: StoredRow, tags: Sequence[str]) -> bytes:
    """Return the leaf that the columns give, or the kept one of an erased event."""
    position, event_id, type_, version, recorded_us, recorded_by, _, data, salt, kept, _ = row
    if data is None and salt is None:
        return bytes(kept)
    if data is None or salt is None or len(salt) != chain.SALT_BYTES:
        raise _Broken("the data or the salt was removed or cut")
    header = chain.header(
        position=position,
        id=event_id,
        type=type_,
        schema_version=version,
        recorded_at=recorded_us,
        recorded_by=recorded_by,
        tags=tags,
    )
    return chain.leaf_hash(salt, header, data)


def _batch(
    database: Database, after: int, upto: int
) -> tuple[dict[int, StoredRow], dict[int, list[tuple[str, str]]]]:
    """Return the rows of ``events`` and of ``event_tags`` in ``(after, upto]``, by position."""
    in_range = events.c.position > after, events.c.position <= upto
    tags_in_range = event_tags.c.position > after, event_tags.c.position <= upto
    with database.read() as conn:
        rows: Sequence[StoredRow] = conn.execute(_ROW.where(*in_range)).all()
        tags: Sequence[StoredRow] = conn.execute(_TAGS.where(*tags_in_range)).all()
    indexed: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for position, tag, type_ in tags:
        indexed[position].append((tag, type_))
    return {row[0]: row for row in rows}, indexed


def _is_unreadable(error: exc.DBAPIError) -> bool:
    """Tell a stored value that the driver cannot give from a database that does not answer."""
    return isinstance(error, exc.DataError) or "decode" in str(error.orig).lower()


def _outline(conn: Connection) -> tuple[int, Fault | None]:
    """Return the head, and what lies outside of the log's positions."""
    last = conn.execute(select(func.max(events.c.position))).scalar() or 0
    early = select(func.min(events.c.position)).where(events.c.position < 1)
    early_tag = select(func.min(event_tags.c.position)).where(event_tags.c.position < 1)
    for statement in (early, early_tag):
        if (position := conn.execute(statement).scalar()) is not None:
            return last, Fault(int(position), "positions begin at 1")
    late_tag = select(event_tags.c.position).where(event_tags.c.position > last).limit(1)
    if conn.execute(late_tag).first() is not None:
        return last, Fault(last + 1, "event_tags goes on after the last event")
    ahead = (checkpoints.c.position > last) & (checkpoints.c.version != FOREIGN_VERSION)
    if name := conn.execute(select(checkpoints.c.name).where(ahead).limit(1)).scalar():
        return last, Fault(last + 1, f"the projection {name} has seen events that are gone")
    return last, None


def _repeated_id(database: Database, last: int) -> Fault | None:
    again = func.max(events.c.position).label("position")
    repeated = (
        select(again)
        .where(events.c.event_id.is_not(None), events.c.position <= last)
        .group_by(events.c.event_id)
        .having(func.count() > 1)
        .subquery()
    )
    with database.read() as conn:
        if conn.dialect.name == "postgresql":
            conn.execute(text("SET LOCAL statement_timeout = 0"))
        position = conn.execute(select(func.min(repeated.c.position))).scalar()
    return None if position is None else Fault(position, "the id is that of an earlier event")
