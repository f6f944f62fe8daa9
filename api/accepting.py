"""Which of several forms an answer takes: what the request's Accept header prefers (RFC 9110)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from fastapi import Request

from api.problems import Refusing

_QUALITY = re.compile(r"(0(\.[0-9]{0,3})?|1(\.0{0,3})?)")


@dataclass(frozen=True, slots=True)
class _Range:
    """One media range of the header: its quality, and how many earlier ones there are."""

    media_type: str
    quality: float
    number: int

    def breadth(self, media_type: str) -> int | None:
        """How widely it takes the type: 0 by name, 1 as `type/*`, 2 as `*/*`; None not at all."""
        widths = {media_type: 0, media_type.split("/", maxsplit=1)[0] + "/*": 1, "*/*": 2}
        return widths.get(self.media_type)


def accepted(request: Request, offered: Sequence[str]) -> str:
    """The media type to answer in: the preferred one, of those liked alike the one named first.

    What is named goes before what a wildcard admits; among those the first one offered counts.
    Raises Refusing where the request takes none of them.
    """
    liked = _liked(",".join(request.headers.getlist("accept")), tuple(offered))
    if liked is None:
        raise Refusing("not-acceptable", f"there is {' and '.join(offered)}")
    return liked


@lru_cache(maxsize=64)
def _liked(header: str, offered: tuple[str, ...]) -> str | None:
    """The preferred one, None where the header takes none of them."""
    ranges = list(_ranges(header))
    liked = [
        (-best.quality, best.breadth(media_type), best.number, place)
        for place, media_type in enumerate(offered)
        if (best := _closest(ranges, media_type)) is not None and best.quality > 0
    ]
    return offered[min(liked)[-1]] if liked else None


def _closest(ranges: Sequence[_Range], media_type: str) -> _Range | None:
    """The range that counts for a media type: the narrowest that takes it."""
    taking = [
        (breadth, one.number, one)
        for one in ranges
        if (breadth := one.breadth(media_type)) is not None
    ]
    return min(taking, key=lambda each: each[:2])[2] if taking else None


def _ranges(header: str) -> Iterator[_Range]:
    """The header's ranges; an absent or empty header takes anything."""
    parts = [part for part in header.split(",") if part.strip()] or ["*/*"]
    for number, part in enumerate(parts):
        media_type, *parameters = (each.strip().lower() for each in part.split(";"))
        yield _Range(media_type, _quality(parameters), number)


def _quality(parameters: Sequence[str]) -> float:
    """The weight `q`, 1 where it is absent or cannot be read."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q" and _QUALITY.fullmatch(value.strip()):
            return float(value)
    return 1.0
