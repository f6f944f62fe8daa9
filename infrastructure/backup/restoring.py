"""Restoring a backup into an empty database, in one transaction.

Until its commit the database stays empty, whatever ends the process; so a restore that was
killed is simply begun again, and can never look like one that was finished.
"""

from collections.abc import Callable, Iterator

from sqlalchemy import Connection, exc, select, update

from infrastructure.backup.errors import DamagedBackup, NotEmpty
from infrastructure.backup.reading import Backup, Placed
from infrastructure.database import Database
from infrastructure.event_store import appending, reading
from infrastructure.event_store.tracking import FOREIGN_VERSION
from infrastructure.schema.log import checkpoints, event_tags, store

BATCH = 1_000
BATCH_BYTES = 8_000_000
"""A batch ends when its data reach either, so that large events take no more memory."""

Progress = Callable[[int, int], None]
"""Called with the position reached and the position of the log's end."""


def restore(database: Database, backup: Backup, progress: Progress | None = None) -> None:
    """Make the backup's log this database's own: positions, ids, times, salts, hashes, store id.

    The database must have its tables and no events. Raises NotEmpty and DamagedBackup, and
    leaves it as it was. The read models are the projector's to build afterwards.
    """
    with database.write() as conn:
        appending.lock_log(conn)
        _refuse_unless_empty(conn, backup)
        conn.execute(update(store).values(id=backup.store_id))
        for batch in _batches(backup.events()):
            _insert(conn, batch)
            if progress is not None:
                progress(batch[-1].stored.position, backup.position)


def _refuse_unless_empty(conn: Connection, backup: Backup) -> None:
    head = reading.head(conn)
    if head.position:
        same = "the same" if reading.store_id(conn) == backup.store_id else "another"
        raise NotEmpty(
            f"the database holds {head.position:,} events of {same} store: "
            "restore into an empty one"
        )
    read = checkpoints.c.version != FOREIGN_VERSION, checkpoints.c.position > 0
    if conn.execute(select(checkpoints.c.name).where(*read)).first() is not None:
        raise NotEmpty("the database holds read models of a log that is gone: use an empty one")
    if conn.execute(select(event_tags.c.position).limit(1)).first() is not None:
        raise NotEmpty("the database holds tags of a log that is gone: use an empty one")


def _batches(placed_events: Iterator[Placed]) -> Iterator[list[Placed]]:
    batch: list[Placed] = []
    size = 0
    for placed in placed_events:
        batch.append(placed)
        size += len(placed.stored.event.data)
        if len(batch) == BATCH or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _insert(conn: Connection, batch: list[Placed]) -> None:
    try:
        appending.insert_events(conn, [placed.stored for placed in batch])
    except exc.IntegrityError as error:
        first, last = batch[0], batch[-1]
        reason = f"from here to position {last.stored.position:,} an id comes for the second time"
        raise DamagedBackup(reason, line=first.line, position=first.stored.position) from error
