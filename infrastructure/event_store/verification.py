"""Is every stored byte what was recorded? The log walked from its first event to its head.

Each row's leaf is computed afresh from its columns and each hash from the leaf before it;
positions must have no gaps, times must rise, and ``event_tags`` must hold exactly what the
events say. An erased event (no data, no salt) is taken by the leaf it left (DESIGN.md
section 8). Usual rows are checked at speed (``quick``), all others one by one (``stretch``).

The chain cannot know what it ended with: a log cut at its end and continued, or rewritten
from some event on with all its hashes, is whole in itself. Hashes that were kept outside (of
a checkpoint, of a receipt) show that, given as ``known``; without them only tags or
projections beyond the head do.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, exc, func, select, text

from infrastructure.database import Database
from infrastructure.event_store import chain, reading
from infrastructure.event_store.quick import Link, StoredRow
from infrastructure.event_store.stretch import ROW, Fault, Stretch, fetched
from infrastructure.event_store.tracking import FOREIGN_VERSION
from infrastructure.schema.log import checkpoints, event_tags, events

__all__ = ["Examination", "Fault", "Known", "Progress", "Verdict", "verify"]

BATCH = 2_000

Progress = Callable[[int, int], None]
"""Called with the position reached and the position of the head."""

OTHER_HISTORY = "the hash is not the one that was kept: an event up to here was rewritten"

Examination = Callable[[Connection, Sequence[StoredRow]], Fault | None]
"""Looks at rows whose bytes are whole, in log order, and returns the first that is wrong."""


class Known(NamedTuple):
    """A position with the hash that was kept of it, outside of this database."""

    position: int
    hash: bytes


@dataclass(frozen=True)
class Verdict:
    """How far the log is whole, the hash up to there, and where it is not."""

    ok: bool
    position: int
    hash: bytes
    first_bad: Fault | None


def verify(
    database: Database,
    progress: Progress | None = None,
    *,
    examine: Examination | None = None,
    known: Iterable[Known] = (),
    since: Known | None = None,
    batch_size: int = BATCH,
) -> Verdict:
    """Walk the log up to the head it has now, and tell whether it is whole.

    ``examine`` looks at the events besides, for what only the reader of their data can judge.
    The log must have the hashes that are ``known``. With ``since`` only what comes after that
    position is walked, and what comes before is taken to be what it was.
    """
    kept = dict(known) | ({since.position: since.hash} if since else {})
    with database.read() as conn:
        last, outside = _outline(conn)
        try:
            link = Link(0, chain.first_hash(reading.store_id(conn)))
        except exc.NoResultFound:
            return _bad(Link(0, b""), Fault(0, "the store's id is gone"))
        if outside is not None and outside.position < 1:
            return _bad(link, outside)
        sure, fault = link, _differs(link, kept)
        if since is not None and fault is None:
            sure, fault = _link_at(conn, since, last)
            link = sure
    if fault is not None:
        return _bad(sure, fault)
    walking = _Walk(database, examine, kept, sure)
    while link.position < last:
        link, fault = walking.follow(link, min(last, link.position + batch_size))
        if fault is not None:
            return _bad(link, fault)
        if progress is not None:
            progress(link.position, last)
    fault = _repeated_id(database, since.position if since else 0, last) or outside
    missing = min((position for position in kept if position > last), default=None)
    if fault is None and missing is not None:
        fault = Fault(last + 1, f"the log ends here, and position {missing} was kept of it")
    return Verdict(ok=fault is None, position=last, hash=link.hash, first_bad=fault)


def _bad(link: Link, fault: Fault) -> Verdict:
    return Verdict(ok=False, position=link.position, hash=link.hash, first_bad=fault)


def _differs(link: Link, kept: Mapping[int, bytes]) -> Fault | None:
    """Return a fault where another hash was kept of the link's position."""
    if kept.get(link.position, link.hash) == link.hash:
        return None
    return Fault(link.position, OTHER_HISTORY)


