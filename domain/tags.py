"""The tags by which the log is asked: actors, alliances, the incident and events (DESIGN section 8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from domain.event import Event
from domain.fields import Names
from domain.vocabulary import CurationData
from domain.walk import Look, walk_of


class Reference(NamedTuple):
    """An id that an event names, with its kind as the marker, and its place in the JSON."""

    pointer: str
    marker: Names
    value: str


def references(event: Event) -> list[Reference]:
    """Every id that the event names, its own included, in the order of the fields."""
    return _references(event)


def actors_named(event: Event) -> frozenset[str]:
    """The ids of all actors that the event itself names, the claimant included."""
    return frozenset(_actors(event))


def actors_involved(event: Event) -> frozenset[str]:
    """The ids of the actors that the event's data name."""
    return frozenset(filter(None, _involved(event)))


def own_tags(event: Event) -> frozenset[str]:
    """A tag `kind:id` for everything the event names and for its own id."""
    return frozenset(_tags(event))


def targets_of(event: Event) -> tuple[str, ...]:
    """The ids of the events that this one curates: reports on, retracts or corrects."""
    reported = (event.data.event,) if isinstance(event.data, CurationData) else ()
    return reported if event.supersedes is None else (*reported, event.supersedes)


def tags_of(event: Event, carried: Iterable[str] = ()) -> list[str]:
    """All tags of an event, sorted; a curating event carries those of the event it names."""
    return sorted(own_tags(event).union(carried))


def _names(marker: Any) -> Look | None:
    return (lambda value: (marker, value)) if isinstance(marker, Names) else None


def _actor(marker: Any) -> Look | None:
    return str if marker == Names("actor") else None


def _tag(marker: Any) -> Look | None:
    return f"{marker.kind}:".__add__ if isinstance(marker, Names) else None


def _reference(pointer: str, named: tuple[Names, str]) -> Reference:
    return Reference(pointer, *named)


def _in_data(pointer: str, actor: str) -> str | None:
    return actor if pointer.startswith("/data/") else None


_references = walk_of(_names, _reference)
_actors = walk_of(_actor)
_involved = walk_of(_actor, _in_data)
_tags = walk_of(_tag)
