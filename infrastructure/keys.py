"""The order of effects as one number: (day, rank, place) packed into 63 bits."""

from __future__ import annotations

PLACE_BITS = 39
"""Room for 5.5 × 10¹¹ positions; ranks take 2 bits more, days 22."""


def key(day: int, rank: int, place: int) -> int:
    """A number that sorts as (day, rank, place) does: a proleptic ordinal, and -1, 0 or 1."""
    return ((day << 2 | (rank + 1)) << PLACE_BITS) | place
