"""The projector: keeps the read models at the log's head, and stops loudly when it cannot.

Of all processes on a database one leads: it holds a lock that ends with it, and projects. The
others follow: they see the position move, serve those who wait for it, and stand for election
whenever the lock is free. Two that believe they lead do no harm: the checkpoint moves by
compare-and-set (DESIGN section 8).
"""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import Future
from contextlib import suppress

from eventsourcing.persistence import IntegrityError, PersistenceError
from sqlalchemy import insert

from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.event_store.errors import in_the_librarys_words
from infrastructure.event_store.tracking import Checkpoint
from infrastructure.live_models import live_models
from infrastructure.process_locks import process_lock
from infrastructure.projecting.advancing import (
    CheckpointLost,
    NewerProjection,
    Reached,
    advance,
    refuse_newer,
)
from infrastructure.projecting.batch import Unprojectable
from infrastructure.projecting.rebuilding import Progress, RebuildUnderWay, rebuild
from infrastructure.projecting.statistics import Statistics
from infrastructure.projecting.sweeping import Progress as SweepProgress
from infrastructure.projecting.sweeping import Sweeping, sweep_all
from infrastructure.projecting.waiting import Waiting
from infrastructure.schema.log import checkpoints
from infrastructure.schema.read_models import VERSION

BATCH = 1_000
FAR_BEHIND = 4_000
"""Events in a batch of a command that brings the read models to the head: it has nobody to wait for."""
POLL_SECONDS = 0.25
"""How often everything is looked at without having been woken."""

RESTS = 4
"""So many times as long as it was at work its thread rests, while nobody waits for it.

Appends that come meanwhile are projected together, and the process is left to its clients.
"""
LONGEST_REST = 0.1
"""Seconds."""

log = logging.getLogger(__name__)


class _Ending(Exception):
    """The projector was told to stop in the middle of a rebuild."""


