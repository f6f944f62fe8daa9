"""The claims of a mapping: when each applies, and the event that it makes of a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from domain.claims import Claim
from domain.event import Event
from domain.vocabulary import EVENT_TYPES, ActorRegistered, CurationData, EventData
from domain.walk import hints_of
from infrastructure.importing.actors import Actors
from infrastructure.importing.mapping.fields import field, group
from infrastructure.importing.mapping.pages import Node, Page, is_mapping_with
from infrastructure.importing.mapping.texts import NOTHING, Reader, Telling
from infrastructure.importing.reading import optional
from infrastructure.importing.records import Assertion, Unusable
from infrastructure.importing.rows import Row

_TYPES = {
    name: made
    for name, made in EVENT_TYPES.items()
    if not issubclass(made, CurationData | ActorRegistered)
}
"""What rows may claim. Actors are registered where they are named, and reports are about events."""

_HINTS = dict(hints_of(Event)) | dict(hints_of(Claim))
_ABOUT = ("incident", "place", "modality", "reported_on", "note")


class _Condition(NamedTuple):
    """What a cell must hold, or must not."""

    column: str
    values: frozenset[str | None]
    holds: bool

    def met(self, row: Row) -> bool:
        return (optional(row, self.column) in self.values) == self.holds


@dataclass(frozen=True, slots=True)
class MappedClaim:
    """One claim that a row may make, known again under its part."""

    part: str
    conditions: tuple[_Condition, ...]
    occurred: Reader
    data: Reader
    about: Mapping[str, Reader]

    def applies(self, row: Row) -> bool:
        """Whether the row makes it."""
        return all(condition.met(row) for condition in self.conditions)

    def told(self, row: Row, actors: Actors) -> Assertion:
        """The claim that the row makes. Raises Unusable."""
        occurred = self.occurred.read(Telling(row, actors, ""))
        if occurred is None:
            raise Unusable(f"{self.part}: occurred: {', '.join(self.occurred.columns)} is empty")
        told = Telling(row, actors, occurred)
        data: EventData | None = self.data.read(told)
        if data is None:
            raise Unusable(f"{self.part}: {', '.join(self.data.columns)} are empty")
        read = {name: reader.read(told) for name, reader in self.about.items()}
        given = {name: value for name, value in read.items() if value is not None}
        return Assertion(part=self.part, occurred=occurred, data=data, **given)


def mapped_claim(page: Page, part: str, node: Node) -> MappedClaim:
    """Read what the mapping says of one claim; what is wrong is noted on the page."""
    given = page.fields(node, ("type", "occurred", "data"), ("when", *_ABOUT))
    return MappedClaim(
        part,
        _conditions(page, given["when"]) if "when" in given else (),
        field(page, given["occurred"], _HINTS["occurred"]) if "occurred" in given else NOTHING,
        _data(page, given),
        {name: field(page, given[name], _HINTS[name]) for name in _ABOUT if name in given},
    )


def _data(page: Page, given: Mapping[str, Node]) -> Reader:
    if "type" not in given:
        return NOTHING
    name = page.word(given["type"])
    if name not in _TYPES:
        page.wrong(given["type"], f"unknown event type {name}; there are {', '.join(_TYPES)}")
        return NOTHING
    return group(page, given["data"], _TYPES[name]) if "data" in given else NOTHING


def _conditions(page: Page, node: Node) -> tuple[_Condition, ...]:
    conditions = []
    for column, entry in page.entries(node).items():
        page.require_column(entry.key, column)
        holds = not is_mapping_with(entry.value, "not")
        value = entry.value if holds else page.fields(entry.value, ("not",))["not"]
        values = frozenset(word or None for word in page.words(value))
        conditions.append(_Condition(column, values, holds))
    return tuple(conditions)
