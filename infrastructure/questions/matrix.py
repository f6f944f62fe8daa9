"""How every two actors stand to each other, a stretch of pairs at a time (DESIGN section 7).

A stretch is found, then answered, in a constant number of statements, however much there is on its
pairs. Where stretches come from can be exchanged: whatever gives the pairs that are not `unknown`
in the order of both ids is a `Source`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from domain.answers import PairAlignment
from domain.viewpoint import Viewpoint
from infrastructure.questions.opened import (
    memberships_of,
    obligations_of,
    open_sets,
    voices_on,
)
from infrastructure.questions.partners import Pair, next_pairs, partners
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.standings import Alliances, Opened, Standing, pair_alignment
from infrastructure.questions.unshut import open_on_all_lines

MOST_LOOKED_AT = 10_000
"""So many pairs are looked at for a page: with fewer that are not `unknown` it is short."""
SHORTEST, LONGEST = 50, 1_000
"""So many pairs are looked at at once."""


class Stretch(NamedTuple):
    """Pairs that are not `unknown`, and the pair up to which there are no others; None at the end.

    `looked_at`: how many pairs were.
    """

    pairs: list[PairAlignment]
    upto: Pair | None
    looked_at: int


Source = Callable[[Snapshot, Viewpoint, Pair | None, int], Stretch]
"""Gives the pairs after a pair (None: from the first); so many are looked at, at most."""


def every_pair(snapshot: Snapshot, viewpoint: Viewpoint, after: Pair | None, most: int) -> Stretch:
    """The next stretch of the whole matrix."""
    pairs, upto = next_pairs(snapshot, after, most)
    return Stretch(not_unknown(snapshot, viewpoint, pairs), upto, len(pairs))


def pairs_with(actor: str) -> Source:
    """The source of the pairs of one actor."""

    def source(snapshot: Snapshot, viewpoint: Viewpoint, after: Pair | None, most: int) -> Stretch:
        pairs, last = partners(snapshot, actor, after and _other(after, actor), most)
        upto = None if last is None else (min(actor, last), max(actor, last))
        return Stretch(not_unknown(snapshot, viewpoint, pairs), upto, len(pairs))

    return source


def page(
    snapshot: Snapshot,
    viewpoint: Viewpoint,
    *,
    after: Pair | None = None,
    limit: int = 100,
    source: Source = every_pair,
) -> tuple[list[PairAlignment], Pair | None]:
    """The pairs not `unknown` after a pair, and the pair to go on after where there may be more.

    After MOST_LOOKED_AT pairs the page ends, however few it has.
    """
    found: list[PairAlignment] = []
    looked_at = 0
    while True:
        # As many as it may take, if so many of the following are unknown as were before.
        most = (limit + 1 - len(found)) * (looked_at + 1) // (len(found) + 1)
        stretch = source(snapshot, viewpoint, after, max(SHORTEST, min(most, LONGEST)))
        found += stretch.pairs
        after = stretch.upto
        looked_at += stretch.looked_at
        if len(found) > limit:
            return found[:limit], found[limit - 1].actors
        if after is None or looked_at >= MOST_LOOKED_AT:
            return found, after


def stretches(
    snapshot: Snapshot, viewpoint: Viewpoint, source: Source = every_pair
) -> Iterator[Stretch]:
    """All that a source gives, a stretch at a time."""
    after: Pair | None = None
    while True:
        stretch = source(snapshot, viewpoint, after, LONGEST)
        yield stretch
        after = stretch.upto
        if after is None:
            return


def not_unknown(
    snapshot: Snapshot, viewpoint: Viewpoint, pairs: Sequence[Pair]
) -> list[PairAlignment]:
    """How those of the pairs stand that are not `unknown`, in their order."""
    if not pairs:
        return []
    actors = sorted({actor for pair in pairs for actor in pair})
    rows = defaultdict[Pair, list[Opened]](list)
    for row in open_on_all_lines(snapshot, viewpoint, pairs):
        rows[min(row.source, row.target), max(row.source, row.target)].append(row)
    pledges = _pledges(snapshot, viewpoint, actors)
    voices = voices_on(snapshot, viewpoint, chain(*rows.values(), pledges.memberships))
    found = []
    for pair in pairs:
        certain, possible = _standings(pair, rows[pair], pledges)
        if certain.verdict.alignment != "unknown":
            found.append(pair_alignment(certain, possible, viewpoint.valid_at, voices))
    return found


def _pledges(snapshot: Snapshot, viewpoint: Viewpoint, actors: Sequence[str]) -> Pledges:
    """What some actors have joined, and what that obliges any two of them to."""
    memberships = open_sets(snapshot, viewpoint, memberships_of, actors)
    members: dict[str, set[str]] = defaultdict(set)
    for row in memberships:
        members[row.source].add(row.target)
    shared = sorted(alliance for alliance, some in members.items() if len(some) > 1)
    return Pledges(memberships, open_sets(snapshot, viewpoint, obligations_of, shared))


def _standings(pair: Pair, rows: Sequence[Opened], pledges: Pledges) -> tuple[Standing, Standing]:
    """The pair in both readings; one and the same where the dates leave no choice."""
    possibly = pledges.between(pair)
    certainly = [row for row in rows if row.certain]
    pledged = [row for row in possibly if row.certain]
    certain = Standing(pair, certainly, _alliances(pledged))
    if len(certainly) == len(rows) and len(pledged) == len(possibly):
        return certain, certain
    return certain, Standing(pair, rows, _alliances(possibly))


def _alliances(rows: Iterable[Opened]) -> Alliances:
    kinds: dict[str, list[Opened]] = {"membership": [], "obligation": []}
    for row in rows:
        kinds[row.kind].append(row)
    return Alliances.of(kinds["membership"], kinds["obligation"])


class Pledges:
    """The memberships and obligations of many actors, of which a pair is told those of both."""

    def __init__(self, memberships: Iterable[Opened], obligations: Iterable[Opened]) -> None:
        self.memberships = list(memberships)
        self._of: dict[str, dict[str, list[Opened]]] = defaultdict(lambda: defaultdict(list))
        for row in self.memberships:
            self._of[row.target][row.source].append(row)
        self._obligations: dict[str, list[Opened]] = defaultdict(list)
        for row in obligations:
            self._obligations[row.source].append(row)

    def between(self, pair: Pair) -> list[Opened]:
        """What binds the two: their memberships in the alliances of both, and what these oblige to."""
        mine, theirs = (self._of.get(actor) for actor in pair)
        if not mine or not theirs:
            return []
        return [
            row
            for one in mine.keys() & theirs.keys()
            for row in (*mine[one], *theirs[one], *self._obligations[one])
        ]


def _other(pair: Pair, actor: str) -> str:
    return pair[1] if pair[0] == actor else pair[0]
