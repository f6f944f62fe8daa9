"""Since when and until when many pairs stand as they do on a day: of each its segment of that day.

What `timeline` tells of one pair (DESIGN section 6), in a constant number of statements for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, literal_column, select

from domain.effects import ANY
from domain.past import Segment
from domain.viewpoint import Viewpoint
from infrastructure.bulk import among_bound, pairs_bound
from infrastructure.questions.admission import POSITION, Condition, filters_of, values_of
from infrastructure.questions.board import Told
from infrastructure.questions.dossier import Dossier, Lines, denials, told
from infrastructure.questions.partners import Pair
from infrastructure.questions.parts import Sides
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.timeline import segments
from infrastructure.schema.read_models import ReadModels
from infrastructure.schema.segments import PAIR_KINDS


def lasting(snapshot: Snapshot, viewpoint: Viewpoint, pairs: Sequence[Pair]) -> dict[Pair, Segment]:
    """The segment of each pair that the viewpoint's day is in. Each actor stands for itself."""
    lines = _Lines(snapshot, viewpoint, pairs)
    day = viewpoint.valid_at.isoformat()
    return {pair: _on(day, lines.dossier(pair)) for pair in pairs}


def credibility(snapshot: Snapshot, events: Iterable[str]) -> dict[str, int]:
    """How credible the claims of these events are (1-5); left out where that cannot be judged."""
    found = snapshot.rows(_credibility(snapshot.models), {"ids": sorted(events)})
    return {row.event_id: row.credibility for row in found}


@cache
def _credibility(rm: ReadModels) -> Select[Any]:
    table = rm.reports
    judged = table.c.credibility.between(literal_column("1"), literal_column("5"))
    asked = among_bound(table.c.event_id, "ids")
    return select(table.c.event_id, table.c.credibility).where(asked, judged)


def _on(day: str, dossier: Dossier) -> Segment:
    return next(one for one in segments(dossier) if one.to is None or day < one.to)


class _Lines:
    """What is told of the lines of some pairs, and of the alliances of their actors."""

    def __init__(self, snapshot: Snapshot, viewpoint: Viewpoint, pairs: Sequence[Pair]) -> None:
        self._snapshot, self._viewpoint = snapshot, viewpoint
        actors = sorted({actor for pair in pairs for actor in pair})
        every = [line for one in actors for line in ((one, ANY), (ANY, one))]
        ends = [(a, b) for pair in pairs for a, b in (pair, pair[::-1])]
        between = list(self._told(_between, ids=[*ends, *every]))
        joined = list(self._told(_members, ids=[*actors, ANY]))
        alliances = sorted({one.source for one in joined})
        obliging = list(self._told(_obligations, ids=alliances))
        self._between, self._memberships = _by_ends(between), _by_ends(joined)
        self._obligations: dict[str, list[Told]] = defaultdict(list)
        for one in obliging:
            self._obligations[one.source].append(one)
        places = {one.place for one in (*between, *joined, *obliging)}
        self._denied = denials(snapshot, viewpoint, places)
        self._joined: dict[str, set[str]] = defaultdict(set)
        for one in joined:
            if not one.closes:
                self._joined[one.target].add(one.source)

    def dossier(self, pair: Pair) -> Dossier:
        """All that bears on a pair."""
        effects = [*self._own(pair), *self._shared(pair)]
        return Dossier.from_told(self._viewpoint, Sides.alone(pair), effects, self._denied)

    def _own(self, pair: Pair) -> Iterator[Told]:
        a, b = pair
        for line in ((a, b), (b, a), (a, ANY), (ANY, a), (b, ANY), (ANY, b)):
            yield from self._between.get(line, ())

    def _shared(self, pair: Pair) -> Iterator[Told]:
        """Of the alliances in which anybody ever put both."""
        shared = self._joined[pair[0]] & self._joined[pair[1]]
        for alliance in sorted(shared):
            for member in (*pair, ANY):
                yield from self._memberships.get((alliance, member), ())
            yield from self._obligations[alliance]
        if shared:
            for member in pair:
                yield from self._memberships.get((ANY, member), ())

    def _told(self, lines: Lines, **bound: Any) -> Iterator[Told]:
        values = values_of(self._viewpoint, **bound)
        for statement in told(self._snapshot.models, filters_of(self._viewpoint), lines):
            for row in self._snapshot.rows(statement, values):
                yield Told(*row)


def _by_ends(effects: Iterable[Told]) -> Mapping[Pair, Sequence[Told]]:
    found: dict[Pair, list[Told]] = defaultdict(list)
    for one in effects:
        found[one.source, one.target].append(one)
    return found


def _between(_rm: ReadModels, table: Any) -> Condition:
    """The lines between actors, bound as pairs."""
    asked = pairs_bound("ids")
    ends = table.c.source == asked.c.a, table.c.target == asked.c.b
    return and_(*ends, table.c.kind.in_(PAIR_KINDS), table.c.position <= POSITION)


def _members(_rm: ReadModels, table: Any) -> Condition:
    """The memberships of actors in alliances."""
    theirs = among_bound(table.c.target, "ids"), table.c.kind == "membership"
    return and_(*theirs, table.c.position <= POSITION)


def _obligations(_rm: ReadModels, table: Any) -> Condition:
    """What alliances oblige to; nothing closes that."""
    theirs = among_bound(table.c.source, "ids"), table.c.kind == "obligation"
    return and_(*theirs, table.c.position <= POSITION)
