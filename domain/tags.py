"""The tags by which the log is asked: actors, alliances, the incident and events (DESIGN section 8)."""

from __future__ import annotations

from collections.abc import Iterable

from domain.event import Event
from domain.fields import Names
from domain.vocabulary import CurationData
from domain.walk import Marked, marked


def references(event: Event) -> list[Marked]:
    """Every id that the event names, with its kind as the marker and its place in the JSON."""
    return [value for value in marked(event) if isinstance(value.marker, Names)]


def actors_named(event: Event) -> frozenset[str]:
    """The ids of all actors that the event itself names, the claimant included."""
    return frozenset(value.value for value in references(event) if value.marker == Names("actor"))


def own_tags(event: Event) -> frozenset[str]:
    """A tag `kind:id` for everything the event names and for its own id."""
    return frozenset(f"{value.marker.kind}:{value.value}" for value in references(event))


def targets_of(event: Event) -> tuple[str, ...]:
    """The ids of the events that this one curates: reports on, retracts or corrects."""
    reported = event.data.event if isinstance(event.data, CurationData) else None
    return tuple(target for target in (reported, event.supersedes) if target is not None)


def tags_of(event: Event, carried: Iterable[str] = ()) -> list[str]:
    """All tags of an event, sorted; a curating event carries those of the event it names."""
    return sorted(own_tags(event).union(carried))
