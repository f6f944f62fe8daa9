"""A log to tamper with, and what verification says of it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, insert, update

from infrastructure.database import Database
from infrastructure.event_store import chain, reading
from infrastructure.event_store.envelope import StoredEvent, event_tuple, leaf_of, tag_tuples
from infrastructure.event_store.verification import Fault, verify
from infrastructure.schema.log import event_tags, events

LENGTH = 12
NAMES = tuple(event_tags.c.keys())
FOREIGN = 6
"""The position of an event that another application recorded."""


def row_of(event: StoredEvent) -> dict[str, Any]:
    """The row of ``events`` by column."""
    return dict(zip(events.c.keys(), event_tuple(event), strict=True))


def at(position: int) -> Any:
    return events.c.position == position


def tag_at(position: int, tag: str) -> Any:
    return (event_tags.c.position == position) & (event_tags.c.tag == tag)


def found_in(database: Database) -> Fault | None:
    """Verify in batches of several sizes, which must agree."""
    verdicts = {verify(database, batch_size=size) for size in (1, 5, 1_000)}
    assert len(verdicts) == 1
    verdict = verdicts.pop()
    assert verdict.ok == (verdict.first_bad is None)
    return verdict.first_bad


def rewritten(database: Database, begin: int, change: Callable[[StoredEvent], None]) -> None:
    """Change the events from a position on as one who knows every rule: leaves, hashes and tags
    are made anew, so that the log is whole in itself.
    """
    with database.write() as conn:
        before = reading.between(conn, after=0, upto=begin - 1)
        link = before[-1].hash if before else chain.first_hash(reading.store_id(conn))
        end = reading.head(conn).position
        for event in reading.between(conn, after=begin - 1, upto=end):
            change(event)
            event.leaf = leaf_of(event)
            link = event.hash = chain.next_hash(link, event.leaf)
            conn.execute(update(events).where(at(event.position)).values(row_of(event)))
            conn.execute(delete(event_tags).where(event_tags.c.position == event.position))
            if rows := tag_tuples(event):
                conn.execute(
                    insert(event_tags), [dict(zip(NAMES, row, strict=True)) for row in rows]
                )
