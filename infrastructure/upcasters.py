"""Old shapes of stored events, brought to today's one version at a time.

A step takes the stored fields of one version and gives those of the next; it is pure and stays
for ever. Hashes are over the stored bytes and never change (DESIGN section 3).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.vocabulary import EVENT_TYPES

Fields = dict[str, Any]

STEPS: dict[tuple[str, int], Callable[[Fields], Fields]] = {}
"""(type, version) to the step from that version to the next; empty while every type is at version 1."""


class NewerSchema(ValueError):
    """The log holds a version of an event type that this code does not know."""


def upcast(type_name: str, version: int, fields: Fields) -> Fields:
    """Bring stored fields up to the current version. Raises NewerSchema."""
    current = EVENT_TYPES[type_name].SCHEMA_VERSION
    if version > current:
        raise NewerSchema(
            f"{type_name} version {version} is newer than this program's {current}; upgrade Foedus"
        )
    for step in range(version, current):
        fields = STEPS[type_name, step](fields)
    return fields
