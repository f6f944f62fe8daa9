"""The log as it is read: from a transaction that the caller has opened.

``Log order`` everywhere: ascending positions. Nothing here holds more than one batch.
"""

from array import array
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Self

from eventsourcing.dcb.api import DCBReadResponse
from sqlalchemy import Connection, func, select

from infrastructure.bulk import among
from infrastructure.database import Database
from infrastructure.event_store import chain
from infrastructure.event_store.conditions import Criteria
from infrastructure.event_store.envelope import Head, StoredEvent, from_row
from infrastructure.event_store.first_page import first_page
from infrastructure.schema.log import events, store

PAGE = 500
"""How many events are held at a time while reading."""

_LAST = select(events.c.position, events.c.hash, events.c.recorded_at).where(
    events.c.position == select(func.max(events.c.position)).scalar_subquery()
)
_EVENT = select(*events.c).order_by(events.c.position)


def store_id(conn: Connection) -> bytes:
    """Return the 16 bytes that the chain begins with."""
    found: bytes = conn.execute(select(store.c.id).where(store.c.one == 1)).scalar_one()
    return found


def head(conn: Connection) -> Head:
    """Return the end of the log."""
    row = conn.execute(_LAST).first()
    if row is None:
        return Head(0, chain.first_hash(store_id(conn)), None)
    return Head(row.position, row.hash, chain.moment(row.recorded_at))


def between(conn: Connection, *, after: int, upto: int) -> list[StoredEvent]:
    """Return the events after one position up to and including another."""
    where = events.c.position > after, events.c.position <= upto
    return [from_row(row) for row in conn.execute(_EVENT.where(*where))]


def at(conn: Connection, positions: Iterable[int]) -> list[StoredEvent]:
    """Return the events at these positions, leaving out those the log does not have."""
    rows = conn.execute(_EVENT.where(among(events.c.position, positions)))
    return [from_row(row) for row in rows]


def by_ids(conn: Connection, ids: Iterable[str]) -> list[StoredEvent]:
    """Return the events of these ids, leaving out those the log does not have."""
    rows = conn.execute(_EVENT.where(among(events.c.event_id, ids)))
    return [from_row(row) for row in rows]


def position_at(conn: Connection, moment: datetime) -> int:
    """Return the last position recorded at or before ``moment``; 0 before the first."""
    earlier = events.c.recorded_at <= chain.microseconds(moment)
    last = select(events.c.position).where(earlier).order_by(events.c.recorded_at.desc()).limit(1)
    return conn.execute(last).scalar() or 0


class LogReading(DCBReadResponse):
    """What a query matched in one snapshot, given out page by page.

    Which positions matched is settled when the reading is opened. What stands there never
    changes, so the pages may be fetched one at a time, each in a transaction of its own,
    and no transaction stays open while the caller takes its time.
    """

    def __init__(self, database: Database, positions: Sequence[int], head: int | None) -> None:
        self._database = database
        self._positions = positions
        self._head = head
        self._page: deque[StoredEvent] = deque()
        self._next = 0

    @classmethod
    def open(
        cls,
        database: Database,
        conn: Connection,
        criteria: Criteria,
        *,
        after: int,
        limit: int | None,
    ) -> "LogReading":
        last = head(conn).position
        positions: Sequence[int]
        if limit == 0:
            positions = ()
        elif criteria.everything:
            end = last if limit is None else min(last, after + limit)
            positions = range(after + 1, end + 1)
        else:
            positions = array("q", criteria.positions(conn, after=after, limit=limit))
        end = last if limit is None else (positions[-1] if positions else 0)
        opened = cls(database, positions, end or None)
        opened._fetch(conn)
        return opened

    @classmethod
    def of_one_page(
        cls,
        database: Database,
        conn: Connection,
        criteria: Criteria,
        *,
        after: int,
        limit: int | None,
    ) -> "LogReading | None":
        """Open what one statement can read whole, or return None."""
        item = criteria.alone
        if item is None or limit == 0:
            return None
        size = PAGE if limit is None else min(PAGE, limit)
        page = first_page(conn, item, after=after, size=size)
        if len(page.events) == size and size != limit:
            return None
        last = page.events[-1].position if page.events else 0
        opened = cls(database, (), (page.head if limit is None else last) or None)
        opened._page.extend(page.events)
        return opened

    @property
    def head(self) -> int | None:
        """The head of the log or, where a limit was given, the last position returned."""
        return self._head

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> StoredEvent:
        while not self._page:
            if self._next >= len(self._positions):
                raise StopIteration
            with self._database.read() as conn:
                self._fetch(conn)
        return self._page.popleft()

    def _fetch(self, conn: Connection) -> None:
        wanted = self._positions[self._next : self._next + PAGE]
        if not wanted:
            return
        self._next += len(wanted)
        if isinstance(wanted, range):
            self._page.extend(between(conn, after=wanted.start - 1, upto=wanted.stop - 1))
        else:
            self._page.extend(at(conn, wanted))
