"""The order of effects as one number: (day, rank, place) packed into 63 bits."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from hashlib import blake2b
from typing import get_args

from domain.policy import LineKind

PLACE_BITS = 39
"""Room for 5.5 × 10¹¹ positions; ranks take 2 bits more, days 22."""


def key(day: int, rank: int, place: int) -> int:
    """A number that sorts as (day, rank, place) does: a proleptic ordinal, and -1, 0 or 1."""
    return ((day << 2 | (rank + 1)) << PLACE_BITS) | place


BREADTHS = (0, 31, 366, 4_000_000)
"""Classes of what dates cover, each by the most days that lie between its first and its last."""


def breadth_of(earliest: int, ended: int) -> int:
    """The class of what is covered from one day to another: a day, a month, a year, or more."""
    return bisect_left(BREADTHS, ended - earliest)


KINDS = {kind: number for number, kind in enumerate(get_args(LineKind))}
"""The kinds of lines, as a strand counts them."""


def strand(source: str, target: str, kind: str, level: int, breadth: int) -> int:
    """A number for the sets of one level and breadth on a line; others may have the same by chance."""
    ends = _number(source) << 28 | _number(target)
    return ends << 7 | KINDS[kind] << 4 | level << 2 | breadth


@lru_cache(maxsize=65_536)
def _number(name: str) -> int:
    """A number of 28 bits for the end of a line."""
    return int.from_bytes(blake2b(name.encode(), digest_size=4).digest()) >> 4
