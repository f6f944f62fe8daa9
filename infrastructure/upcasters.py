"""Old shapes of events, brought to today's one version at a time (docs/schema-evolution.md).

A step takes the stored fields of one version and gives those of the next; it is pure and stays
for ever. Hashes are over the stored bytes and never change (DESIGN section 3).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.vocabulary import EVENT_TYPES, EventData

Fields = dict[str, Any]

STEPS: dict[tuple[str, int], Callable[[Fields], Fields]] = {}
"""(type, version) to the step from that version to the next; empty while every type is at version 1."""

SHAPES: dict[tuple[str, int], type[EventData]] = {}
"""(type, version) to the dataclass that the type had then, by which what older clients post is read."""


class NewerSchema(ValueError):
    """The log holds a type, or a version of one, that only a newer release knows."""


def current_version(type_name: str, version: int) -> int:
    """The version that an event of this type and version is read as. Raises NewerSchema."""
    if type_name not in EVENT_TYPES:
        raise NewerSchema(f"{type_name} is no event type that this release knows: upgrade Foedus")
    current = EVENT_TYPES[type_name].SCHEMA_VERSION
    if version > current:
        raise NewerSchema(
            f"{type_name} version {version} is newer than this program's {current}; upgrade Foedus"
        )
    return current


def upcast(type_name: str, version: int, fields: Fields) -> Fields:
    """Bring stored fields up to the current version. Raises NewerSchema."""
    current = current_version(type_name, version)
    for step in range(version, current):
        fields = STEPS[type_name, step](fields)
    return fields
