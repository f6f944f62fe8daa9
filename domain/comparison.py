"""The tellers of an incident held against each other, in time that does not grow with every pair.

Agreements and contradictions are counted in full, and only as many put together as are shown.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from domain.incidents import SHOWN, Agreement, Contradiction, Kind
from domain.rival_accounts import (
    DEFEAT,
    VICTORY,
    Current,
    Denial,
    Report,
    Telling,
    agreement_of,
    are_rivals,
    contradiction_of,
    denied,
    exclude_each_other,
    figures_of,
    in_order,
    word,
)
from domain.telling import MEASURES, About, Bounds, bounds


@dataclass(slots=True)
class Compared:
    """What was found: the first `most` of each kind, and how many there are."""

    most: int = SHOWN
    agreements: list[Agreement] = field(default_factory=list)
    agreement_count: int = 0
    contradictions: list[Contradiction] = field(default_factory=list)
    contradiction_count: int = 0

    def oppose(self, kind: Kind, one: Telling, other: Telling) -> None:
        """Two tellers contradict each other."""
        self.contradiction_count += 1
        if len(self.contradictions) < self.most:
            self.contradictions.append(contradiction_of(kind, one, other))

    def figures(self, about: About, reports: Iterable[Report]) -> None:
        """Compare the figures of one side and measure."""
        given = [(one, bounds(one.told.figures[about])) for one in reports]
        rivals = [(one, allowed) for one, allowed in given if allowed is not None]
        disjoint = _disjoint([allowed for _, allowed in rivals])
        overlapping = len(rivals) * (len(rivals) - 1) // 2 - disjoint
        agreeing = min(overlapping, self.most - len(self.agreements))
        opposing = min(disjoint, self.most - len(self.contradictions))
        for (one, first), (other, second) in combinations(rivals, 2):
            if agreeing <= 0 and opposing <= 0:
                break
            if first.overlaps(second):
                if agreeing > 0:
                    self.agreements.append(agreement_of(about, one, other))
                agreeing -= 1
            else:
                if opposing > 0:
                    told = contradiction_of("figures", (about, one), (about, other))
                    self.contradictions.append(told)
                opposing -= 1
        self.agreement_count += overlapping
        self.contradiction_count += disjoint


def compared(found: Current, denials: Iterable[Denial], most: int = SHOWN) -> Compared:
    """What the tellers agree on and contradict each other in, in the order in which it is shown."""
    result = Compared(most)
    for about in in_order(one for one in found if one.measure in MEASURES):
        result.figures(about, _by_teller(found, about))
    for one, other in _rivals(figures_of(found, "outcome")):
        result.oppose("outcome", one, other)
    for about in in_order(one for one in found if one.measure == "cause"):
        for told, retold in combinations(_by_teller(found, about), 2):
            if exclude_each_other(about, told, retold):
                result.oppose("cause", (about, told), (about, retold))
    for denial in sorted(denials, key=lambda one: (one.report.position, one.position)):
        result.contradiction_count += 1
        if len(result.contradictions) < most:
            result.contradictions.append(denied(denial))
    return result


def _rivals(outcomes: list[Telling]) -> Iterator[tuple[Telling, Telling]]:
    """The pairs of rival outcomes; the same words of the same sides are compared once."""
    alike: dict[object, int] = {}
    told = []
    for about, report in outcomes:
        if (said := word(about, report)) in (VICTORY, DEFEAT):
            same = alike.setdefault((about, said, report.told.sides), len(alike))
            told.append((same, (about, report)))
    rival: dict[tuple[int, int], bool] = {}
    for (first, one), (second, other) in combinations(told, 2):
        known = rival.get((first, second))
        if known is None:
            known = rival[first, second] = are_rivals(one, other)
        if known and one[1].teller != other[1].teller:
            yield one, other


def _by_teller(found: Current, about: About) -> list[Report]:
    return [found[about][teller] for teller in sorted(found[about], key=lambda one: one.order)]


def _disjoint(allowed: list[Bounds]) -> int:
    """How many pairs allow no common number: one of them ends before the other begins."""
    ends = sorted(one.most for one in allowed if one.most is not None)
    return sum(bisect_left(ends, one.least) for one in allowed)
