"""The event: what somebody claims happened, and what the log adds when it is recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from domain.claims import Claim
from domain.dates import Span, span_of
from domain.fields import (
    Between,
    Country,
    EventId,
    IncidentId,
    LongText,
    Occurred,
    ShortText,
    SourceText,
)
from domain.vocabulary import EventData


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where it happened, as precisely as the source says. Degrees, WGS 84."""

    name: SourceText | None = None
    latitude: Annotated[float, Between(-90, 90)] | None = None
    longitude: Annotated[float, Between(-180, 180)] | None = None
    precision: ShortText | None = None
    country: Country | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One claim about the world or about another event (DESIGN section 3)."""

    id: EventId
    occurred: Occurred
    data: EventData
    claim: Claim = field(default_factory=Claim)
    incident: IncidentId | None = None
    place: Place | None = None
    supersedes: EventId | None = None
    reason: LongText | None = None
    note: LongText | None = None

    @property
    def type(self) -> str:
        """The wire name of the event's type."""
        return self.data.TYPE

    @property
    def span(self) -> Span:
        """The days on which it may have begun, and its last day."""
        return span_of(self.occurred)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event in the log. `position` counts from 1 without gaps; `recorded_at` is UTC."""

    position: int
    recorded_at: datetime
    event: Event
    recorded_by: str | None = None
