"""What every STIX bundle of ours begins with: who made it, and what our properties mean.

Ids and times here are fixed for ever; a change of the properties is a new version with a new
`modified`. The ids are those of `identity/foedus` and
`extension-definition/alignments` in the namespace of `stix`.
"""

from __future__ import annotations

import json
from typing import Any

PRODUCER = "identity--7e5454eb-cdcc-546a-854e-f0466f8b3682"
EXTENSION = "extension-definition--dd7af2c4-f6e0-5d1b-8ce2-8bf150170267"

_TIMES = {"created": "2026-11-23T00:00:00.000Z", "modified": "2026-11-23T00:00:00.000Z"}

_LEVEL = {"type": "integer", "minimum": 0, "maximum": 3}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "extension_type": {"const": "property-extension"},
        "actor": {"type": "string", "description": "Of an identity: the actor's id."},
        "kind": {"type": "string", "description": "Of an identity: the actor's kind."},
        "country": {"type": "string", "description": "Of an identity: ISO 3166-1 alpha-2."},
        "identifiers": {
            "type": "object",
            "description": "Of an identity: its ids elsewhere, by scheme.",
            "additionalProperties": {"type": "string"},
        },
        "cooperation": _LEVEL | {"description": "Of a relationship: from source to target."},
        "conflict": _LEVEL | {"description": "Of a relationship: from source to target."},
        "pair": {
            "type": "object",
            "description": "Of a relationship: how the two stand to each other, both directions "
            "together, as the API answers it in `alignments`.",
        },
    },
    "required": ["extension_type"],
    "additionalProperties": False,
}


def constants() -> list[dict[str, Any]]:
    """The producer and the definition of the extension."""
    return [
        {
            "type": "identity",
            "spec_version": "2.1",
            "id": PRODUCER,
            **_TIMES,
            "name": "Foedus",
            "identity_class": "system",
        },
        {
            "type": "extension-definition",
            "spec_version": "2.1",
            "id": EXTENSION,
            "created_by_ref": PRODUCER,
            **_TIMES,
            "name": "Foedus alignments",
            "description": "How two actors stand to each other by the claims in an event log.",
            "schema": json.dumps(SCHEMA),
            "version": "1.0.0",
            "extension_types": ["property-extension"],
        },
    ]