def _link_at(conn: Connection, since: Known, last: int) -> tuple[Link, Fault | None]:
    """Return the link to go on from, if the log has it as it was kept."""
    if since.position == 0:
        return Link(*since), None
    if since.position > last:
        gone = f"the log ends here, and position {since.position} was kept of it"
        return Link(0, b""), Fault(last + 1, gone)
    for row in fetched(conn, ROW.where(events.c.position == since.position)):
        if row[-1] == since.hash and isinstance(row[4], int):
            return Link(since.position, since.hash, row[4]), None
        return Link(0, b""), Fault(since.position, OTHER_HISTORY)
    return Link(0, b""), Fault(since.position, "there is no event at this position")


class _Walk:
    """Follows the chain batch by batch. ``sure`` is the last link that a kept hash confirms."""

    def __init__(
        self,
        database: Database,
        examine: Examination | None,
        kept: Mapping[int, bytes],
        sure: Link,
    ) -> None:
        self._database = database
        self._examine = examine
        self._kept = kept
        self._sure = sure

    def follow(self, link: Link, upto: int) -> tuple[Link, Fault | None]:
        """Follow the chain from ``link`` to ``upto``, or to the event before the first fault."""
        with self._database.read() as conn:
            try:
                return self._batch(conn, link, upto)
            except exc.DBAPIError as error:
                if not _is_unreadable(error):
                    raise
        if upto == link.position + 1:
            return link, Fault(upto, "a column cannot be read")
        # One by one, to find which.
        while link.position < upto:
            link, fault = self.follow(link, link.position + 1)
            if fault is not None:
                return link, fault
        return link, None

    def _batch(self, conn: Connection, link: Link, upto: int) -> tuple[Link, Fault | None]:
        stretch = Stretch(conn, link.position, upto)
        end, fault = stretch.chained(link)
        rows = stretch.rows[: end.position - link.position]
        if self._examine is not None and (odd := self._examine(conn, rows)):
            end, fault = _before(link, rows, odd.position), odd
        for position in sorted(self._kept):
            if link.position < position <= end.position:
                here = _before(link, rows, position + 1)
                if differs := _differs(here, self._kept):
                    return self._sure, differs
                self._sure = here
        return end, fault


def _before(link: Link, rows: Sequence[StoredRow], position: int) -> Link:
    """Return the link before a position of the rows that follow ``link``."""
    count = position - 1 - link.position
    if count == 0:
        return link
    row = rows[count - 1]
    return Link(row[0], row[-1], row[4])


def _is_unreadable(error: exc.DBAPIError) -> bool:
    """Tell a stored value that the driver cannot give from a database that does not answer."""
    return isinstance(error, exc.DataError) or "decode" in str(error.orig).lower()


def _outline(conn: Connection) -> tuple[int, Fault | None]:
    """Return the head, and what lies outside of the log's positions."""
    last = conn.execute(select(func.max(events.c.position))).scalar() or 0
    early = select(func.min(events.c.position)).where(events.c.position < 1)
    early_tag = select(func.min(event_tags.c.position)).where(event_tags.c.position < 1)
    for statement in (early, early_tag):
        if (position := conn.execute(statement).scalar()) is not None:
            return last, Fault(int(position), "positions begin at 1")
    late_tag = select(event_tags.c.position).where(event_tags.c.position > last).limit(1)
    if conn.execute(late_tag).first() is not None:
        return last, Fault(last + 1, "event_tags goes on after the last event")
    ahead = (checkpoints.c.position > last) & (checkpoints.c.version != FOREIGN_VERSION)
    if name := conn.execute(select(checkpoints.c.name).where(ahead).limit(1)).scalar():
        return last, Fault(last + 1, f"the projection {name} has seen events that are gone")
    return last, None


def _repeated_id(database: Database, after: int, last: int) -> Fault | None:
    """Return the first event after a position whose id an earlier one has."""
    again = func.max(events.c.position).label("position")
    repeated = (
        select(again)
        .where(events.c.event_id.is_not(None), events.c.position <= last)
        .group_by(events.c.event_id)
        .having(func.count() > 1, again > after)
        .subquery()
    )
    with database.read() as conn:
        if conn.dialect.name == "postgresql":
            conn.execute(text("SET LOCAL statement_timeout = 0"))
        position = conn.execute(select(func.min(repeated.c.position))).scalar()
    return None if position is None else Fault(position, "the id is that of an earlier event")
