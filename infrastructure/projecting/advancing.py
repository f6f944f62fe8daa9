"""One step of a projection: the next events of the log into one set of read models.

Rows and checkpoint are committed together, the checkpoint by compare-and-set, so that two
projectors never apply an event twice and a crash loses nothing (DESIGN section 8).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from infrastructure.collector import no_search_for_cycles
from infrastructure.database import Database
from infrastructure.event_store import bodies, tracking
from infrastructure.event_store.errors import CheckpointMoved, in_the_librarys_words
from infrastructure.event_store.tracking import Checkpoint
from infrastructure.event_store.wakeups import READ_MODELS_CHANNEL
from infrastructure.projecting.batch import Batch
from infrastructure.schema.log import events
from infrastructure.schema.read_models import VERSION, ReadModels

Target = Callable[[Connection], tuple[ReadModels, Checkpoint | None]]
"""Finds the set to write to, with its checkpoint."""


class NewerProjection(RuntimeError):
    """The read models were built by a newer program; this one must not touch them."""


class CheckpointLost(RuntimeError):
    """Somebody took the read models' checkpoint away while they were being projected."""


class Reached(NamedTuple):
    """The set holds the log up to `position`; the log ended at `head` when that was read."""

    position: int
    head: int


@no_search_for_cycles()
def advance(
    database: Database, target: Target, size: int, *, told: bool = False, marks: bool = True
) -> Reached:
    """Project up to `size` events into the set; `told`: notify other processes that it moved.

    `marks`: whether the pairs touched are marked, as in a set that questions are answered from.
    Raises Unprojectable, with what comes before that event projected and the reason kept in the
    checkpoint; NewerProjection and CheckpointLost.
    """
    with in_the_librarys_words(), database.read() as conn:
        models, found = target(conn)
        after = ours(found).position
        head = conn.execute(_HEAD).scalar() or 0
        upto = min(head, after + size)
        found_there = bodies.between(conn, after=after, upto=upto)
        batch = Batch.of(conn, models, found_there, after, marks=marks)
    try:
        if batch.upto > after:
            with in_the_librarys_words(), database.write() as conn:
                tracking.move(conn, models.name, VERSION, after, batch.upto)
                batch.write(conn)
                if told:
                    tell(conn)
    except CheckpointMoved:
        return Reached(after, head)  # another process was faster: go on from where it is
    if batch.failure is not None:
        with in_the_librarys_words(), database.write() as conn:
            tracking.stop(conn, models.name, VERSION, str(batch.failure))
        raise batch.failure
    return Reached(batch.upto, head)


def tell(conn: Connection) -> None:
    """Let PostgreSQL wake, at the commit, whoever waits for the read models to move."""
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_notify(READ_MODELS_CHANNEL, "")))


def ours(found: Checkpoint | None) -> Checkpoint:
    """The checkpoint, if this program may move it. Raises NewerProjection and CheckpointLost."""
    if found is None or found.version < VERSION:
        raise CheckpointLost("the read models' checkpoint is gone or older: start again")
    refuse_newer(found)
    return found


def refuse_newer(found: Checkpoint | None) -> None:
    """Raise NewerProjection if a newer program built the read models."""
    if found is not None and found.version > VERSION:
        raise NewerProjection(
            f"the read models are of version {found.version}, "
            f"this program builds {VERSION}: upgrade Foedus"
        )


_HEAD = select(func.max(events.c.position))
