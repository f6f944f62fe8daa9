"""What one report of an incident tells: losses, outcomes and causes, exactly as its claimant gives them.

A figure is about a victim side (the actors that suffered together, never divided among them) and
a measure. A toll of one aircraft is a figure of its own: it neither revises nor contradicts the toll of
the incident that it is part of (DESIGN section 6, `incident`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Literal, NamedTuple, cast

from domain.event import Event
from domain.fields import Count
from domain.tags import actors_involved
from domain.vocabulary import (
    AircraftLost,
    AttackReported,
    BattleReported,
    CasualtiesReported,
    EventData,
    PrisonersTaken,
    Side,
)

Measure = Literal[
    "killed", "wounded", "captured", "missing", "civilians_killed", "outcome", "cause"
]
MEASURES: tuple[Measure, ...] = ("killed", "wounded", "captured", "missing", "civilians_killed")
"""What is counted. Outcomes and causes are told in words alone, and change as figures do."""

LOSSES: tuple[Measure, ...] = ("killed", "wounded", "captured", "missing")

Scope = Literal["incident", "aircraft"]
"""Losses in the incident, or aboard an aircraft that was lost in it."""


class About(NamedTuple):
    """What a figure is about. `actors` by id; none for civilians of nobody in particular."""

    measure: Measure
    scope: Scope
    actors: tuple[str, ...]


class Told(NamedTuple):
    """What a report tells: its figures, and who stood on which side."""

    figures: dict[About, Count]
    sides: tuple[tuple[str, ...], ...] = ()


def told_by(data: EventData) -> Told:
    """What the data of an event of an incident tell; nothing, for most types."""
    tell = _TELLING.get(type(data))
    if tell is None:
        return Told({})
    sides = tuple(map(members, data.sides)) if isinstance(data, BattleReported) else ()
    return Told({about: count for about, count in tell(data) if count is not None}, sides)


def members(side: Side) -> tuple[str, ...]:
    """All who stand on a side, by id: what it lost, they lost together."""
    return tuple(sorted((*side.parties, *side.supporters)))


def actors_in(event: Event) -> list[str]:
    """The actors that the event's data name, by id; who only claims it is not involved."""
    return sorted(actors_involved(event))


Telling = Iterator[tuple[About, Count | None]]


def _battle(data: BattleReported) -> Telling:
    for side in data.sides:
        together = members(side)
        yield from _losses(side, together)
        yield About("outcome", "incident", together), _in_words(side.outcome)
    yield About("civilians_killed", "incident", ()), data.civilians_killed


def _attack(data: AttackReported) -> Telling:
    return _losses(data, (data.target,))


def _casualties(data: CasualtiesReported) -> Telling:
    return _losses(data, (data.suffered_by,))


def _aircraft(data: AircraftLost) -> Telling:
    yield from _losses(data, (data.operator,), "aircraft")
    yield About("cause", "aircraft", (data.operator,)), _in_words(data.cause)


def _prisoners(data: PrisonersTaken) -> Telling:
    yield About("captured", "incident", (data.captives_of,)), data.count


def _losses(data: Any, actors: tuple[str, ...], scope: Scope = "incident") -> Telling:
    kind: type = type(data)
    for measure in _losses_of(kind):
        if (count := getattr(data, measure)) is not None:
            yield About(measure, scope, actors), count


@cache
def _losses_of(cls: type) -> tuple[Measure, ...]:
    return tuple(measure for measure in LOSSES if hasattr(cls, measure))


def _in_words(text: str | None) -> Count | None:
    return None if text is None else Count(text=text)


_TELLING: dict[type, Callable[[Any], Telling]] = {
    BattleReported: _battle,
    AttackReported: _attack,
    CasualtiesReported: _casualties,
    AircraftLost: _aircraft,
    PrisonersTaken: _prisoners,
}


class Bounds(NamedTuple):
    """The numbers that a figure allows, both included; `most` None: no upper limit is given."""

    least: int
    most: int | None

    def overlaps(self, other: Bounds) -> bool:
        """Whether some number is allowed by both."""
        return _reaches(self.most, other.least) and _reaches(other.most, self.least)


def bounds(figure: Count) -> Bounds | None:
    """What a figure allows: `low` alone is "at least", `high` alone "at most"; None without a number."""
    if not numbers(figure):
        return None
    least = figure.low if figure.low is not None else figure.best
    most = figure.high if figure.high is not None else figure.best
    return Bounds(0 if least is None else least, most)


def numbers(figure: Count) -> list[int]:
    """The numbers given, lowest first."""
    return [one for one in (figure.low, figure.best, figure.high) if one is not None]


def _reaches(most: int | None, least: int) -> bool:
    return most is None or most >= least


def as_json(told: Told) -> list[Any]:
    """What is told as JSON values; `from_json` reads it again."""
    figures = [
        [*about, [figure.low, figure.best, figure.high, figure.text]]
        for about, figure in told.figures.items()
    ]
    return [figures, told.sides]


def from_json(values: Any) -> Told:
    """What `as_json` wrote."""
    figures, sides = values
    return Told(
        {
            About(measure, scope, tuple(actors)): _count(*counted)
            for measure, scope, actors, counted in figures
        },
        tuple(map(tuple, cast("list[list[str]]", sides))),
    )


def _count(low: int | None, best: int | None, high: int | None, text: str | None) -> Count:
    return Count(low=low, best=best, high=high, text=text)
