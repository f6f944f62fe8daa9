"""The event store: a ``DCBRecorder`` of the eventsourcing library over one ``Database``.

Positions are given, conditions checked and the chain continued under one lock that every
process takes, and the events of an append commit together. So positions are gapless, in
the order of commit, and no reader can see n+1 before n (DESIGN.md section 8).
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TypeVar
from weakref import WeakSet

from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBRecorder
from eventsourcing.persistence import ProgrammingError
from sqlalchemy import Connection, exc

from infrastructure.database import ConnectionLost, Database
from infrastructure.event_store import reading
from infrastructure.event_store.committing import Append, Committer, Entry
from infrastructure.event_store.conditions import Criteria
from infrastructure.event_store.envelope import Head, StoredEvent, prepared
from infrastructure.event_store.errors import DuplicateEventId, in_the_librarys_words
from infrastructure.event_store.reading import PAGE, LogReading
from infrastructure.event_store.subscription import SqlSubscription

Given = TypeVar("Given")
Result = TypeVar("Result")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SqlRecorder(DCBRecorder):
    """Appends to and reads the log. Safe to use from any thread."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], datetime] = _utc_now,
        poll_seconds: float = 0.5,
    ) -> None:
        self.database = database
        self.poll_seconds = poll_seconds
        self._committer = Committer(database, clock)
        self._guard = threading.Lock()
        self._listeners: set[threading.Event] = set()
        self._subscriptions: WeakSet[SqlSubscription] = WeakSet()

    def append(
        self, events: Sequence[DCBEvent], condition: DCBAppendCondition | None = None
    ) -> int:
        """Record ``events`` and return the position of the last."""
        return self.record(events, condition)[-1].position

    def record(
        self, events: Sequence[DCBEvent], condition: DCBAppendCondition | None = None
    ) -> list[StoredEvent]:
        """Record ``events`` together, or none of them, and return them as the log has them.

        Raises AppendConditionFailed if an event beyond the condition's position matches it,
        DuplicateEventId, UnstorableEvent, or the library's error for what the database said.
        """
        append = _append(Entry(events, condition))
        with in_the_librarys_words():
            self._committer.commit([append])
            stored = self._stored(append)
        self.wake_listeners()
        return stored

    def record_each(self, entries: Sequence[Entry]) -> list[list[StoredEvent] | Exception]:
        """Record every entry, each with an outcome of its own, in one commit.

        The outcome is what `record` would return or raise. An entry comes after those before it.
        """
        begun = [_attempted(_append, entry) for entry in entries]
        appends = [append for append in begun if isinstance(append, Append)]
        if appends:
            with in_the_librarys_words():
                self._committer.commit(appends)
            self.wake_listeners()
        return [
            _attempted(self._stored, append) if isinstance(append, Append) else append
            for append in begun
        ]

    def _stored(self, append: Append) -> list[StoredEvent]:
        """Return the append's events. Raises what kept them from the log, in the library's words."""
        with in_the_librarys_words():
            try:
                return append.outcome()
            except exc.IntegrityError:
                _refuse(event.id for event in self.by_ids(append.ids) if event.id is not None)
                raise

    def read(
        self, query: DCBQuery | None = None, *, after: int | None = None, limit: int | None = None
    ) -> LogReading:
        """Return the events that match, ascending, as one snapshot of the log had them."""
        criteria = Criteria(query)
        after = after or 0
        with in_the_librarys_words():
            with suppress(ConnectionLost), self.database.glance() as conn:
                opened = LogReading.of_one_page(
                    self.database, conn, criteria, after=after, limit=limit
                )
                if opened is not None:
                    return opened
            with self.database.read() as conn:
                return LogReading.open(self.database, conn, criteria, after=after, limit=limit)

    def stream(
        self, *, after: int = 0, upto: int | None = None, batch_size: int = PAGE
    ) -> Iterator[StoredEvent]:
        """Yield the events of ``(after, upto]`` in order, holding one batch at a time.

        Without ``upto`` it ends at the head of the moment of the first event.
        """
        end = self.head().position if upto is None else upto
        while after < end:
            with in_the_librarys_words(), self.database.read() as conn:
                batch = reading.between(conn, after=after, upto=min(end, after + batch_size))
            yield from batch
            after += batch_size

    def head(self) -> Head:
        """Return the end of the log: its position, hash and time."""
        with in_the_librarys_words(), self.database.read() as conn:
            return reading.head(conn)

    def by_ids(self, ids: Iterable[str]) -> list[StoredEvent]:
        """Return the recorded events of these ids, in log order."""
        with in_the_librarys_words(), self.database.read() as conn:
            return reading.by_ids(conn, ids)

    @contextmanager
    def snapshot(self) -> Iterator["LogSnapshot"]:
        """Open the log as it is now, for several questions that must agree."""
        with in_the_librarys_words(), self.database.read() as conn:
            yield LogSnapshot(conn)

    def position_at(self, moment: datetime) -> int:
        """Return the last position recorded at or before ``moment``; 0 before the first."""
        with in_the_librarys_words(), self.database.read() as conn:
            return reading.position_at(conn, moment)

    def subscribe(
        self, query: DCBQuery | None = None, *, after: int | None = None
    ) -> SqlSubscription:
        """Return an iterator that waits at the head for events yet to be recorded."""
        subscription = SqlSubscription(self, query=query, after=after)
        self._subscriptions.add(subscription)
        return subscription

    def listen(self, event: threading.Event) -> None:
        """Set ``event`` after every append of this recorder, and whenever the listeners are woken."""
        with self._guard:
            self._listeners.add(event)

    def unlisten(self, event: threading.Event) -> None:
        with self._guard:
            self._listeners.discard(event)

    def wake_listeners(self) -> None:
        """Let every listener look at the log: something was, or may have been, appended."""
        with self._guard:
            for listener in self._listeners:
                listener.set()

    def close(self) -> None:
        """End the subscriptions that are still open. The database is its owner's to close."""
        for subscription in list(self._subscriptions):
            subscription.close()


class LogSnapshot:
    """The log at one moment. Valid while the transaction that it reads from is open."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self.position = reading.head(conn).position

    def by_ids(self, ids: Iterable[str]) -> list[StoredEvent]:
        """Return the recorded events of these ids, in log order."""
        return reading.by_ids(self._conn, ids)

    def matching(self, query: DCBQuery) -> list[StoredEvent]:
        """Return the events that match a query, which asks for something, in log order."""
        positions = Criteria(query).positions(self._conn, after=0, limit=None)
        return reading.at(self._conn, positions) if positions else []

    def holds(self, query: DCBQuery, *, after: int) -> bool:
        """Tell whether an event beyond a position matches a query."""
        return Criteria(query).found(self._conn, after=after, upto=self.position)


def _append(entry: Entry) -> Append:
    """Return the append of an entry. Raises ProgrammingError, UnstorableEvent, DuplicateEventId."""
    if not entry.events:
        raise ProgrammingError("an append needs at least one event")
    drafts = [prepared(event) for event in entry.events]
    ids = [draft.id for draft in drafts if draft.id is not None]
    if len(set(ids)) < len(ids):
        _refuse(repeated for repeated, times in Counter(ids).items() if times > 1)
    return Append(drafts, entry.condition)


def _attempted(step: Callable[[Given], Result], given: Given) -> Result | Exception:
    """Return what the step returns or raises."""
    try:
        return step(given)
    except Exception as error:  # noqa: BLE001 - raised to the one whom it concerns
        return error


def _refuse(ids: Iterable[str]) -> None:
    if repeated := sorted(ids):
        raise DuplicateEventId(repeated)
