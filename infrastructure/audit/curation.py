"""What the log says of the places and the ends of some events, asked of the log alone.

A place goes back to the first event of a correction chain, an end may come long after the event.
Both are looked up for a stretch of the log at a time, so that no memory grows with the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, select

from domain.event import Event
from domain.tags import targets_of
from domain.vocabulary import ReportRetracted
from infrastructure.audit.results import Unreadable
from infrastructure.audit.saying import nothing, said
from infrastructure.bulk import among_bound
from infrastructure.event_store import bodies
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
        places = {**self._of_earlier(conn, events, erased), **erased}
        for position, event in events.items():
            try:
                named = [places[target] for target in targets_of(event)]
            except KeyError as error:
                raise Unreadable(position, error) from error
            places[event.id] = named[-1] if event.supersedes else position
            if event.supersedes:
                self._places[event.id] = places[event.id]
        return places

    def _of_earlier(
        self, conn: Connection, events: Mapping[int, Event], erased: Mapping[str, int]
    ) -> dict[str, int]:
        """The places of what the events name, where it came before all of them."""
        own = {event.id for event in events.values()} | erased.keys()
        targets = {target for event in events.values() for target in targets_of(event)} - own
        corrects: dict[str, str] = {}
        wanted = targets.difference(self._places)
        while wanted:
            following: set[str] = set()
            for body in bodies.by_ids(conn, wanted):
                event = said(body) or nothing(body)
                if body.position >= min(events):
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


def endings(conn: Connection, events: Mapping[int, Event], until: int) -> dict[str, Ending]:
    """How each of these events ended by a position, by its id; those that did not are left out."""
    tags = {"tags": [_TAG + event.id for event in events.values()]}
    curating = {at for at in conn.scalars(_NAMING, tags) if at <= until}
    found = {at: events[at] for at in curating.intersection(events)}
    for body in bodies.at(conn, curating.difference(events)):
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
