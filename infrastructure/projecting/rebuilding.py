"""Building the read models afresh into the set that is not live, and swapping the sets.

Reads, appends and the projector of the live set go on meanwhile: every step is a short
transaction of its own, and the swap is one of them (DESIGN section 8). A rebuild that is killed
leaves rows in the set that nobody asks; the next one removes them first.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Table, delete, func, select, tuple_, update

from infrastructure.database import Database
from infrastructure.event_store import bodies, tracking
from infrastructure.event_store.errors import in_the_librarys_words
from infrastructure.live_models import live_models
from infrastructure.process_locks import process_lock
from infrastructure.projecting.advancing import CheckpointLost, advance, ours, refuse_newer, tell
from infrastructure.projecting.batch import Batch
from infrastructure.projecting.marking import Touched
from infrastructure.projecting.statistics import gather_statistics
from infrastructure.schema import read_models as rm
from infrastructure.schema.log import checkpoints

BATCH = 4_000
"""Events in one transaction: how long appends on SQLite wait for a rebuild at most."""

MARKED = {"sqlite": 50_000, "postgresql": 1_000_000}
"""The pairs that so many positions' rows touch are marked in one transaction.

A pair is written once in each, and on PostgreSQL nobody waits for it.
"""

REMOVED = 10_000
"""So many positions' rows are removed in one transaction."""

LEFT_FOR_THE_SWAP = 500
"""So many events may be projected in the transaction that swaps, for want of an end."""

Progress = Callable[[int, int], None]
"""Called with (position, head) after each batch. What it raises ends the work."""


class RebuildUnderWay(RuntimeError):
    """Another process is rebuilding the read models of this database."""

    def __init__(self) -> None:
        super().__init__("another rebuild of the read models is under way: wait for its end")


def rebuild(database: Database, progress: Progress | None = None) -> int:
    """Build the read models afresh and return the position that they hold.

    Raises RebuildUnderWay, NewerProjection, and Unprojectable with the live set untouched.
    """
    lock = process_lock(database, "rebuild")
    if not lock.take():
        raise RebuildUnderWay
    try:
        with in_the_librarys_words():
            models = _begin(database)
            position = _build(database, models, progress)
            _clear(database, rm.other(models))
        return position
    finally:
        lock.release()


def _begin(database: Database) -> rm.ReadModels:
    """The set that is not live, emptied of what a killed rebuild left, its checkpoint at 0."""
    with database.read() as conn:
        live, found = live_models(conn)
    refuse_newer(found)
    models = rm.other(live)
    _clear(database, models)
    with database.write() as conn:
        tracking.begin(conn, models.name, rm.VERSION)
    return models


def _build(database: Database, models: rm.ReadModels, progress: Progress | None) -> int:
    """Fill the set up to the head and swap; returns the position swapped at."""
    position = _fill(database, models, 0, progress, marks=False)
    _mark(database, models, position)
    while True:
        position = _fill(database, models, position, progress, marks=True)
        gather_statistics(database, models)
        swapped = _swap(database, models)
        if swapped is not None:
            return swapped


def _fill(
    database: Database, models: rm.ReadModels, after: int, progress: Progress | None, *, marks: bool
) -> int:
    """Bring the set from a position to the log's head; returns the position reached."""

    def target(conn: Connection) -> tuple[rm.ReadModels, tracking.Checkpoint | None]:
        return models, tracking.checkpoint(conn, models.name)

    while True:
        reached = advance(database, target, BATCH, marks=marks)
        if progress and reached.position > after:
            progress(*reached)
        after = reached.position
        if after >= reached.head:
            return after


def _mark(database: Database, models: rm.ReadModels, upto: int) -> None:
    """Mark the pairs that all rows touch, at a fraction of what marking in each batch costs.

    From here on each batch marks: it may end events whose rows were marked before.
    """
    touched = Touched(models)
    stretch = MARKED[database.dialect]
    for after in range(0, upto, stretch):
        with database.write() as conn:
            touched.mark_stretch(conn, after, min(upto, after + stretch))
    with database.write() as conn:
        touched.write(conn)


def _swap(database: Database, models: rm.ReadModels) -> int | None:
    """Make the set that was built the live one, once it holds what the live one holds.

    None, with nothing done, when the live one is too far ahead: appends went on meanwhile.
    """
    with database.write() as conn:
        live = _held(conn)
        built = ours(tracking.checkpoint(conn, models.name))
        position = built.position
        if live is not None and live.position > position:
            if live.position - position > LEFT_FOR_THE_SWAP:
                return None
            position = _finish(conn, models, position, live.position)
        conn.execute(update(rm.live).values(name=models.name))
        forget = delete(checkpoints).where(checkpoints.c.name == rm.other(models).name)
        conn.execute(forget)
        tell(conn)
        return position


def _held(conn: Connection) -> tracking.Checkpoint | None:
    """The live set's checkpoint, which stays where it is until the transaction ends."""
    models, _ = live_models(conn)
    row = checkpoints.c.name == models.name
    conn.execute(select(checkpoints.c.position).where(row).with_for_update())
    found = tracking.checkpoint(conn, models.name)
    refuse_newer(found)
    return found


def _finish(conn: Connection, models: rm.ReadModels, after: int, upto: int) -> int:
    """Project the last few events inside the transaction that swaps."""
    batch = Batch.of(conn, models, bodies.between(conn, after=after, upto=upto), after)
    if batch.failure is not None:
        raise batch.failure
    tracking.move(conn, models.name, rm.VERSION, after, batch.upto)
    batch.write(conn)
    return batch.upto


def _clear(database: Database, models: rm.ReadModels) -> None:
    """Remove the checkpoint and the rows of a set that is not live, in bounded steps."""
    with database.write() as conn:
        live, _ = live_models(conn)
        if live is models:
            raise CheckpointLost("the sets of read models were swapped by another program")
        conn.execute(delete(checkpoints).where(checkpoints.c.name == models.name))
        if database.dialect == "sqlite":  # which empties a table without looking at its rows
            for table in (*models.tables.values(), *models.derived):
                conn.execute(delete(table))
            return
    with database.read() as conn:
        last = max(map(_last, [conn] * len(models.tables), models.tables.values()))
    for after in range(0, last, REMOVED):
        with database.write() as conn:
            for table in models.tables.values():
                here = table.c.position > after, table.c.position <= after + REMOVED
                conn.execute(delete(table).where(*here))

    _clear_derived(database, models)


def _clear_derived(database: Database, models: rm.ReadModels) -> None:
    """Remove the segments of some pairs after another, each time with the pairs."""
    pairs, segments = models.pairs, models.segments
    first = select(pairs.c.a, pairs.c.b).order_by(pairs.c.a, pairs.c.b).limit(REMOVED).subquery()
    removed = REMOVED
    while removed == REMOVED:
        with database.write() as conn:
            for table in (segments, pairs):
                here = tuple_(table.c.a, table.c.b).in_(select(first))
                removed = conn.execute(delete(table).where(here)).rowcount


def _last(conn: Connection, table: Table) -> int:
    return conn.execute(select(func.max(table.c.position))).scalar() or 0
