"""Answers as bytes: the same content gives the same bytes, and an ETag over them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import Request, Response

NDJSON = "application/x-ndjson"
JSON = "application/json"
CACHING = {"Cache-Control": "no-cache", "Vary": "Accept, Accept-Datetime"}
"""An answer may be kept, and is asked for again with its tag each time it is used."""


def as_json(content: Any) -> bytes:
    """Compact JSON in UTF-8, members in the order given."""
    return msgspec.json.encode(content)


def as_line(content: Any) -> bytes:
    """One line of an NDJSON stream."""
    return as_json(content) + b"\n"


def answered(
    request: Request,
    content: Any,
    headers: Mapping[str, str] | None = None,
    media_type: str = JSON,
) -> Response:
    """The answer to a GET, or 304 where the client holds these bytes already."""
    body = as_json(content)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    every = {"ETag": tag, **CACHING, **(headers or {})}
    if holds(request.headers.get("if-none-match"), tag):
        return Response(None, 304, every)
    return Response(body, 200, every, media_type)


def holds(if_none_match: str | None, tag: str) -> bool:
    """Whether the client's list of tags has this one; compared weakly (RFC 9110)."""
    if if_none_match is None:
        return False
    tags = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return tag in tags or tags == ["*"]
