"""How each of some actors stands to each other (DESIGN section 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import chain, combinations, product
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select

from domain.answers import ActorName, PairAlignment
from domain.viewpoint import Viewpoint
from infrastructure.bulk import among_bound
from infrastructure.questions.admission import (
    Condition,
    Filters,
    admitted,
    disputed,
    filters_of,
    heard,
    values_of,
)
from infrastructure.questions.openness import certainly_open, possibly_open
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
from infrastructure.schema.read_models import ReadModels
from infrastructure.schema.segments import PAIR_KINDS

FEW = 100
"""Up to so many actors are looked for two by two; more by all the lines of each."""

Pair = tuple[str, str]


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


Lines = Callable[[ReadModels], Condition]
"""Makes the condition on the table of sets for the lines of the ids bound as `ids`."""


def open_sets(
    snapshot: Snapshot, viewpoint: Viewpoint, lines: Lines, ids: Sequence[str | Pair]
) -> Sequence[Opened]:
    """The possibly open sets on some lines, by (earliest, place), with what each is worth."""
    statement = _open_sets(snapshot.models, lines, filters_of(viewpoint))
    return snapshot.rows(statement, values_of(viewpoint, ids=ids))


@cache
def _open_sets(rm: ReadModels, lines: Lines, filters: Filters) -> Select[Any]:
    table = rm.sets
    columns = (
        table.c.kind,
        table.c.source,
        table.c.target,
        table.c.programme,
        table.c.level,
        table.c.begin_key,
        table.c.place,
        table.c.position,
        table.c.event_id,
        table.c.occurred,
        table.c.ended,
        table.c.claimant,
        table.c.voice,
    )
    flags = (
        disputed(rm, table, filters).label("disputed"),
        certainly_open(rm, table, filters).label("certain"),
        exists(_voices_on(rm, filters).where(rm.corroborations.c.place == table.c.place)).label(
            "corroborated"
        ),
    )
    return (
        select(*columns, *flags)
        .where(lines(rm), admitted(rm, table, filters), possibly_open(rm, table, filters))
        .order_by(table.c.begin_key, table.c.position)
    )


def related(rm: ReadModels) -> Condition:
    """The lines that run between two of the actors, and their memberships."""
    return between(rm) | memberships_of(rm)


def related_many(rm: ReadModels) -> Condition:
    """The same for many actors."""
    return between_many(rm) | memberships_of(rm)


def between(rm: ReadModels) -> Condition:
    """The lines that run between two of the actors."""
    ends = among_bound(rm.sets.c.source, "ids") & among_bound(rm.sets.c.target, "ids")
    return ends & rm.sets.c.kind.in_(PAIR_KINDS)


def between_many(rm: ReadModels) -> Condition:
    """The same lines, found among all those that set out from the actors.

    Probing for each two of thousands would take longer than reading what they have.
    """
    ends = among_bound(rm.sets.c.source, "ids") & among_bound(not_by_index(rm.sets.c.target), "ids")
    return ends & rm.sets.c.kind.in_(PAIR_KINDS)


def not_by_index(column: ColumnElement[str]) -> ColumnElement[str]:
    """The same text, as an expression of which there is no index."""
    return column.concat("")


def memberships_of(rm: ReadModels) -> Condition:
    """The actors' memberships in alliances."""
    return (rm.sets.c.kind == "membership") & among_bound(rm.sets.c.target, "ids")


def obligations_on(rm: ReadModels) -> Condition:
    """The obligations of every alliance that one of the actors was ever put in."""
    put = rm.sets.alias()
    membership = (put.c.kind == "membership") & among_bound(put.c.target, "ids")
    alliances = select(put.c.source).where(membership)
    return (rm.sets.c.kind == "obligation") & rm.sets.c.source.in_(alliances)


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


def voices_on(
    snapshot: Snapshot, viewpoint: Viewpoint, rows: Iterable[Opened]
) -> Mapping[int, Sequence[str]]:
    """The voices of live corroborations of what some rows stand for, by their places."""
    places = sorted({row.place for row in rows if row.corroborated})
    if not places:
        return {}
    voices: dict[int, list[str]] = defaultdict(list)
    asked = values_of(viewpoint, places=places)
    for row in snapshot.rows(_voices(snapshot.models, filters_of(viewpoint)), asked):
        voices[row.place].append(row.voice)
    return voices


@cache
def _voices(rm: ReadModels, filters: Filters) -> Select[Any]:
    at = among_bound(rm.corroborations.c.place, "places")
    return _voices_on(rm, filters).where(at).distinct()


def _voices_on(rm: ReadModels, filters: Filters) -> Select[Any]:
    table = rm.corroborations
    return select(table.c.place, table.c.voice).where(heard(rm, table, filters))
