"""What makes an event valid in itself, before the log is asked (DESIGN section 3).

Types, missing and unknown fields are the reader's business (`infrastructure.codec`); these are
the rules on values. Every broken rule is reported, each with its JSON pointer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from domain.dates import InvalidDate, day_of, span_of
from domain.event import Event
from domain.fields import Between, Count, Entries, Form, Occurs, Text
from domain.tags import actors_named
from domain.vocabulary import BattleReported, EventData, Side
from domain.walk import Look, walk_of


@dataclass(frozen=True, slots=True)
class Problem:
    """A broken rule, and where: a JSON pointer into the event."""

    pointer: str
    message: str


def problems(event: Event) -> list[Problem]:
    """Every rule of DESIGN section 3 that the event breaks on its own; empty when valid."""
    found: list[Problem] = _broken_rules(event)
    found += _too_many_actors(event)
    found += _not_apart(event)
    found += _sides_overlap(event)
    if (event.supersedes is None) != (event.reason is None):
        missing = "reason" if event.reason is None else "supersedes"
        found.append(
            Problem("/" + missing, "supersedes and reason are given together or not at all")
        )
    return found


def _check(marker: Any) -> Look | None:
    rule = _RULES.get(marker if isinstance(marker, type) else type(marker))
    return None if rule is None else partial(rule, marker)


def _text(marker: Text, value: str) -> str | None:
    if not value:
        return "must not be empty"
    return f"must have at most {marker.most} characters" if len(value) > marker.most else None


def _form(marker: Form, value: str) -> str | None:
    return None if marker.matches(value) else f"must be {marker.meaning}"


def _occurs(marker: Occurs, value: str) -> str | None:
    try:
        day_of(value) if marker.day else span_of(value)
    except InvalidDate as error:
        return str(error)
    return None


def _entries(marker: Entries, value: tuple[Any, ...]) -> str | None:
    if len(value) < marker.least:
        return f"must have at least {marker.least} entries"
    if len(value) > marker.most:
        return f"must have at most {marker.most} entries"
    if marker.once and len(set(value)) < len(value):
        return "must not hold an actor twice"
    return None


def _between(marker: Between, value: float) -> str | None:
    return (
        None
        if marker.low <= value <= marker.high
        else f"must be from {marker.low} to {marker.high}"
    )


def _count(_: object, value: Count) -> str | None:
    given = [number for number in (value.low, value.best, value.high) if number is not None]
    if not given and value.text is None:
        return "must give at least one of low, best, high and text"
    return "must have low ≤ best ≤ high" if given != sorted(given) else None


_RULES: dict[type, Callable[[Any, Any], str | None]] = {
    Text: _text,
    Form: _form,
    Occurs: _occurs,
    Entries: _entries,
    Between: _between,
    Count: _count,
}


_broken_rules = walk_of(_check, Problem)


def _too_many_actors(event: Event) -> Iterator[Problem]:
    count = len(actors_named(event))
    if count > event.data.MOST_ACTORS:
        yield Problem(
            "/data", f"names {count} actors; at most {event.data.MOST_ACTORS} are allowed"
        )


def _not_apart(event: Event) -> Iterator[Problem]:
    """Actors that must be different and are not; the pointer is to the later field."""
    for group in event.data.APART:
        actors = [_actors_in(event.data, name) for name in group]
        if len(set().union(*actors)) < sum(map(len, actors)):
            yield from _standing_twice(group, actors)


def _actors_in(data: EventData, field: str) -> tuple[str, ...]:
    value = getattr(data, field)
    return value if isinstance(value, tuple) else () if value is None else (value,)


def _standing_twice(group: tuple[str, ...], actors: list[tuple[str, ...]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for name, here in zip(group, actors, strict=True):
        twice = seen.intersection(here)
        if twice:
            others = ", ".join(other for other in group if other != name)
            yield Problem(
                f"/data/{name}", f"{min(twice)} also stands in {others}; they must be different"
            )
        seen.update(here)


def _sides_overlap(event: Event) -> Iterator[Problem]:
    """An actor stands on one side of a battle only, as party or as supporter."""
    if not isinstance(event.data, BattleReported):
        return
    seen: set[str] = set()
    for index, side in enumerate(event.data.sides):
        for role, actors in _roles(side):
            twice = seen.intersection(actors)
            if twice:
                pointer = f"/data/sides/{index}/{role}"
                yield Problem(
                    pointer,
                    f"{min(twice)} already stands in this battle; an actor stands on one side only",
                )
            seen.update(actors)


def _roles(side: Side) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (("parties", side.parties), ("supporters", side.supporters))
