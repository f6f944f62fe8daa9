"""Every two tellers of an incident held against each other, one pair after another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from domain.incidents import Agreement, Contradiction
from domain.rival_accounts import (
    Current,
    Denial,
    Telling,
    agreement_of,
    are_rivals,
    contradiction_of,
    denied,
    exclude_each_other,
    figures_of,
)
from domain.telling import MEASURES, Measure, bounds


def agreements(found: Current) -> Iterator[Agreement]:
    """Every two tellers whose figures of one side and measure allow the same number."""
    for (about, one), (_, other) in _of_one_side(found):
        if _overlap((about, one), (about, other)):
            yield agreement_of(about, one, other)


def contradictions(found: Current, denials: Iterable[Denial]) -> Iterator[Contradiction]:
    """Disjoint ranges, rival outcomes, causes that exclude each other, and denials, in this order."""
    for one, other in _of_one_side(found):
        if _overlap(one, other) is False:
            yield contradiction_of("figures", one, other)
    for one, other in combinations(figures_of(found, "outcome"), 2):
        if one[1].teller != other[1].teller and are_rivals(one, other):
            yield contradiction_of("outcome", one, other)
    for one, other in _pairs(found, "cause"):
        if exclude_each_other(one[0], one[1], other[1]):
            yield contradiction_of("cause", one, other)
    for denial in sorted(denials, key=lambda one: (one.report.position, one.position)):
        yield denied(denial)


def _of_one_side(found: Current) -> Iterator[tuple[Telling, Telling]]:
    for measure in MEASURES:
        yield from _pairs(found, measure)


def _pairs(found: Current, measure: Measure) -> Iterator[tuple[Telling, Telling]]:
    """Every two tellers on each side that this is told of."""
    for one, other in combinations(figures_of(found, measure), 2):
        if one[0] == other[0]:
            yield one, other


def _overlap(one: Telling, other: Telling) -> bool | None:
    """Whether two figures allow the same number; None where one of them gives no number."""
    first, second = (bounds(report.told.figures[about]) for about, report in (one, other))
    return None if first is None or second is None else first.overlaps(second)
