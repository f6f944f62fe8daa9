"""Totals over the victim sides of an incident, by a method that was named in the question.

Rival figures are never added to each other: of each side one teller's figure is taken, and named.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from domain.fields import Count
from domain.incidents import (
    Claimed,
    ClaimedFigure,
    FigureRange,
    Method,
    NotAdded,
    Part,
    Total,
    Totals,
    Unadded,
)
from domain.telling import MEASURES, Measure, numbers

Numbered = tuple[int, Claimed]


class Rule(NamedTuple):
    """How a method takes a number of a figure, and one figure of a side's."""

    number: Callable[[Claimed], int]
    choose: Callable[[list[Numbered]], Numbered]


def _numbers(claim: Claimed) -> list[int]:
    return numbers(Count(low=claim.low, best=claim.best, high=claim.high))


def _lowest(claim: Claimed) -> int:
    return _numbers(claim)[0]


def _highest(claim: Claimed) -> int:
    return _numbers(claim)[-1]


def _best(claim: Claimed) -> int:
    return claim.best if claim.best is not None else _lowest(claim)


def _least(given: list[Numbered]) -> Numbered:
    return min(given, key=lambda one: one[0])


def _most(given: list[Numbered]) -> Numbered:
    return max(given, key=lambda one: one[0])


def _middle(given: list[Numbered]) -> Numbered:
    """The lower of the two in the middle: a figure that somebody gives, never a mean."""
    return sorted(given, key=lambda one: one[0])[(len(given) - 1) // 2]


def _own_first(given: list[Numbered]) -> Numbered:
    return _least([one for one in given if one[1].acknowledged] or given)


RULES: dict[Method, Rule] = {
    "lowest": Rule(_lowest, _least),
    "highest": Rule(_highest, _most),
    "median": Rule(_best, _middle),
    "acknowledged-or-lowest": Rule(_lowest, _own_first),
}
"""The methods. Of figures with the same number, the first by teller is taken."""


def totals(ranges: Sequence[FigureRange], method: Method) -> Totals:
    """One measure after another, added up over victim sides that have no actor in common."""
    told = {one.measure for one in ranges}
    return Totals(
        method=method,
        measures=tuple(_total(ranges, one, RULES[method]) for one in MEASURES if one in told),
    )


def _total(ranges: Sequence[FigureRange], measure: Measure, rule: Rule) -> Total:
    """Sides of the fewest actors come first: of a side and a part of it, the part is added."""
    parts: list[Part] = []
    not_added: list[NotAdded] = []
    counted: set[str] = set()
    sides = (one for one in ranges if one.measure == measure)
    for one in sorted(sides, key=lambda one: (len(one.actors), one.actors)):
        given = [(rule.number(claim), claim) for claim in one.claimed_by if _numbers(claim)]
        reason: Unadded | None = None
        if one.scope != "incident":
            reason = "part"
        elif not given:
            reason = "no-number"
        elif counted.intersection(one.actors):
            reason = "overlap"
        if reason:
            not_added.append(NotAdded(actors=one.actors, scope=one.scope, reason=reason))
            continue
        number, claim = rule.choose(given)
        counted.update(one.actors)
        parts.append(Part(actors=one.actors, number=number, claim=_without_revisions(claim)))
    return Total(
        measure=measure,
        total=sum(part.number for part in parts) if parts else None,
        parts=tuple(parts),
        not_added=tuple(not_added),
    )


def _without_revisions(claim: Claimed) -> ClaimedFigure:
    return ClaimedFigure(
        claimant=claim.claimant,
        publisher=claim.publisher,
        event=claim.event,
        position=claim.position,
        low=claim.low,
        best=claim.best,
        high=claim.high,
        text=claim.text,
        acknowledged=claim.acknowledged,
    )
