"""How far each reader of the log has come, moved in the transaction that used the events.

A projection moves its checkpoint by compare-and-set beside the rows it wrote, so that both
are kept or neither, and two projectors of one name cannot both go on.
"""

from dataclasses import dataclass

from eventsourcing.persistence import IntegrityError, Tracking, TrackingRecorder
from sqlalchemy import Connection, insert, select, update

from infrastructure.database import Database
from infrastructure.event_store.errors import CheckpointMoved, in_the_librarys_words
from infrastructure.schema.log import checkpoints

FOREIGN_VERSION = 0
"""The version of a checkpoint that an application of the library keeps."""


@dataclass(frozen=True)
class Checkpoint:
    """The last position that a projection of this version has worked in."""

    name: str
    version: int
    position: int
    error: str | None = None


def checkpoint(conn: Connection, name: str) -> Checkpoint | None:
    """Return where the projection stands, or None if it never began."""
    row = conn.execute(select(checkpoints).where(checkpoints.c.name == name)).first()
    return None if row is None else Checkpoint(row.name, row.version, row.position, row.error)


def begin(conn: Connection, name: str, version: int) -> None:
    """Put the projection's checkpoint at position 0, whatever it was."""
    anew = {"version": version, "position": 0, "error": None}
    # An update first: it waits for whoever holds the row, and finds it whatever they did.
    there = update(checkpoints).where(checkpoints.c.name == name)
    if conn.execute(there.values(anew)).rowcount == 0:
        conn.execute(insert(checkpoints).values(name=name, **anew))


def move(conn: Connection, name: str, version: int, expected: int, position: int) -> None:
    """Move the checkpoint from ``expected`` to ``position`` and clear its error.

    Raises CheckpointMoved if it is not at ``expected`` with this version.
    """
    here = (
        (checkpoints.c.name == name)
        & (checkpoints.c.version == version)
        & (checkpoints.c.position == expected)
    )
    moved = conn.execute(update(checkpoints).where(here).values(position=position, error=None))
    if moved.rowcount != 1:
        found = checkpoint(conn, name)
        raise CheckpointMoved(
            f"{name} version {version} was expected at {expected}, and "
            + ("has not begun" if found is None else f"is {found.version} at {found.position}")
        )


def stop(conn: Connection, name: str, version: int, error: str) -> None:
    """Keep the projection's position and say why it went no further, unless it is another's."""
    ours = (checkpoints.c.name == name) & (checkpoints.c.version == version)
    conn.execute(update(checkpoints).where(ours).values(error=error))


class SqlTrackingRecorder(TrackingRecorder):
    """The library's tracking of upstream applications, one checkpoint for each.

    ``owner`` keeps apart the applications that follow the same upstream.
    """

    def __init__(self, database: Database, owner: str = "") -> None:
        self.database = database
        self._owner = owner

    def insert_tracking(self, tracking: Tracking) -> None:
        """Record how far an upstream was followed; raise IntegrityError unless that is further."""
        with in_the_librarys_words(), self.database.write() as conn:
            self.track(conn, tracking)

    def track(self, conn: Connection, tracking: Tracking) -> None:
        """Do the same within the caller's transaction, beside whatever else it writes."""
        name, position = self._name(tracking.application_name), tracking.notification_id
        behind = (checkpoints.c.name == name) & (checkpoints.c.position < position)
        if conn.execute(update(checkpoints).where(behind).values(position=position)).rowcount == 1:
            return
        if checkpoint(conn, name) is not None:
            raise IntegrityError(f"{tracking.application_name} is at or beyond {position} already")
        first = insert(checkpoints).values(name=name, version=FOREIGN_VERSION, position=position)
        conn.execute(first)

    def max_tracking_id(self, application_name: str) -> int | None:
        with in_the_librarys_words(), self.database.read() as conn:
            found = checkpoint(conn, self._name(application_name))
        return None if found is None else found.position

    def _name(self, application_name: str) -> str:
        return f"{self._owner}/{application_name}"
