"""The log's events as CloudEvents 1.0, JSON format: one, in batches, or in a stream (DESIGN section 7).

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
_TEXT = {"type": "string", "minLength": 1}

SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "A recorded event as a CloudEvent 1.0. `data` is absent where it was erased.",
    "properties": {
        "specversion": {"const": "1.0"},
        "id": _TEXT | {"format": "uuid"},
        "source": _TEXT | {"description": "This log, wherever it is served."},
        "type": _TEXT | {"pattern": r"^foedus\.[A-Za-z]+\.v[0-9]+$"},
        "time": {"type": "string", "format": "date-time", "description": "When it was recorded."},
        "subject": _TEXT | {"description": "The actors that it names, with commas between."},
        "sequence": _TEXT | {"pattern": "^[0-9]{16}$", "description": "Its position in the log."},
        "hash": _TEXT | {"pattern": "^[0-9a-f]{64}$"},
        "schemaversion": {"type": "integer", "description": "Of the stored form."},
        "recordedby": _TEXT,
        "datacontenttype": {"const": "application/json"},
        "data": {"type": "object", "description": "The event as sent, without `id` and `type`."},
    },
    "required": ["specversion", "id", "source", "type", "time", "sequence", "hash"],
    "additionalProperties": False,
}
"""The component `CloudEvent`."""

BATCH_SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {"$ref": "#/components/schemas/CloudEvent"},
}


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
