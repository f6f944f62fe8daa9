"""Putting events at the end of the log: their chain, and the statements that insert them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from eventsourcing.dcb.api import DCBEvent
from sqlalchemy import Connection, Select, Text, case, cast, func, insert, select

from infrastructure.bulk import given_rows, insert_tuples, json_rows
from infrastructure.event_store import chain
from infrastructure.event_store.envelope import (
    Head,
    NewEvent,
    StoredEvent,
    event_tuple,
    tag_tuples,
)
from infrastructure.schema.log import event_tags, events

LOG_LOCK = 0x0F0ED05_0002
"""The key of PostgreSQL's advisory lock under which positions are given."""

LOG_CHANNEL = "foedus_log"
"""What PostgreSQL notifies when events were committed, in whichever process."""


def lock_log(conn: Connection) -> None:
    """Keep every other appender out until the transaction ends.

    What is read afterwards is what the last one committed. An SQLite write transaction has
    the file's only write lock already.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_advisory_xact_lock(LOG_LOCK)))


def chained(head: Head, drafts: Sequence[NewEvent], now: datetime) -> Iterator[StoredEvent]:
    """Give each event its position, time, salt, leaf and hash, in order, after ``head``.

    Times are strictly increasing, whatever the clock does.
    """
    position, link = head.position, head.hash
    recorded_us = chain.microseconds(now) - 1
    if head.recorded_at is not None:
        recorded_us = max(recorded_us, chain.microseconds(head.recorded_at))
    for draft, salt in zip(drafts, chain.new_salts(len(drafts)), strict=True):
        position += 1
        recorded_us += 1
        envelope = chain.header(
            position=position,
            id=draft.id,
            type=draft.type,
            schema_version=draft.schema_version,
            recorded_at=recorded_us,
            recorded_by=draft.recorded_by,
            tags=draft.tags,
        )
        leaf = chain.leaf_hash(salt, envelope, draft.data)
        link = chain.next_hash(link, leaf)
        yield StoredEvent(
            event=DCBEvent(draft.type, draft.data, draft.tags),
            position=position,
            id=draft.id,
            schema_version=draft.schema_version,
            recorded_us=recorded_us,
            recorded_by=draft.recorded_by,
            salt=salt,
            leaf=leaf,
            hash=link,
        )


def insert_events(conn: Connection, chaining: Iterable[StoredEvent]) -> list[StoredEvent]:
    """Insert the rows, in the transaction of a caller who holds the log's lock, and return them.

    Many are sent to PostgreSQL while the next ones are being chained.
    """
    stored: list[StoredEvent] = []
    insert_tuples(conn, events, _rows(chaining, stored))
    insert_tuples(conn, event_tags, (row for each in stored for row in tag_tuples(each)))
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_notify(LOG_CHANNEL, "")))
    return stored


def _rows(chaining: Iterable[StoredEvent], stored: list[StoredEvent]) -> Iterator[tuple[Any, ...]]:
    """Yield the row of each event, and keep the event in ``stored``."""
    for each in chaining:
        stored.append(each)
        yield event_tuple(each)


def insert_if_free(conn: Connection, stored: Sequence[StoredEvent]) -> bool:
    """Insert the rows in one statement that commits itself; False if the log's lock is taken.

    PostgreSQL only. The rows were chained to a head that was read before: if another process
    has appended since, their positions are taken, and the statement raises IntegrityError.
    """
    values = {
        events.name: json_rows(event_tuple(each) for each in stored),
        event_tags.name: json_rows(row for each in stored for row in tag_tuples(each)),
    }
    return bool(conn.execute(_inserting_if_free(), values).scalar())


@cache
def _inserting_if_free() -> Select[Any]:
    lock = select(func.pg_try_advisory_xact_lock(LOG_LOCK).label("free")).cte("lock")
    is_free = select(lock.c.free).scalar_subquery()
    inserts = [
        insert(table)
        .from_select(table.c.keys(), given_rows(table).where(is_free))
        .cte(f"new_{table.name}")
        for table in (events, event_tags)
    ]
    told = case((lock.c.free, cast(func.pg_notify(LOG_CHANNEL, ""), Text)))
    return select(lock.c.free, told).add_cte(*inserts)
