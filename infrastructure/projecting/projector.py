"""The projector: keeps the read models at the log's head, and stops loudly when it cannot.

Rows and checkpoint are committed together, the checkpoint by compare-and-set, so that two
projectors never apply an event twice and a crash loses nothing (DESIGN section 8).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress

from eventsourcing.persistence import IntegrityError, PersistenceError
from sqlalchemy import Connection, delete, func, insert, select, text

from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder, reading, tracking
from infrastructure.event_store.errors import CheckpointMoved, in_the_librarys_words
from infrastructure.projecting.batch import Batch, Unprojectable
from infrastructure.projecting.waiting import Waiting
from infrastructure.schema import read_models as rm
from infrastructure.schema.log import checkpoints, events

NAME = "read-models"
VERSION = 1
"""To be raised with every change of what the rows say: older read models are rebuilt at start."""

BATCH = 1_000
POLL_SECONDS = 0.25
"""How often other processes' appends are looked for."""

Progress = Callable[[int, int], None]
"""Called with (position, head) after each batch."""

log = logging.getLogger(__name__)


class NewerProjection(RuntimeError):
    """The read models were built by a newer program; this one must not touch them."""


class CheckpointLost(RuntimeError):
    """Somebody took the read models' checkpoint away while they were being projected."""


class Projector:
    """Projects one log into its read models. `position` and `failure` may be read at any time."""

    def __init__(self, database: Database, recorder: SqlRecorder) -> None:
        self._database = database
        self._recorder = recorder
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self._waiting = Waiting()
        self.failure: str | None = None

    @property
    def position(self) -> int:
        """The position up to which the read models were last seen to hold the log."""
        return self._waiting.position

    def reached(self, position: int) -> Future[int]:
        """A future that is done once the read models hold the log up to `position`."""
        future = self._waiting.reached(position)
        self._wake.set()
        return future

    def start(self) -> None:
        """Project in a thread of its own until stopped. Raises NewerProjection."""
        self.prepare()
        self._recorder.listen(self._wake)
        self._wake.set()
        self._thread = threading.Thread(target=self._run, name="foedus-projector")
        self._thread.start()

    def stop(self) -> None:
        """Finish the batch at hand and end the thread."""
        self._ending.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self._recorder.unlisten(self._wake)

    def prepare(self) -> None:
        """Make sure that the read models are of this program's version, rebuilding older ones."""
        with in_the_librarys_words(), self._database.read() as conn:
            found = tracking.checkpoint(conn, NAME)
        if found is None:
            self._begin()
        elif found.version < VERSION:
            self.rebuild()
        else:
            _refuse_newer(found)

    def _begin(self) -> None:
        """Put the checkpoint before the first event, unless another process just did."""
        first = insert(checkpoints).values(name=NAME, version=VERSION, position=0)
        with (
            suppress(IntegrityError),
            in_the_librarys_words(),
            self._database.write() as conn,
        ):
            conn.execute(first)

    def catch_up(self, progress: Progress | None = None) -> int:
        """Project up to the log's head and return the position reached. Raises Unprojectable."""
        self.prepare()
        while True:
            moved = self._next_batch(BATCH)
            if moved is None:
                return self.position
            if progress:
                progress(self.position, moved)

    def rebuild(self, progress: Progress | None = None) -> int:
        """Build the read models afresh in one transaction; readers see the old ones until then.

        Raises Unprojectable, with nothing changed.
        """
        with in_the_librarys_words(), self._database.write() as conn:
            if self._database.dialect == "postgresql":
                conn.execute(text("SET LOCAL statement_timeout = 0"))
            tracking.begin(conn, NAME, VERSION)  # first: it waits for a projector at work
            for table in rm.TABLES:
                conn.execute(delete(table))
            head = _head(conn)
            for after in range(0, head, BATCH):
                upto = min(head, after + BATCH)
                Batch(conn).apply(reading.between(conn, after=after, upto=upto))
                if progress:
                    progress(upto, head)
            tracking.move(conn, NAME, VERSION, 0, head)
        self.failure = None
        self._waiting.arrive(head)
        return head

    def _run(self) -> None:
        while not self._ending.is_set():
            self._wake.wait(POLL_SECONDS)
            self._wake.clear()
            try:
                while not self._ending.is_set() and self._next_batch(BATCH) is not None:
                    pass
                self.failure = None
            except (Unprojectable, NewerProjection, CheckpointLost) as stopped:
                self.failure = str(stopped)
                log.critical("the projection stopped: %s", stopped)
                return
            except PersistenceError as error:  # the database is away or busy: try again
                self.failure = f"after position {self.position}: {error}"
                log.error("the projection waits for the database: %s", error)  # noqa: TRY400 - no trace wanted
                self._ending.wait(POLL_SECONDS)
            except Exception as error:
                self.failure = f"after position {self.position}: {error!r}"
                log.critical("the projection stopped", exc_info=True)
                raise

    def _next_batch(self, size: int) -> int | None:
        """Project the next events and return the head they were read at; None when there are none."""
        with in_the_librarys_words(), self._database.read() as conn:
            found = tracking.checkpoint(conn, NAME)
            if found is None or found.version < VERSION:
                raise CheckpointLost("the read models' checkpoint is gone or older: start again")
            _refuse_newer(found)
            after = found.position
            head = _head(conn)
            stored = reading.between(conn, after=after, upto=min(head, after + size))
        if not stored:
            self._waiting.arrive(after)
            return None
        upto = stored[-1].position
        try:
            with in_the_librarys_words(), self._database.write() as conn:
                tracking.move(conn, NAME, VERSION, after, upto)
                Batch(conn).apply(stored)
        except CheckpointMoved:
            return head  # another process was faster: go on from where it is
        except Unprojectable as stopped:
            if stopped.position > after + 1:
                return self._next_batch(stopped.position - after - 1)  # keep those before it
            self._stop(stopped)
            raise
        self._waiting.arrive(upto)
        return head

    def _stop(self, stopped: Unprojectable) -> None:
        with in_the_librarys_words(), self._database.write() as conn:
            tracking.stop(conn, NAME, VERSION, str(stopped))


def _refuse_newer(found: tracking.Checkpoint) -> None:
    if found.version > VERSION:
        raise NewerProjection(
            f"the read models are of version {found.version}, "
            f"this program builds {VERSION}: upgrade Foedus"
        )


def _head(conn: Connection) -> int:
    return conn.execute(select(func.max(events.c.position))).scalar() or 0
