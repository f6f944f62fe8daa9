"""CloudEvents as OpenAPI describes them."""

from __future__ import annotations

from typing import Any

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
