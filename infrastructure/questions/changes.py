"""Which pairs stand otherwise than before: between two days, or two states of the log (DESIGN section 6).

Between two positions only what was recorded, retracted or superseded between them can have changed
a pair; where that is little, only these pairs are looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import Select, func, select

from domain import policy
from domain.changes import PairChange
from domain.past import Stance
from domain.viewpoint import Viewpoint
from infrastructure.questions.admission import Condition, Filters, admitted, filters_of, values_of
from infrastructure.questions.matrix import MOST_LOOKED_AT
from infrastructure.questions.opened import both_ways, memberships_of, obligations_on, on_lines_of
from infrastructure.questions.openness import certainly_open
from infrastructure.questions.partners import Pair, next_pairs
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.standings import strength_of
from infrastructure.questions.touched import touched_pairs
from infrastructure.questions.viewpoints import (
    AheadOfReadModel,
    InTheFuture,
    ViewpointRequest,
    resolve,
)
from infrastructure.schema.read_models import ReadModels

AT_ONCE = 1_000
"""So many pairs are looked at at once."""


Axis = Literal["valid", "known"]
"""The clock between two values of which changes are asked."""


class NotBefore(Exception):
    """What changes are asked from is not before what they are asked to."""


@dataclass(frozen=True, slots=True)
class Between:
    """What is compared: two days (axis `valid`), or two positions or times (axis `known`)."""

    axis: Axis
    low: date | datetime | int
    high: date | datetime | int

    def upto(self, position: int) -> Between:
        """The same with `high` as the position that it was resolved to."""
        return replace(self, high=position)

    def resolved(
        self, snapshot: Snapshot, request: ViewpointRequest, *, today: date, now: datetime
    ) -> tuple[Viewpoint, Viewpoint]:
        """The viewpoints before and after; the axis asked replaces that clock of the request.

        Raises NotBefore; and UnknownActors, AheadOfReadModel and InTheFuture, these for `high`.
        Two times at which the log held the same are in order.
        """
        low, high = self.low, self.high
        alike = isinstance(low, int) == isinstance(high, int)
        if alike and not low < high:  # type: ignore[operator]  # both numbers, days or times
            raise NotBefore
        before, after = (self._at(request, value) for value in (low, high))
        reached = resolve(snapshot, after, today=today, now=now)
        try:
            began = resolve(snapshot, before, today=today, now=now)
        except (AheadOfReadModel, InTheFuture) as later:
            raise NotBefore from later
        if began.position > reached.position or (not alike and began.position == reached.position):
            raise NotBefore
        return began, reached

    def _at(self, request: ViewpointRequest, value: Any) -> ViewpointRequest:
        name = "valid_at" if self.axis == "valid" else "known_at"
        return replace(request, **{name: value})


Candidates = Callable[[Pair | None, int], tuple[Sequence[Pair], Pair | None]]
"""Gives the pairs after a pair (None: from the first), so many at most, and the one to go on after."""


def changes(
    snapshot: Snapshot,
    before: Viewpoint,
    after: Viewpoint,
    *,
    behind: Pair | None = None,
    limit: int = 100,
) -> tuple[list[PairChange], Pair | None]:
    """The pairs behind `behind` whose (alignment, cooperation, conflict) the two viewpoints differ in.

    And the pair to go on behind where there may be more. After MOST_LOOKED_AT pairs a page ends,
    however few it has. The viewpoints differ in the day or in the position only.
    """
    candidates = _candidates(snapshot, before, after)
    found: list[PairChange] = []
    looked_at = 0
    while True:
        pairs, behind = candidates(behind, AT_ONCE)
        found += _changed(snapshot, before, after, pairs)
        looked_at += len(pairs)
        if len(found) > limit:
            return found[:limit], found[limit - 1].actors
        if behind is None or looked_at >= MOST_LOOKED_AT:
            return found, behind


def _candidates(snapshot: Snapshot, before: Viewpoint, after: Viewpoint) -> Candidates:
    """All pairs, or those that what was recorded between the two may bear on."""
    few = None
    if before.valid_at == after.valid_at and after.according_to is None and not after.without:
        few = touched_pairs(snapshot, before.position, after.position)
    if few is None:
        return lambda behind, most: next_pairs(snapshot, behind, most)
    return lambda behind, most: _listed(few, behind, most)


def _listed(
    pairs: Sequence[Pair], behind: Pair | None, most: int
) -> tuple[Sequence[Pair], Pair | None]:
    left = [pair for pair in pairs if behind is None or pair > behind]
    return left[:most], left[most - 1] if len(left) > most else None


def _changed(
    snapshot: Snapshot, before: Viewpoint, after: Viewpoint, pairs: Sequence[Pair]
) -> list[PairChange]:
    if not pairs:
        return []
    stood, stands = (states(snapshot, each, pairs) for each in (before, after))
    return [
        PairChange(pair, stood[pair], stands[pair]) for pair in pairs if stood[pair] != stands[pair]
    ]


def states(
    snapshot: Snapshot, viewpoint: Viewpoint, pairs: Sequence[Pair]
) -> Mapping[Pair, Stance]:
    """How each of the pairs stands, in short, in the certain reading."""
    levels: dict[tuple[Pair, str], int] = defaultdict(int)
    for row in _highest(snapshot, viewpoint, on_lines_of, both_ways(pairs)):
        kind, level = row.kind, row.level
        if kind == "sanction":
            kind, level = "conflict", policy.SANCTION_LEVEL
        line = (min(row.source, row.target), max(row.source, row.target)), kind
        levels[line] = max(levels[line], level)
    pledged = _pledged(snapshot, viewpoint, pairs)
    return {
        pair: _state(
            max(levels[pair, "cooperation"], pledged.get(pair, 0)),
            levels[pair, "conflict"],
            neutral=bool(levels[pair, "neutral"]),
        )
        for pair in pairs
    }


def _state(cooperation: int, conflict: int, *, neutral: bool) -> Stance:
    verdict = policy.verdict(cooperation, conflict, neutral=neutral)
    return Stance(verdict.alignment, cooperation, conflict)


def _pledged(snapshot: Snapshot, viewpoint: Viewpoint, pairs: Sequence[Pair]) -> dict[Pair, int]:
    """The cooperation to which the alliances of both oblige the pairs that are in any together."""
    worth, alliances = commitments(
        snapshot, viewpoint, sorted({actor for pair in pairs for actor in pair})
    )
    shared = {(a, b): alliances[a] & alliances[b] & worth.keys() for a, b in pairs}
    return {pair: max(map(worth.__getitem__, both)) for pair, both in shared.items() if both}


def commitments(
    snapshot: Snapshot, viewpoint: Viewpoint, actors: Sequence[str] | None = None
) -> tuple[Mapping[str, int], Mapping[str, set[str]]]:
    """What the alliances of some actors, or all, oblige to, and in which each of the actors is."""
    of_these = (memberships_of, obligations_on) if actors is not None else (_all_of, _all_on)
    memberships, obliged = (_highest(snapshot, viewpoint, each, actors or []) for each in of_these)
    alliances: dict[str, set[str]] = defaultdict(set)
    for row in memberships:
        alliances[row.target].add(row.source)
    obligations: dict[str, list[str]] = defaultdict(list)
    for row in obliged:
        obligations[row.source].append(row.target)
    worth = {
        alliance: policy.COMMITMENT_LEVELS[strength]
        for alliance, obliging in obligations.items()
        if (strength := strength_of(obliging))
    }
    return worth, alliances


def _all_of(rm: ReadModels) -> Condition:
    """Everybody's memberships in alliances."""
    return rm.sets.c.source.in_(select(rm.formations.c.alliance)) & (rm.sets.c.kind == "membership")


def _all_on(rm: ReadModels) -> Condition:
    """The obligations of every alliance."""
    return rm.sets.c.source.in_(select(rm.formations.c.alliance)) & (rm.sets.c.kind == "obligation")


Lines = Callable[[ReadModels], Condition]


def _highest(
    snapshot: Snapshot, viewpoint: Viewpoint, lines: Lines, ids: Sequence[Any]
) -> Sequence[Any]:
    """The highest certainly open level of each of some lines; none where nothing is open."""
    statement = _levels(snapshot.models, lines, filters_of(viewpoint))
    return snapshot.rows(statement, values_of(viewpoint, ids=ids))


@cache
def _levels(rm: ReadModels, lines: Lines, filters: Filters) -> Select[Any]:
    table = rm.sets
    line = table.c.kind, table.c.source, table.c.target
    return (
        select(*line, func.max(table.c.level).label("level"))
        .where(lines(rm), admitted(rm, table, filters), certainly_open(rm, table, filters))
        .group_by(*line)
    )
