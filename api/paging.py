"""Pages of lists: how many, from where, and a cursor that keeps what the first page was asked at.

A cursor is opaque to clients: the question it belongs to, the position and day it pins, and the
key of the last entry given (DESIGN section 7).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Query, Request
from pydantic import BeforeValidator, Field

from api.problems import Refusing, wrong_parameter
from api.reading import whole
from domain.dates import InvalidDate, day_of
from domain.fields import MOST_WHOLE, SLUG
from infrastructure.questions.viewpoints import ViewpointRequest

MOST_ITEMS = 1_000
USUAL_ITEMS = 100

Limit = Annotated[
    int,
    Field(ge=1, le=MOST_ITEMS),
    BeforeValidator(whole),
    Query(description="The most entries in the answer."),
]
Key = str | int | tuple[str, str]
"""Of an entry: an id, a position, or the ids of two actors."""

_NOT_IN_QUESTION = {"after", "limit", "wait"}


@dataclass(frozen=True, slots=True)
class Page:
    """The part of a list that is asked for. `key`: of the last entry of the page before."""

    limit: int
    path: str
    query: Sequence[tuple[str, str]]
    position: int | None = None
    valid_at: date | None = None
    key: Key | None = None

    def question(self) -> str:
        """A short digest of what is asked, apart from the page."""
        asked = urlencode(sorted(pair for pair in self.query if pair[0] not in _NOT_IN_QUESTION))
        return hashlib.sha256(f"{self.path}?{asked}".encode()).hexdigest()[:12]

    def pinned(self, request: ViewpointRequest) -> ViewpointRequest:
        """The request at the position and day of the first page."""
        if self.position is None:
            return request
        return replace(request, known_at=self.position, valid_at=self.valid_at)

    def slug(self) -> str | None:
        """The key where the entries' keys are ids."""
        if not isinstance(self.key, str | None):
            raise _no_cursor()
        return self.key

    def number(self) -> int:
        """The key where the entries' keys are positions; 0 on the first page."""
        if not isinstance(self.key, int | None):
            raise _no_cursor()
        return self.key or 0

    def pair(self) -> tuple[str, str] | None:
        """The key where the entries' keys are pairs of actors."""
        if not isinstance(self.key, tuple | None):
            raise _no_cursor()
        return self.key

    def next(self, viewpoint: dict[str, Any], key: Key | None) -> str | None:
        """The cursor of the page that follows, None after the last. `viewpoint`: as echoed."""
        if key is None:
            return None
        held = [self.question(), viewpoint["position"], viewpoint["valid_at"], key]
        packed = json.dumps(held, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")


async def _page(
    request: Request,
    limit: Limit = USUAL_ITEMS,
    after: Annotated[
        str | None,
        Query(description="The cursor `next` of the page before, with the same question."),
    ] = None,
) -> Page:
    page = Page(limit, request.scope["path"], request.query_params.multi_items())
    return page if after is None else _opened(page, after)


PageDep = Annotated[Page, Depends(_page)]


def refuse_paging(request: Request) -> None:
    """Refuse what asks for a page where the answer is given whole."""
    for name in ("after", "limit"):
        if name in request.query_params:
            raise wrong_parameter(name, "is for pages of JSON; this is given whole")


def _opened(page: Page, cursor: str) -> Page:
    held = _unpacked(cursor)
    if not _is_cursor(held):
        raise _no_cursor()
    question, position, valid_at, key = held
    key = tuple(key) if isinstance(key, list) else key
    if question != page.question():
        raise wrong_parameter("after", "this cursor belongs to another question")
    return replace(page, position=position, valid_at=date.fromisoformat(valid_at), key=key)


def _no_cursor() -> Refusing:
    return wrong_parameter("after", "not a cursor of this list")


def _is_cursor(held: Any) -> bool:
    """Whether this is what `Page.next` packs; anybody can make up a cursor."""
    if not isinstance(held, list) or [type(part) for part in held[:3]] != [str, int, str]:
        return False
    _, position, valid_at, *keys = held
    try:
        day_of(valid_at)
    except InvalidDate:
        return False
    if len(keys) != 1 or not _is_position(position):
        return False
    [key] = keys
    if isinstance(key, list):
        return len(key) == 2 and all(map(_is_id, key))
    return _is_position(key) or _is_id(key)


def _is_position(part: Any) -> bool:
    return type(part) is int and 0 <= part <= MOST_WHOLE


def _is_id(part: Any) -> bool:
    return type(part) is str and SLUG.matches(part)


def _unpacked(cursor: str) -> Any:
    try:
        packed = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        return json.loads(packed)
    except (ValueError, binascii.Error, RecursionError):
        return None
