"""What all event types share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from domain.fields import EventId


@dataclass(frozen=True, slots=True, kw_only=True)
class EventData:
    """The type's own fields of one event.

    TYPE is the wire name, a literal that outlives any renaming of the class. SCHEMA_VERSION
    counts the shapes that were ever stored. APART lists groups of fields whose actors must all
    be different (DESIGN section 3). MOST_ACTORS bounds how many actors an event names, claimant
    included, and so how many lines it moves. A field name's trailing underscore (`as_`) is not on the wire.
    """

    TYPE: ClassVar[str]
    SCHEMA_VERSION: ClassVar[int] = 1
    APART: ClassVar[tuple[tuple[str, ...], ...]] = ()
    MOST_ACTORS: ClassVar[int] = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CurationData(EventData):
    """Data of an event about another event's report; it carries that event's tags."""

    event: EventId
