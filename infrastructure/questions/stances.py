"""How every two actors stand to each other, in short: the whole matrix without what bears it out.

For the viewpoint without filters one scan of the segments tells it, to which the commitments of
the day are added. Where segments do not tell it of a good part of all pairs, as from any other
viewpoint, one reading of everything told of them does; a few pairs are looked at a thousand at a
time (docs/adr/0009, 0012).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from operator import itemgetter
from typing import NamedTuple

from domain import policy
from domain.past import Stance
from domain.viewpoint import Viewpoint
from infrastructure.collector import no_search_for_cycles
from infrastructure.questions.changes import AT_ONCE, commitments, states
from infrastructure.questions.partners import Pair
from infrastructure.questions.scanned import scanned
from infrastructure.questions.segments import (
    FIRST,
    LAST,
    count_not_told_of,
    count_pairs,
    kept_for,
    not_told_of,
    pair_behind,
    told_of,
)
from infrastructure.questions.snapshots import Snapshot

LONGEST = 50_000
"""So many pairs are read at once, where segments tell of them, or a reading of everything."""

SCANNED_FROM = 5_000
SCANNED_PART = 1 / 4
"""Everything is read through where so many pairs, and so large a part of all, are to be looked at."""


class InShort(NamedTuple):
    """How two actors, a < b, stand to each other. Without cooperation and conflict: neutral."""

    a: str
    b: str
    cooperation: int
    conflict: int


class Stretch(NamedTuple):
    """Pairs that are not `unknown`, and the pair up to which there are no others; None at the end."""

    pairs: list[InShort]
    upto: Pair | None


def page(
    snapshot: Snapshot, viewpoint: Viewpoint, *, after: Pair | None = None, limit: int = 100
) -> tuple[list[InShort], Pair | None]:
    """The pairs not `unknown` after a pair, and the pair to go on after where there may be more."""
    found: list[InShort] = []
    while True:
        stretch = in_short(snapshot, viewpoint, after, limit + 1 - len(found))
        found += stretch.pairs
        after = stretch.upto
        if len(found) > limit:
            return found[:limit], (found[limit - 1].a, found[limit - 1].b)
        if after is None or not stretch.pairs:
            return found, after


def in_short(
    snapshot: Snapshot, viewpoint: Viewpoint, after: Pair | None, most: int = LONGEST
) -> Stretch:
    """The next stretch of the whole matrix, of about so many pairs at most."""
    after = after or FIRST
    with no_search_for_cycles():
        if _scanning_pays(snapshot, viewpoint, most):
            untold, told, upto = _scanned(snapshot, viewpoint, after, most)
        else:
            untold, told, upto = _told(snapshot, viewpoint, after, most)
    committed = dict(islice(_committed(snapshot, viewpoint, after, upto), most))
    upto = max(committed) if len(committed) == most else upto
    looked_at = [pair for pair in untold if pair <= upto]
    if committed or looked_at:
        told = _with(told, committed, states(snapshot, viewpoint, looked_at) if looked_at else {})
    return Stretch(_upto(told, upto), None if upto == LAST else upto)


_Told = tuple[Sequence[Pair], Sequence[InShort], Pair]
"""The pairs that are still to be looked at, how others stand by their own lines, and up to which pair."""


def _told(snapshot: Snapshot, viewpoint: Viewpoint, after: Pair, most: int) -> _Told:
    """What segments tell of the next pairs."""
    few = min(AT_ONCE, 2 * most)
    untold = not_told_of(snapshot, viewpoint, after, few)
    upto = untold[-1] if len(untold) == few else LAST
    told: Sequence[InShort] = ()
    if kept_for(viewpoint):
        told = told_of(snapshot, viewpoint, after, upto, most)
        upto = (told[-1].a, told[-1].b) if len(told) == most else upto
    return untold, told, upto


def _scanning_pays(snapshot: Snapshot, viewpoint: Viewpoint, most: int) -> bool:
    if most < SCANNED_FROM:
        return False
    looked_at = min(most, count_not_told_of(snapshot, viewpoint))
    return looked_at >= max(SCANNED_FROM, SCANNED_PART * count_pairs(snapshot))


def _scanned(snapshot: Snapshot, viewpoint: Viewpoint, after: Pair, most: int) -> _Told:
    """The next pairs, from a reading of all that is told of any."""
    upto = pair_behind(snapshot, after, most) or LAST
    return (), list(map(InShort._make, scanned(snapshot, viewpoint, after, upto))), upto


def _upto(told: Sequence[InShort], last: Pair) -> list[InShort]:
    """Those up to a pair."""
    return list(told[: bisect_right(told, last, key=itemgetter(0, 1))])


def _with(
    told: Sequence[InShort], committed: Mapping[Pair, int], states: Mapping[Pair, Stance]
) -> list[InShort]:
    """What segments tell, raised to what alliances oblige to; and for some pairs these states."""
    changed = committed.keys() | states.keys()
    found = [one for one in told if (one[0], one[1]) not in changed]
    own = {(one[0], one[1]): one for one in told if (one[0], one[1]) in changed}
    for pair in committed.keys() - states.keys():
        _, _, cooperation, conflict = own.get(pair, (*pair, 0, 0))
        found.append(InShort(*pair, max(cooperation, committed[pair]), conflict))
    found += [
        InShort(*pair, state.cooperation, state.conflict)
        for pair, state in states.items()
        if state.alignment != "unknown"
    ]
    found.sort()
    return found


@cache
def stance(cooperation: int, conflict: int) -> Stance:
    """The stance of a pair that is not `unknown`: without either level it is neutral."""
    verdict = policy.verdict(cooperation, conflict, neutral=True)
    return Stance(verdict.alignment, cooperation, conflict)


def _committed(
    snapshot: Snapshot, viewpoint: Viewpoint, after: Pair, upto: Pair
) -> Iterator[tuple[Pair, int]]:
    """The pairs that alliances commit, by both ids, each with the cooperation to which they do."""
    worth, alliances = commitments(snapshot, viewpoint)
    members: dict[str, list[str]] = defaultdict(list)
    for actor, joined in alliances.items():
        for alliance in joined:
            members[alliance].append(actor)
    for actor in sorted(alliances):
        if not after[0] <= actor <= upto[0]:
            continue
        levels: dict[str, int] = {}
        for alliance in sorted(alliances[actor] & worth.keys(), key=worth.__getitem__):
            levels.update(dict.fromkeys(members[alliance], worth[alliance]))
        for other in sorted(levels):
            if other > actor and after < (actor, other) <= upto:
                yield (actor, other), levels[other]
