"""The log itself: events as recorded, filtered and one by one (DESIGN section 7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, func, select

from domain.event import Event
from domain.fields import MOST_WHOLE
from domain.vocabulary import ReportRetracted
from infrastructure.bulk import among_bound
from infrastructure.codec import client_fields, event_of
from infrastructure.event_store import chain, reading
from infrastructure.event_store.envelope import StoredEvent
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.log import event_tags
from infrastructure.schema.log import events as log
from infrastructure.schema.read_models import ReadModels

PAGE_BYTES = 4 * 1024 * 1024
"""How much stored data one page of events holds, unless its first event alone has more."""


class UnknownEvent(Exception):
    """The log holds no event of this id."""

    def __init__(self, event_id: str) -> None:
        super().__init__(f"no event has the id {event_id}")
        self.id = event_id


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events to list; None does not filter.

    `occurred_from` and `occurred_to` (both included) keep events that may have happened on one
    of those days. Those two and `claimant` are answered from the read models, the others from
    the log itself.
    """

    type: str | None = None
    actor: str | None = None
    incident: str | None = None
    alliance: str | None = None
    claimant: str | None = None
    occurred_from: date | None = None
    occurred_to: date | None = None

    def tags(self) -> list[str]:
        """The tags that the events must carry."""
        named = {"actor": self.actor, "incident": self.incident, "alliance": self.alliance}
        return [f"{kind}:{slug}" for kind, slug in named.items() if slug is not None]

    @property
    def asks_read_models(self) -> bool:
        """Whether the log's own index cannot answer."""
        return any((self.claimant, self.occurred_from, self.occurred_to))

    def matches(self, recorded: RecordedEvent) -> bool:
        """Whether it keeps this event: the same answer, from the event itself."""
        stored = recorded.stored
        if self.type not in {None, stored.event.type} or not {*self.tags()} <= {*stored.event.tags}:
            return False
        if not self.asks_read_models:
            return True
        return recorded.event is not None and self._keeps_claim(recorded.event)

    def _keeps_claim(self, event: Event) -> bool:
        span = event.span
        return (
            self.claimant in {None, event.claim.claimant}
            and (self.occurred_from is None or span.ended >= self.occurred_from)
            and (self.occurred_to is None or span.earliest <= self.occurred_to)
        )


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event with what the log adds; `event` is None where it was lawfully erased."""

    stored: StoredEvent
    event: Event | None
    retracted_by: str | None = None
    superseded_by: str | None = None

    def fields(self) -> dict[str, Any]:
        """The flat JSON form: client fields plus server fields (DESIGN section 3)."""
        stored = self.stored
        return {
            "id": stored.id,
            "type": stored.event.type,
            **(client_fields(self.event) if self.event else {}),
            "position": stored.position,
            "recorded_at": chain.rfc3339(stored.recorded_us),
            "recorded_by": stored.recorded_by,
            "hash": stored.hash.hex(),
            "schema_version": stored.schema_version,
        }


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was found in a stretch of the log, in order and as stored.

    `upto`: how far was looked. `full`: that it ends there because it holds as much as it may.
    """

    stored: list[StoredEvent]
    upto: int
    full: bool


def events(
    conn: Connection,
    wanted: EventFilter,
    *,
    after: int = 0,
    upto: int = MOST_WHOLE,
    limit: int = 100,
    most_bytes: int = PAGE_BYTES,
) -> Stretch:
    """The events after a position and up to another, at most `limit` of them.

    Nor do they have more than `most_bytes` of stored data, unless the first of them has.
    """
    sizes = _positions(conn, wanted).add_columns(func.length(log.c.data))
    sizes = sizes.where(log.c.position > after, log.c.position <= upto)
    rows = conn.execute(sizes.order_by(log.c.position).limit(limit + 1)).all()
    page: list[int] = []
    for position, size in rows[:limit]:
        most_bytes -= size or 0
        if page and most_bytes < 0:
            break
        page.append(position)
    full = len(page) < len(rows)
    return Stretch(reading.at(conn, page), page[-1] if full else upto, full)


def beyond(conn: Connection, *, after: int, limit: int, most_bytes: int) -> Stretch:
    """The next events after a position, `upto` no further than the log's head of the moment."""
    head = conn.execute(select(func.max(log.c.position))).scalar() or 0
    if head <= after:
        return Stretch([], after, full=False)
    return events(conn, EventFilter(), after=after, upto=head, limit=limit, most_bytes=most_bytes)


def candidates(
    conn: Connection, wanted: EventFilter, *, after: int, upto: int, limit: int, most_bytes: int
) -> Stretch:
    """All events of a stretch that the filter keeps, and perhaps others: `matches` tells.

    What the read models answer is asked of them as far as they hold the log, and no further in
    one stretch: whoever goes on from `upto` misses nothing that they do not hold yet.
    """
    if wanted.asks_read_models:
        held = Snapshot.of(conn).position
        if after < held:
            upto = min(upto, held)
        else:
            wanted = replace(wanted, claimant=None, occurred_from=None, occurred_to=None)
    return events(conn, wanted, after=after, upto=upto, limit=limit, most_bytes=most_bytes)


def event(conn: Connection, event_id: str) -> RecordedEvent:
    """One event and what became of it. Raises UnknownEvent."""
    found = reading.by_ids(conn, [event_id])
    if not found:
        raise UnknownEvent(event_id)
    [stored] = found
    ending = _positions(conn, EventFilter()).where(
        log.c.type.in_((stored.event.type, ReportRetracted.TYPE)),
        log.c.position > stored.position,
        log.c.position.in_(_tagged(f"event:{event_id}")),
    )
    retracted_by = superseded_by = None
    for later in map(recorded, reading.at(conn, conn.scalars(ending))):
        if later.event is None:
            continue
        if later.event.supersedes == event_id:
            superseded_by = later.event.id
        if isinstance(later.event.data, ReportRetracted) and later.event.data.event == event_id:
            retracted_by = later.event.id
    found_event = recorded(stored).event
    return RecordedEvent(stored, found_event, retracted_by, superseded_by)


def types(conn: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The type of each of these events."""
    named = select(log.c.event_id, log.c.type).where(among_bound(log.c.event_id, "ids"))
    return {row.event_id: row.type for row in conn.execute(named, {"ids": sorted(set(ids))})}


def recorded(stored: StoredEvent) -> RecordedEvent:
    """Read the event of a row of the log that is one of ours."""
    return RecordedEvent(stored, None if stored.erased else event_of(stored))


def _positions(conn: Connection, wanted: EventFilter) -> Select[Any]:
    statement = select(log.c.position).where(log.c.event_id.is_not(None))
    if wanted.type is not None:
        statement = statement.where(log.c.type == wanted.type)
    for tag in wanted.tags():
        statement = statement.where(log.c.position.in_(_tagged(tag)))
    if wanted.asks_read_models:
        statement = statement.where(log.c.position.in_(_reported(Snapshot.of(conn).models, wanted)))
    return statement


def _tagged(tag: str) -> Select[Any]:
    return select(event_tags.c.position).where(event_tags.c.tag == tag)


def _reported(rm: ReadModels, wanted: EventFilter) -> Select[Any]:
    reports = rm.reports
    statement = select(reports.c.position)
    if wanted.claimant is not None:
        statement = statement.where(reports.c.claimant == wanted.claimant)
    if wanted.occurred_from is not None:
        statement = statement.where(reports.c.ended >= wanted.occurred_from.toordinal())
    if wanted.occurred_to is not None:
        statement = statement.where(reports.c.earliest <= wanted.occurred_to.toordinal())
    return statement
