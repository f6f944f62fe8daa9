"""The smallest removals that make a difference, found without trying every subset.

What can be removed are units, numbered from 0. Nothing is said of what they are: the origins of
a pair's claims, or claims that stand and fall together. Removing more is not simply stronger than
removing less (a retraction that is removed brings back what it ended), so nothing here relies on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Literal

Units = frozenset[int]
Holds = Callable[[Units], bool]
"""Whether removing these makes the difference that is looked for."""
Critical = Callable[[Units], Iterable[int]]
"""With these removed: units of which every removal of more that changes anything has one at least."""


class TooManyTries(Exception):
    """The search was given up: whether there is anything smaller is not known."""


Proof = Literal["smallest", "inclusion-minimal", "enough"]
"""What was shown of a removal: no lighter one holds, none of it can be put back, or only that it holds."""


@dataclass(frozen=True, slots=True)
class Removal:
    """A removal that holds, and what was shown of it."""

    units: Units
    proof: Proof


def lightest(
    weights: Sequence[int], holds: Holds, critical: Critical, *, tries: int
) -> Units | None:
    """The lightest removal that holds; of equal ones the first by its units in order. None: there is none.

    A removal of more than `removed` that changes anything has a critical unit of `removed`, so
    that growing by these alone misses none. Raises TooManyTries after that many removals.
    """
    waiting: list[tuple[int, tuple[int, ...]]] = [(0, ())]
    met: set[Units] = set()
    while waiting:
        weight, units = heappop(waiting)
        removed = frozenset(units)
        if holds(removed):
            return removed
        tries -= 1
        if tries < 0:
            raise TooManyTries
        for unit in critical(removed):
            more = removed | {unit}
            if unit not in removed and more not in met:
                met.add(more)
                heappush(waiting, (weight + weights[unit], tuple(sorted(more))))
    return None


def inclusion_minimal(start: Iterable[int], holds: Holds, *, tries: int) -> Removal:
    """A part of a removal that holds, from which no unit can be put back.

    Large parts are put back first, then smaller ones, in the order of units. After `tries`
    removals it is given up, and what was reached is returned.
    """
    kept = sorted(start)
    size = max(1, len(kept) // 2)
    while True:
        put_back, at = False, 0
        while at < len(kept):
            if tries <= 0:
                return Removal(frozenset(kept), "enough")
            tries -= 1
            rest = kept[:at] + kept[at + size :]
            if holds(frozenset(rest)):
                kept, put_back = rest, True
            else:
                at += size
        if size > 1:
            size //= 2
        elif not put_back:
            return Removal(frozenset(kept), "inclusion-minimal")


def least(
    weights: Sequence[int],
    holds: Holds,
    critical: Critical,
    *,
    starts: Callable[[], Iterable[Units]],
    tries: int,
) -> Removal | None:
    """The lightest removal that holds; where that takes too long, a part of the lightest of `starts`.

    None: no removal holds, or none of the starts does.
    """
    try:
        found = lightest(weights, holds, critical, tries=tries)
    except TooManyTries:
        holding = [start for start in starts() if holds(start)]
        if not holding:
            return None
        start = min(holding, key=lambda units: (sum(weights[one] for one in units), sorted(units)))
        return inclusion_minimal(start, holds, tries=tries)
    return None if found is None else Removal(found, "smallest")
