"""Answers as JSON values, and the hash that fixes them (DESIGN section 6)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from hashlib import sha256
from operator import attrgetter
from typing import Any

import msgspec

from domain.answers import PairAlignment
from domain.viewpoint import Viewpoint
from domain.walk import wire_name
from infrastructure.event_store import chain


def plain(value: Any) -> Any:
    """An answer's dataclasses, tuples and dicts as JSON values."""
    kind: type = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return value
    if kind is tuple or kind is list:
        return [plain(entry) for entry in value]
    if kind is dict:
        return {key: plain(entry) for key, entry in value.items()}
    if is_dataclass(kind):
        names, values = _fields(kind)
        return dict(zip(names, map(plain, values(value)), strict=True))
    return value


@cache
def _fields(kind: type) -> tuple[list[str], Callable[[Any], Sequence[Any]]]:
    """The wire names of a dataclass's fields, and how to get their values."""
    names = [one.name for one in fields(kind)]
    wire = [wire_name(name) for name in names]
    if len(names) == 1:  # for which attrgetter gives the value itself
        return wire, lambda value: [getattr(value, names[0])]
    return wire, attrgetter(*names)


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


def answer_hash(viewpoint: Viewpoint, alignments: Sequence[PairAlignment | dict[str, Any]]) -> str:
    """`sha256:` over the RFC 8785 JSON of the alignments and of the viewpoint without `known_at`."""
    asked = viewpoint_json(viewpoint)
    del asked["known_at"]
    answered = {"alignments": list(alignments), "viewpoint": asked}
    return "sha256:" + sha256(_canonical(answered)).hexdigest()


# RFC 8785 where, as in these, no number has a fraction and the names of all members are ASCII.
_canonical = msgspec.json.Encoder(order="sorted").encode
