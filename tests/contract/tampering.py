"""A log to tamper with, and what verification says of it."""

from typing import Any

from infrastructure.database import Database
from infrastructure.event_store.verification import Fault, verify
from infrastructure.schema.log import event_tags, events

LENGTH = 12
FOREIGN = 6
"""The position of an event that another application recorded."""


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
