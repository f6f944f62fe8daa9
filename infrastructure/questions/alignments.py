"""How each of some actors stands to each other (DESIGN section 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, combinations, product

from domain.answers import ActorName, PairAlignment
from domain.viewpoint import Viewpoint
from infrastructure.questions.opened import (
    obligations_on,
    open_between,
    open_sets,
    related,
    related_many,
    voices_on,
)
from infrastructure.questions.partners import Pair
from infrastructure.questions.parts import Group, Sides, groups_of
from infrastructure.questions.registrations import named
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.standings import (
    Alliances,
    Opened,
    Standing,
    nothing_between,
    pair_alignment,
)

FEW = 100
"""Up to so many actors are looked for two by two; more by all the lines of each."""
FEW_PAIRS = 50
"""Of up to so many pairs each line is looked at from its last close on; of more, all their lines are."""


def alignments(
    snapshot: Snapshot, viewpoint: Viewpoint, actors: Iterable[str]
) -> tuple[list[ActorName], list[PairAlignment]]:
    """The actors by id, and every pair of them by both ids. Raises UnknownActors."""
    ids = sorted(set(actors))
    names = named(snapshot, viewpoint, ids)
    groups = groups_of(snapshot, viewpoint, ids) if viewpoint.parts else None
    return names, pairs_of(snapshot, viewpoint, list(combinations(ids, 2)), groups)


def pairs_of(
    snapshot: Snapshot,
    viewpoint: Viewpoint,
    pairs: Sequence[Pair],
    groups: Mapping[str, Group] | None = None,
) -> list[PairAlignment]:
    """How the two of each pair, a < b, stand to each other.

    `groups`: whom each of these actors stands for; None for itself only. The actors are known.
    """
    actors = {actor for pair in pairs for actor in pair}
    if groups is None:
        sides = {pair: Sides.alone(pair) for pair in pairs}
        everybody = sorted(actors)
    else:
        sides = {pair: Sides.among(groups, pair) for pair in pairs}
        everybody = sorted(frozenset().union(*(groups[actor] for actor in actors)))
    asked = pairs if groups is None else list(combinations(everybody, 2))
    if len(asked) <= FEW_PAIRS:
        found = open_between(snapshot, viewpoint, asked, everybody)
    else:
        lines = related if len(everybody) <= FEW else related_many
        found = open_sets(snapshot, viewpoint, lines, everybody)
    memberships = [row for row in found if row.kind == "membership"]
    between_two = [row for row in found if row.kind != "membership"]
    rows = _by_pair(between_two) if groups is None else _by_sides(between_two, groups, sides)
    bound = _any_alliance_of_two(memberships)
    obligations = open_sets(snapshot, viewpoint, obligations_on, everybody) if bound else ()
    certain, possible = _in_both_readings(memberships, obligations)
    voices = voices_on(snapshot, viewpoint, found)
    aligned = []
    for pair in pairs:
        standings = _standings(pair, rows.get(pair, ()), certain, possible, sides[pair])
        if standings is None:
            aligned.append(nothing_between(pair))
        else:
            aligned.append(pair_alignment(*standings, viewpoint.valid_at, voices))
    return aligned


def _in_both_readings(
    memberships: Sequence[Opened], obligations: Sequence[Opened]
) -> tuple[Alliances, Alliances]:
    """The alliances, certain and possible; one and the same where the dates leave no choice."""
    certain = Alliances.of(_certain(memberships), _certain(obligations))
    if all(row.certain for row in chain(memberships, obligations)):
        return certain, certain
    return certain, Alliances.of(memberships, obligations)


def _standings(
    pair: Pair, rows: Sequence[Opened], certain: Alliances, possible: Alliances, sides: Sides
) -> tuple[Standing, Standing] | None:
    """The pair, certain and possible; one and the same where the dates leave no choice.

    None where nothing is open between the two, as it is with most pairs of many actors.
    """
    if not rows and not possible.binding(sides):
        return None
    certainly = _certain(rows)
    standing = Standing(pair, certainly, certain, sides)
    if len(certainly) == len(rows) and possible is certain:
        return standing, standing
    return standing, Standing(pair, rows, possible, sides)


def _any_alliance_of_two(memberships: Iterable[Opened]) -> bool:
    """Whether two actors may be in one alliance; else no obligations are asked for."""
    members: dict[str, set[str]] = defaultdict(set)
    for row in memberships:
        members[row.source].add(row.target)
    return any(len(some) > 1 for some in members.values())


def _certain(rows: Iterable[Opened]) -> list[Opened]:
    return [row for row in rows if row.certain]


def _by_pair(rows: Iterable[Opened]) -> dict[tuple[str, str], list[Opened]]:
    pairs: dict[tuple[str, str], list[Opened]] = defaultdict(list)
    for row in rows:
        first, second = sorted((row.source, row.target))
        pairs[first, second].append(row)
    return pairs


def _by_sides(
    rows: Iterable[Opened], groups: Mapping[str, Group], sides: Mapping[Pair, Sides]
) -> dict[Pair, list[Opened]]:
    """The rows that run between the two sides of each pair."""
    stood_for: dict[str, list[str]] = defaultdict(list)
    for actor, group in groups.items():
        for one in group:
            stood_for[one].append(actor)
    pairs: dict[Pair, list[Opened]] = defaultdict(list)
    for row in rows:
        for source, target in product(stood_for[row.source], stood_for[row.target]):
            pair = min(source, target), max(source, target)
            if pair in sides and _runs(row, *sides[pair], forth=source < target):
                pairs[pair].append(row)
    return pairs


def _runs(row: Opened, one: Group, other: Group, *, forth: bool) -> bool:
    """Whether the row runs from the first side to the second, or back."""
    source, target = (one, other) if forth else (other, one)
    return row.source in source and row.target in target
