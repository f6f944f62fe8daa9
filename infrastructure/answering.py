"""Answers as JSON values, and the hash that fixes them (DESIGN section 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from hashlib import sha256
from typing import Any

import rfc8785

from domain.answers import PairAlignment
from domain.viewpoint import Viewpoint
from domain.walk import wire_name
from infrastructure.event_store import chain


def plain(value: Any) -> Any:
    """An answer's dataclasses, tuples and dicts as JSON values."""
    if is_dataclass(value):
        return {wire_name(one.name): plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple | list):
        return [plain(entry) for entry in value]
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    return value


def viewpoint_json(viewpoint: Viewpoint) -> dict[str, Any]:
    """The viewpoint as every answer echoes it; `without` only where something is left out."""
    known_at = viewpoint.known_at
    include = {"alleged": viewpoint.alleged, "parts": viewpoint.parts}
    without = {"without": [str(one) for one in viewpoint.without]} if viewpoint.without else {}
    return {
        "valid_at": viewpoint.valid_at.isoformat(),
        "known_at": None if known_at is None else chain.rfc3339(chain.microseconds(known_at)),
        "position": viewpoint.position,
        "according_to": viewpoint.according_to,
        "reliability": viewpoint.reliability,
        "credibility": viewpoint.credibility,
        "include": [name for name, asked in include.items() if asked],
        **without,
        "policy": viewpoint.policy,
    }


def answer_hash(viewpoint: Viewpoint, alignments: Sequence[PairAlignment]) -> str:
    """`sha256:` over the RFC 8785 JSON of the alignments and of the viewpoint without `known_at`."""
    asked = viewpoint_json(viewpoint)
    del asked["known_at"]
    answered = {"alignments": plain(list(alignments)), "viewpoint": asked}
    return "sha256:" + sha256(rfc8785.dumps(answered)).hexdigest()