class Projector:
    """Projects one log into its read models. `position` and `failure` may be read at any time.

    `stands`: whether its thread stands for election; one that does not only follows.
    """

    def __init__(self, database: Database, recorder: SqlRecorder, *, stands: bool = True) -> None:
        self._database = database
        self._recorder = recorder
        self._stands = stands
        self._lead = process_lock(database, "projector")
        self._leads = False
        self._looked_at = -POLL_SECONDS
        self._stuck_at: int | None = None
        self._wake = threading.Event()
        self._hurry = threading.Event()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self._waiting = Waiting()
        self._sweeping = Sweeping(database)
        self._statistics = Statistics(database)
        self.failure: str | None = None

    @property
    def position(self) -> int:
        """The position up to which the read models were last seen to hold the log."""
        return self._waiting.position

    @property
    def leads(self) -> bool:
        """Whether this is the process that projects."""
        return self._leads

    @property
    def runs(self) -> bool:
        """Whether its thread is at work."""
        return self._thread is not None and self._thread.is_alive()

    def reached(self, position: int) -> Future[int]:
        """A future that is done once the read models hold the log up to `position`."""
        future = self._waiting.reached(position)
        self._hurry.set()
        self._wake.set()
        return future

    def wake(self) -> None:
        """Look again now: something was committed."""
        self._wake.set()

    def start(self) -> None:
        """Lead or follow in a thread of its own until stopped. Raises NewerProjection."""
        self.check()
        self._recorder.listen(self._wake)
        self._wake.set()
        self._thread = threading.Thread(target=self._run, name="foedus-projector")
        self._thread.start()

    def stop(self) -> None:
        """Finish the batch at hand, end the thread and give up the lead."""
        self._ending.set()
        self._hurry.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self._recorder.unlisten(self._wake)

    def check(self) -> None:
        """Raise NewerProjection if a newer program built the read models."""
        with in_the_librarys_words(), self._database.read() as conn:
            refuse_newer(live_models(conn)[1])

    def prepare(self, progress: Progress | None = None) -> None:
        """Make sure that the read models are of this program's version, rebuilding older ones.

        Raises NewerProjection, and RebuildUnderWay while another process rebuilds them.
        """
        with in_the_librarys_words(), self._database.read() as conn:
            models, found = live_models(conn)
        if found is None:
            self._begin(models.name)
            self._statistics.begin(0)
        elif found.version < VERSION:
            log.info("rebuilding the read models: they are of version %d", found.version)
            self.rebuild(progress)
        else:
            refuse_newer(found)
            self._statistics.begin(found.position)

    def catch_up(self, progress: Progress | None = None) -> int:
        """Project up to the log's head, beside whoever leads, and return the position reached.

        Raises Unprojectable, NewerProjection and RebuildUnderWay.
        """
        self.prepare(progress)
        while True:
            reached = self._advance(FAR_BEHIND)
            if reached.position >= reached.head:
                return self.position
            if progress:
                progress(*reached)

    def rebuild(self, progress: Progress | None = None) -> int:
        """Build the read models afresh; questions are answered from the old ones until then.

        Raises RebuildUnderWay, NewerProjection, and Unprojectable with nothing changed.
        """
        position = rebuild(self._database, progress)
        self._waiting.arrive(position)
        return position

    def work_out_segments(self, progress: SweepProgress | None = None) -> None:
        """Work out the segments of all pairs that batches have touched, as its thread does at leisure."""
        sweep_all(self._database, progress)

    def _begin(self, name: str) -> None:
        """Put the checkpoint before the first event, unless another process just did."""
        first = insert(checkpoints).values(name=name, version=VERSION, position=0)
        with suppress(IntegrityError), in_the_librarys_words(), self._database.write() as conn:
            conn.execute(first)

    def _advance(self, batch: int) -> Reached:
        try:
            reached = advance(self._database, live_models, batch, told=True)
        except Unprojectable as stopped:
            self._waiting.arrive(stopped.position - 1)
            raise
        self._waiting.arrive(reached.position)
        self._statistics.grown_to(reached.position)
        return reached

    def _run(self) -> None:
        try:
            while not self._ending.is_set():
                self._wake.wait(POLL_SECONDS)
                self._wake.clear()
                self._hurry.clear()
                begun = time.monotonic()
                self._work()
                self._rest(time.monotonic() - begun)
        finally:
            self._step_down()

    def _rest(self, took: float) -> None:
        """Leave the process to others for a while, unless somebody waits or comes to wait."""
        if not self._waiting.expected:
            self._hurry.wait(min(LONGEST_REST, RESTS * took))

    def _work(self) -> None:
        try:
            if self._elected():
                self._project()
                self.failure = None
                self._sweep()
        except _Ending:
            return
        except RebuildUnderWay as waiting:
            self.failure = str(waiting)
        except (Unprojectable, NewerProjection, CheckpointLost) as stopped:
            self._stop(str(stopped))
        except PersistenceError as error:  # the database is away or busy: try again
            self.failure = f"the projection waits after position {self.position}: {error}"
            log.error("the projection waits for the database: %s", error)  # noqa: TRY400 - no trace wanted
            self._ending.wait(POLL_SECONDS)
        except Exception as error:
            self.failure = f"the projection stopped after position {self.position}: {error!r}"
            log.critical("the projection stopped", exc_info=True)
            raise

    def _elected(self) -> bool:
        """Whether this process leads now; else what the leader says is passed on."""
        now = time.monotonic()
        due = now - self._looked_at >= POLL_SECONDS
        if due:
            self._looked_at = now
        if self._leads and (not due or self._lead.held()):
            return True
        if self._leads:
            log.warning("the lock of the leading projector was lost: standing for election again")
            self._leads = False
        if not (due or self._waiting.expected):
            return False  # whose leader commits often is not asked each time
        found = self._follow()
        if due and self._may_lead(found) and self._lead.take():
            self._take_over()
        return self._leads

    def _take_over(self) -> None:
        try:
            self.prepare(self._told)
        except BaseException:
            self._lead.release()
            raise
        self._leads = True
        log.info("this process leads: it projects the log into the read models")

    def _follow(self) -> Checkpoint | None:
        with in_the_librarys_words(), self._database.read() as conn:
            _, found = live_models(conn)
        if found is None:
            return None
        if found.version == VERSION:
            self._waiting.arrive(found.position)
            self.failure = found.error and f"the projection stopped: {found.error}"
        else:
            self.failure = f"the read models are of version {found.version}, not {VERSION}"
        return found

    def _may_lead(self, found: Checkpoint | None) -> bool:
        """Not a newer program's read models, nor where this program stopped and nobody got on."""
        if found is None:
            return self._stands and self._stuck_at is None
        if found.position != self._stuck_at:
            self._stuck_at = None
        return self._stands and found.version <= VERSION and self._stuck_at is None

    def _project(self) -> None:
        while not self._ending.is_set():
            reached = self._advance(BATCH)
            if reached.position >= reached.head:
                return

    def _sweep(self) -> None:
        """Work out what the batches left to do, until something is to be projected again."""
        while self._sweeping.step() and not (self._wake.is_set() or self._ending.is_set()):
            pass

    def _stop(self, why: str) -> None:
        """Let another program try: this one stands again once somebody got further."""
        self._step_down()
        self._stuck_at = self.position
        self.failure = f"the projection stopped: {why}"
        log.critical(self.failure)

    def _step_down(self) -> None:
        if self._leads:
            log.info("this process does not lead any more")
        self._leads = False
        self._lead.release()

    def _told(self, position: int, head: int) -> None:
        self.failure = f"the read models are being rebuilt: {position} of {head}"
        if self._ending.is_set():
            raise _Ending
