"""What the log says of the places and the ends of some events, asked of the log alone.

A place goes back to the first event of a correction chain, an end may come long after the event.
Both are looked up for a stretch of the log at a time, so that no memory grows with the log. Looking
up by its tag who names an event is dear: that is done only where something differs. Before, the
read models are taken at their word where an event ended, and the event there is asked; and each
event that ends an earlier one is held against that one's report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from sqlalchemy import Connection, select

from domain.event import Event
from domain.tags import targets_of
from domain.vocabulary import ReportRetracted
from infrastructure.audit.results import Unreadable
from infrastructure.audit.saying import nothing, said
from infrastructure.bulk import among, among_bound
from infrastructure.event_store import bodies
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.log import event_tags

MOST_PLACES = 100_000
"""So many places of earlier events are kept at most; a forgotten one is looked up again."""

_TAG = "event:"


class Ending(NamedTuple):
    """How an event ended: at which position, by which event, `retracted` or `superseded`."""

    position: int
    by: str
    how: str


class Places:
    """The places of events, learned as the log is read in order."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def learn(
        self, conn: Connection, events: Mapping[int, Event], erased: Mapping[str, int]
    ) -> dict[str, int]:
        """The places of these consecutive events, and of those that they curate.

        `erased`: the positions of those between them that were, by id; their places went with their
        data. Raises Unreadable for an event that names one which did not come before it.
        """
        if len(self._places) > MOST_PLACES:
            self._places.clear()
        curating = {event.id: named for event in events.values() if (named := targets_of(event))}
        own = {event.id for event in events.values()} | erased.keys()
        targets = {target for named in curating.values() for target in named} - own
        places = {**self._of_earlier(conn, targets, min(events, default=0)), **erased}
        for position, event in events.items():
            try:
                bases = [places[target] for target in curating.get(event.id, ())]
            except KeyError as error:
                raise Unreadable(position, error) from error
            places[event.id] = bases[-1] if event.supersedes else position
            if event.supersedes:
                self._places[event.id] = places[event.id]
        return places

    def _of_earlier(
        self, conn: Connection, targets: AbstractSet[str], first: int
    ) -> dict[str, int]:
        """The places of these events as far as they came before the first of the stretch."""
        corrects: dict[str, str] = {}
        wanted = set(targets).difference(self._places)
        while wanted:
            following: set[str] = set()
            for body in bodies.by_ids(conn, wanted):
                event = said(body) or nothing(body)
                if body.position >= first:
                    continue
                if event.supersedes is None:
                    self._places[event.id] = body.position
                else:
                    corrects[event.id] = event.supersedes
                    following.add(event.supersedes)
            wanted = following.difference(self._places, corrects)
        for target in corrects:
            self._follow(target, corrects)
        return {target: self._places[target] for target in targets if target in self._places}

    def _follow(self, target: str, corrects: Mapping[str, str]) -> None:
        """Learn the place of a correction from that of the first of its chain, if that is there."""
        chain = [target]
        while chain[-1] in corrects and len(chain) <= len(corrects):
            chain.append(corrects[chain[-1]])
        place = self._places.get(chain[-1])
        if place is not None:
            self._places.update(dict.fromkeys(chain, place))


_NAMING = select(event_tags.c.position).where(among_bound(event_tags.c.tag, "tags"))
"""The events that name one of some events, or are it."""


def naming(conn: Connection, events: Mapping[int, Event]) -> set[int]:
    """The positions of all events that name one of these, and of these."""
    tags = {"tags": [_TAG + event.id for event in events.values()]}
    return set(conn.scalars(_NAMING, tags))


def endings(
    conn: Connection, events: Mapping[int, Event], naming: Iterable[int], until: int
) -> dict[str, Ending]:
    """How events ended by a position, by their ids, as far as these or those `naming` say so."""
    found = dict(events)
    for body in bodies.at(conn, {at for at in naming if at <= until and at not in events}):
        event = said(body)
        if event is not None:
            found[body.position] = event
    ended: dict[str, Ending] = {}
    for position, event in sorted(found.items()):
        if event.supersedes:
            ended[event.supersedes] = Ending(position, event.id, "superseded")
        if isinstance(event.data, ReportRetracted):
            ended[event.data.event] = Ending(position, event.id, "retracted")
    return ended


def without_its_end(
    snapshot: Snapshot, ended: Mapping[str, Ending], before: int, until: int
) -> list[int]:
    """Where events up to a position stand that ended, but are not reported to have, by `until`."""
    reports = snapshot.models.reports
    columns = reports.c.position, reports.c.event_id, reports.c.known_to
    rows = select(*columns).where(among(reports.c.event_id, ended), reports.c.position <= before)
    return sorted(
        position
        for position, event_id, known_to in snapshot.conn.execute(rows)
        if not ended[event_id].position <= known_to <= until
    )
