"""Rival accounts of an incident held against each other: ranges, agreements, contradictions, totals.

The rules of DESIGN section 6 on what tellers' figures are and how they compare, applied to the reports that
a viewpoint admits. Nothing is ever added up across tellers but by a method that was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, get_args

from domain.fields import Count
from domain.incidents import (
    Agreement,
    Became,
    Claimed,
    ClaimedFigure,
    Contradiction,
    FigureRange,
    Kind,
    Opposed,
    Revision,
    Teller,
)
from domain.telling import MEASURES, About, Measure, Told

VICTORY, DEFEAT = "victory", "defeat"
"""The words of an outcome that are understood; all others are shown and compared with nothing."""

CAUSES = frozenset({"shot-down", "accident"})
"""Causes that exclude each other; `unknown` excludes nothing."""


class Fate(NamedTuple):
    """Why a report stands no more, and by which event."""

    became: Became
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report of an incident that a viewpoint admits, whether or not its teller still stands by it.

    `place` orders a teller's reports: the position of the first of the correction chain, so that a
    correction of an old report is no newer word. `voice` is its origin.
    """

    event: str
    position: int
    place: int
    teller: Teller
    publisher: str | None
    voice: str
    acknowledges: bool
    told: Told
    fate: Fate | None

    @property
    def order(self) -> tuple[int, int]:
        """The order in which a teller's story is read."""
        return (self.place, self.position)


class Denial(NamedTuple):
    """A live denial of a standing report by another teller. `publisher` carried the denial."""

    teller: Teller
    publisher: str | None
    event: str
    position: int
    report: Report


Current = dict[About, dict[Teller, Report]]


def current(reports: Iterable[Report]) -> Current:
    """The report that gives each teller's figure: of those that stand, the last that tells one."""
    found: Current = {}
    for report in sorted(reports, key=lambda one: one.order):
        if report.fate is None:
            for about in report.told.figures:
                found.setdefault(about, {})[report.teller] = report
    return found


def ranges(reports: Sequence[Report]) -> tuple[FigureRange, ...]:
    """What each teller counts on each victim side, with its earlier figures."""
    stories: dict[About, dict[Teller, list[Report]]] = {}
    for report in sorted(reports, key=lambda one: one.order):
        for about in report.told.figures:
            if about.measure in MEASURES:
                stories.setdefault(about, {}).setdefault(report.teller, []).append(report)
    return tuple(
        FigureRange(
            actors=about.actors,
            measure=about.measure,
            scope=about.scope,
            claimed_by=tuple(
                _claimed(teller, about, tellers[teller])
                for teller in sorted(tellers, key=lambda one: one.order)
            ),
        )
        for about, tellers in ((about, stories[about]) for about in in_order(stories))
    )


def in_order(abouts: Iterable[About]) -> list[About]:
    """What figures are about: by measure, the whole before its part, by actors."""
    measures = get_args(Measure)
    return sorted(
        abouts,
        key=lambda about: (measures.index(about.measure), about.scope != "incident", about.actors),
    )


def _claimed(teller: Teller, about: About, story: list[Report]) -> Claimed:
    """A teller's figure: its last that stands. `story`: its reports on this in order."""
    standing = [report for report in story if report.fate is None]
    last = standing[-1] if standing else None
    revisions = []
    for report in story:
        if report is not last:
            became, by = report.fate or Fate("restated", _next(report, standing).event)
            revisions.append(
                Revision(
                    event=report.event,
                    position=report.position,
                    became=became,
                    by=by,
                    acknowledged=is_acknowledged(report, about),
                    **_numbers(report.told.figures[about]),
                )
            )
    return Claimed(**_figure(teller, about, last), revisions=tuple(revisions))


def _next(report: Report, standing: list[Report]) -> Report:
    return next(one for one in standing if one.order > report.order)


def is_acknowledged(report: Report, about: About) -> bool:
    """Whether the figure is against the teller's own interest: so said, or its own loss."""
    return report.acknowledges or report.teller.claimant in about.actors


def _figure(teller: Teller, about: About | None, report: Report | None) -> dict[str, Any]:
    """The fields of a claimed figure; of no figure at all without `about`."""
    count = report.told.figures[about] if report and about else Count()
    return {
        "claimant": teller.claimant,
        "publisher": report.publisher if report else teller.publisher,
        "event": report.event if report else None,
        "position": report.position if report else None,
        "acknowledged": bool(report and about and is_acknowledged(report, about)),
        **_numbers(count),
    }


def _numbers(count: Count) -> dict[str, Any]:
    return {"low": count.low, "best": count.best, "high": count.high, "text": count.text}


Telling = tuple[About, Report]
"""A figure: what it is about, and the report that gives it."""


def figures_of(found: Current, measure: Measure) -> list[Telling]:
    """The tellers' figures of a measure, side by side and by teller."""
    return [
        (about, found[about][teller])
        for about in in_order(one for one in found if one.measure == measure)
        for teller in sorted(found[about], key=lambda one: one.order)
    ]


def agreement_of(about: About, one: Report, other: Report) -> Agreement:
    """Two tellers whose figures of one side and measure allow the same number."""
    first, second = (
        ClaimedFigure(**_figure(report.teller, about, report)) for report in (one, other)
    )
    return Agreement(
        actors=about.actors,
        measure=about.measure,
        scope=about.scope,
        claims=(first, second),
        independent=one.voice != other.voice,
    )


def are_rivals(one: Telling, other: Telling) -> bool:
    """Whether two outcomes give the victory to two sides, or victory and defeat to one actor."""
    (first, told), (second, retold) = one, other
    words = {word(first, told), word(second, retold)}
    shared = set(first.actors) & set(second.actors)
    if words == {VICTORY, DEFEAT}:
        return bool(shared)
    opposed = _opposes(told.told, first, second) or _opposes(retold.told, second, first)
    return words == {VICTORY} and not shared and opposed


def _opposes(told: Told, own: About, other: About) -> bool:
    """Whether a report puts an actor of the other side on a side against its own."""
    return any(side != own.actors and set(side) & set(other.actors) for side in told.sides)


def exclude_each_other(about: About, one: Report, other: Report) -> bool:
    """Whether two causes cannot both be."""
    return {word(about, one), word(about, other)} == CAUSES


def word(about: About, report: Report) -> str:
    """The words of an outcome or a cause, case apart."""
    return (report.told.figures[about].text or "").casefold()


def contradiction_of(kind: Kind, one: Telling, other: Telling) -> Contradiction:
    """Two tellers whose figures, outcomes or causes cannot both be right."""
    first, second = (
        Opposed(actors=about.actors, **_figure(report.teller, about, report))
        for about, report in (one, other)
    )
    return Contradiction(
        kind=kind, measure=one[0].measure, scope=one[0].scope, claims=(first, second)
    )


def denied(denial: Denial) -> Contradiction:
    """A report against who denies it: a `presence` where that is an actor whom it puts on a side."""
    report, denier = denial.report, denial.teller.claimant
    sides = [side for side in report.told.sides if denier in side]
    own = (denier,) if sides and denier else ()
    against = Opposed(
        actors=own,
        claimant=denier,
        publisher=denial.publisher,
        event=denial.event,
        position=denial.position,
        acknowledged=False,
        **_numbers(Count()),
    )
    told = Opposed(actors=sides[0] if sides else (), **_figure(report.teller, None, report))
    kind: Kind = "presence" if sides else "denial"
    return Contradiction(kind=kind, measure=None, scope=None, claims=(told, against))
