"""Group commit: appends that come at the same time share one durable commit (DESIGN section 8).

Each keeps its own condition, its own result and its own error. Positions are given under
one lock that every process takes: on SQLite the file's write lock, on PostgreSQL an advisory
lock. While no other process appends, PostgreSQL is told everything in one statement: it takes
the lock if it is free, and the positions, which are the table's key, are a fence against an
end of the log that was remembered wrongly.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent
from sqlalchemy import Connection, exc, select

from infrastructure.database import Database
from infrastructure.event_store import appending, reading
from infrastructure.event_store.conditions import Criteria
from infrastructure.event_store.envelope import NewEvent, StoredEvent
from infrastructure.event_store.errors import (
    AppendConditionFailed,
    AppendInterrupted,
    DuplicateEventId,
)
from infrastructure.event_store.grouping import Grouping, NoTurn
from infrastructure.event_store.window import Window, unmet
from infrastructure.schema.log import events
from infrastructure.turns import WriteLockTimeout

MOST_TOGETHER = 2_000
"""So many events are committed together, unless a single append has more."""

FENCED_MOST = 200
"""So many events are sent in one statement; more are inserted faster under the lock."""


class Entry(NamedTuple):
    """Events to record together or not at all, and on which condition."""

    events: Sequence[DCBEvent]
    condition: DCBAppendCondition | None = None


class Append:
    """One caller's events on their way, and what became of them."""

    def __init__(self, drafts: Sequence[NewEvent], condition: DCBAppendCondition | None) -> None:
        self.drafts = drafts
        self.condition = condition
        self.criteria = None if condition is None else Criteria(condition.fail_if_events_match)
        self.ids = {draft.id for draft in drafts if draft.id is not None}
        self.stored: list[StoredEvent] = []
        self.error: Exception | None = None

    def outcome(self) -> list[StoredEvent]:
        """Return the events as they were committed. Raises what kept them from it."""
        if self.error is not None:
            raise self.error
        return self.stored

    @property
    def settled(self) -> bool:
        """Whether it is done. That an id is another's of the group counts once that is recorded."""
        return bool(self.stored) or isinstance(self.error, AppendConditionFailed)


class Committer:
    """Commits appends to one log in groups. Safe to use from any thread."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._grouping = Grouping[Sequence[Append]](
            lambda calls: self._settle(list(chain.from_iterable(calls))),
            weight=lambda appends: sum(len(append.drafts) for append in appends),
            most=MOST_TOGETHER,
            patience=database.bounds.lock,
        )
        self._window: Window | None = None
        self._alone = False

    def commit(self, appends: Sequence[Append]) -> None:
        """Leave in each append what became of it, in the same commit. Raises WriteLockTimeout."""
        try:
            self._grouping.do(appends)
        except NoTurn as error:
            raise WriteLockTimeout(str(error)) from error

    def _settle(self, appends: Sequence[Append]) -> None:
        """Commit a group, or give each append its error."""
        try:
            self._commit(appends)
        except (exc.IntegrityError, exc.DataError) as error:
            if len(appends) == 1:
                appends[0].error = error
                return
            for append in appends:  # one of them is to blame
                append.error = None
                self._settle([append])
        except Exception as error:  # noqa: BLE001 - raised to every caller
            _tell(appends, error)
        except BaseException:
            _tell(appends, AppendInterrupted("whether the events were recorded is not known"))
            raise

    def _commit(self, appends: Sequence[Append]) -> None:
        window = self._window
        if window is None or not self._may_be_fenced(appends):
            self._commit_under_lock(appends)
            return
        stored: list[StoredEvent] = []
        try:
            with self._database.autocommit() as conn:
                stored = list(self._admitted(appends, window, conn))
                free = not stored or appending.insert_if_free(conn, stored)
        except exc.IntegrityError:  # another process has appended
            free = False
        except (exc.OperationalError, exc.InterfaceError) as error:
            if not (stored and error.connection_invalidated):
                raise
            self._commit_under_lock(appends, stored)
            return
        if free:
            self._accept(appends, stored)
        else:
            self._commit_under_lock(appends)

    def _may_be_fenced(self, appends: Sequence[Append]) -> bool:
        return (
            self._database.dialect == "postgresql"
            and self._alone
            and sum(len(append.drafts) for append in appends) <= FENCED_MOST
        )

    def _commit_under_lock(
        self, appends: Sequence[Append], lost: Sequence[StoredEvent] = ()
    ) -> None:
        """Commit in a transaction that keeps other processes out, unless ``lost`` is there already.

        ``lost`` are the same events as they were sent before the connection was lost.
        """
        stored: list[StoredEvent] = []
        try:
            with self._database.write() as conn:
                appending.lock_log(conn)
                if lost and _holds(conn, lost[-1]):
                    stored = list(lost)
                    self._window = None
                else:
                    window = self._follow(conn)
                    stored = appending.insert_events(conn, self._admitted(appends, window, conn))
        except (exc.OperationalError, exc.InterfaceError) as error:
            self._window = None
            if not error.connection_invalidated or lost or not stored:
                raise
            self._commit_under_lock(appends, stored)
            return
        self._accept(appends, stored)

    def _follow(self, conn: Connection) -> Window:
        """Return the window, up to the head. Another process that appends is noticed here."""
        if self._window is None:
            self._window = Window(reading.head(conn))
            self._alone = True
        else:
            before = self._window.head.position
            self._window.follow(conn)
            self._alone = self._window.head.position == before
        return self._window

    def _admitted(
        self, appends: Sequence[Append], window: Window, conn: Connection
    ) -> Iterator[StoredEvent]:
        """Chain the events of the appends whose conditions hold; refuse the others.

        An append comes after those before it in the group, and is tested against them too.
        """
        group = Window(window.head, most=sys.maxsize)
        drafts: list[NewEvent] = []
        ids: set[str] = set()
        for append in appends:
            append.error = self._refusal(append, window, group, ids, conn)
            if append.error is None:
                drafts += append.drafts
                ids |= append.ids
                if len(appends) > 1:
                    group.anticipate(append.drafts)
        return appending.chained(window.head, drafts, self._clock())

    def _refusal(
        self, append: Append, window: Window, group: Window, ids: set[str], conn: Connection
    ) -> Exception | None:
        if repeated := ids & append.ids:
            return DuplicateEventId(sorted(repeated))
        if append.condition is None or append.criteria is None:
            return None
        after = append.condition.after or 0
        if unmet(append.criteria, after, window, conn) or group.holds(append.criteria, after=after):
            return AppendConditionFailed(append.condition)
        return None

    def _accept(self, appends: Iterable[Append], stored: Sequence[StoredEvent]) -> None:
        """Share the committed events out to their appends, and remember them."""
        start = 0
        for append in appends:
            if append.error is None:
                end = start + len(append.drafts)
                append.stored = list(stored[start:end])
                start = end
        if self._window is not None and stored:
            self._window.extend(stored)


def _holds(conn: Connection, event: StoredEvent) -> bool:
    """Tell whether the log has this very event, by its hash."""
    there = select(events.c.hash).where(events.c.position == event.position)
    return conn.execute(there).scalar() == event.hash


def _tell(appends: Iterable[Append], error: Exception) -> None:
    for append in appends:
        if not append.settled:
            append.error = error
