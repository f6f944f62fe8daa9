"""The log's events as CloudEvents 1.0, JSON format: one, or many in a batch (DESIGN section 7).

`source` and `id` together name an event everywhere. `type` carries the version of the shape of
`data`, which is what the client sent with defaults filled in, read through the upcasters. What
CloudEvents have no attribute for stands in extensions: `sequence` is the position, in 16 digits
so that texts sort as numbers do (a CloudEvents integer ends at 2³¹).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from domain.vocabulary import EVENT_TYPES
from infrastructure.codec import client_fields
from infrastructure.event_store import chain
from infrastructure.questions.events import RecordedEvent

ONE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"

_SEQUENCE_DIGITS = 16


@dataclass(frozen=True, slots=True)
class CloudEvents:
    """The form of the events of one store."""

    source: str

    @classmethod
    def of(cls, store_id: bytes) -> CloudEvents:
        """The form of the events of the store with this id."""
        return cls(f"urn:foedus:store:{store_id.hex()}")

    def __call__(self, recorded: RecordedEvent) -> dict[str, Any]:
        """The members of the CloudEvent; what is not set is left out."""
        stored, event = recorded.stored, recorded.event
        members = {
            "specversion": "1.0",
            "id": stored.id,
            "source": self.source,
            "type": f"foedus.{stored.event.type}.v{EVENT_TYPES[stored.event.type].SCHEMA_VERSION}",
            "time": chain.rfc3339(stored.recorded_us),
            "subject": ",".join(_actors(stored.event.tags)) or None,
            "sequence": f"{stored.position:0{_SEQUENCE_DIGITS}d}",
            "hash": stored.hash.hex(),
            "schemaversion": stored.schema_version,
            "recordedby": stored.recorded_by or None,
            "datacontenttype": None if event is None else "application/json",
            "data": None if event is None else client_fields(event),
        }
        return {name: member for name, member in members.items() if member is not None}


def _actors(tags: list[str]) -> list[str]:
    return [tag.removeprefix("actor:") for tag in tags if tag.startswith("actor:")]
