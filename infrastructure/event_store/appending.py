"""What happens inside an append's transaction, once it holds the log's lock."""

import json
from collections.abc import Sequence
from datetime import datetime

from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent
from sqlalchemy import Connection, func, select

from infrastructure.bulk import insert_rows
from infrastructure.event_store import chain
from infrastructure.event_store.conditions import Criteria
from infrastructure.event_store.envelope import Head, NewEvent, StoredEvent, event_row, tag_rows
from infrastructure.event_store.errors import AppendConditionFailed
from infrastructure.schema.log import event_tags, events

LOG_LOCK = 0x0F0ED05_0002
"""The key of PostgreSQL's advisory lock under which positions are given."""

WINDOW = 500
"""Up to so many events beyond a condition's position are tested one by one, not by SQL."""


def lock_log(conn: Connection) -> None:
    """Keep every other appender out until the transaction ends.

    What is read afterwards is what the last one committed. An SQLite write transaction has
    the file's only write lock already.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_advisory_xact_lock(LOG_LOCK)))


def check(conn: Connection, condition: DCBAppendCondition, head: Head) -> None:
    """Raise AppendConditionFailed if an event up to ``head`` matches the condition."""
    after = condition.after or 0
    if after >= head.position:
        return
    criteria = Criteria(condition.fail_if_events_match)
    if head.position - after > WINDOW:
        violated = criteria.found(conn, after=after)
    else:
        unseen = select(events.c.type, events.c.tags).where(events.c.position > after)
        violated = any(
            criteria.match(name, json.loads(tags)) for name, tags in conn.execute(unseen)
        )
    if violated:
        raise AppendConditionFailed(condition)


def chained(head: Head, drafts: Sequence[NewEvent], now: datetime) -> list[StoredEvent]:
    """Give each event its position, time, salt, leaf and hash, in order, after ``head``.

    Times are strictly increasing, whatever the clock does.
    """
    stored = []
    position, link = head.position, head.hash
    recorded_us = chain.microseconds(now)
    if head.recorded_at is not None:
        recorded_us = max(recorded_us, chain.microseconds(head.recorded_at) + 1)
    for offset, draft in enumerate(drafts):
        position += 1
        salt = chain.new_salt()
        envelope = chain.header(
            position=position,
            id=draft.id,
            type=draft.type,
            schema_version=draft.schema_version,
            recorded_at=recorded_us + offset,
            recorded_by=draft.recorded_by,
            tags=draft.tags,
        )
        leaf = chain.leaf_hash(salt, envelope, draft.data)
        link = chain.next_hash(link, leaf)
        stored.append(
            StoredEvent(
                event=DCBEvent(draft.type, draft.data, draft.tags),
                position=position,
                id=draft.id,
                schema_version=draft.schema_version,
                recorded_us=recorded_us + offset,
                recorded_by=draft.recorded_by,
                salt=salt,
                leaf=leaf,
                hash=link,
            )
        )
    return stored


def insert_events(conn: Connection, stored: Sequence[StoredEvent]) -> None:
    insert_rows(conn, events, [event_row(each) for each in stored])
    insert_rows(conn, event_tags, [row for each in stored for row in tag_rows(each)])
