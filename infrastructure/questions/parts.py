"""Whom actors stand for with include=parts: themselves, their umbrellas and their members.

Memberships are walked upwards and downwards in one recursive statement, which goes by the indexes
of umbrella lines and ends by itself where memberships go in circles (DESIGN section 5).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import CTE, Select, exists, literal_column, select, union_all

from domain.viewpoint import Viewpoint
from infrastructure.bulk import among_bound
from infrastructure.questions.admission import Filters, counting, filters_of, known, values_of
from infrastructure.questions.openness import certainly_open
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.read_models import ReadModels

MOST_PARTS = 10_000
"""The actors of one question stand for so many at most, each counted once for each that it stands in for."""
EXCLUDED_KIND = "international-organisation"
"""Under an umbrella of this kind nobody stands for anybody."""

Group = frozenset[str]


class TooManyParts(Exception):
    """The actors of a question stand for more than are looked at."""

    def __init__(self) -> None:
        super().__init__(f"the actors asked about stand for more than {MOST_PARTS} actors")


class Sides(NamedTuple):
    """Whom the first and whom the second of a pair stands for; the two have nobody in common."""

    one: Group
    other: Group

    @classmethod
    def alone(cls, pair: tuple[str, str]) -> Sides:
        """Each for itself."""
        return cls(frozenset((pair[0],)), frozenset((pair[1],)))

    @classmethod
    def among(cls, groups: Mapping[str, Group], pair: tuple[str, str]) -> Sides:
        """Each for its group, unless these overlap."""
        one, other = groups[pair[0]], groups[pair[1]]
        return cls(one, other) if one.isdisjoint(other) else cls.alone(pair)


def groups_of(snapshot: Snapshot, viewpoint: Viewpoint, actors: Iterable[str]) -> dict[str, Group]:
    """All that each of these actors stands for on the day, itself included. Raises TooManyParts.

    The actors are known. At most MOST_PARTS + 1 rows are read.
    """
    ids = sorted(set(actors))
    statement = _groups(snapshot.models, filters_of(viewpoint))
    rows: Sequence[Any] = snapshot.rows(statement, values_of(viewpoint, ids=ids))
    if len(rows) > MOST_PARTS:
        raise TooManyParts
    groups: dict[str, set[str]] = defaultdict(set, {actor: {actor} for actor in ids})
    for row in rows:
        groups[row.root].add(row.actor)
    return {actor: frozenset(group) for actor, group in groups.items()}


@cache
def _groups(rm: ReadModels, filters: Filters) -> Select[Any]:
    upwards, downwards = (_walk(rm, filters, up=up) for up in (True, False))
    reached = union_all(
        *(select(one.c.root, one.c.actor) for one in (upwards, downwards))
    ).subquery()
    return select(reached.c.root, reached.c.actor).limit(MOST_PARTS + 1)


def _walk(rm: ReadModels, filters: Filters, *, up: bool) -> CTE:
    """Each actor asked about (root) with all those above it, or below."""
    asked, stay = rm.registrations, rm.sets
    name, begin, end = (
        ("upwards", stay.c.target, stay.c.source)
        if up
        else ("downwards", stay.c.source, stay.c.target)
    )
    walk = (
        select(asked.c.actor.label("root"), asked.c.actor.label("actor"))
        .where(among_bound(asked.c.actor, "ids"))
        .cte(name, recursive=True)
    )
    organisation = rm.registrations.alias()
    excluded = exists(
        select(1).where(
            organisation.c.actor == stay.c.source,
            organisation.c.kind == EXCLUDED_KIND,
            known(organisation),
        )
    )
    step = select(walk.c.root, end).where(
        begin == walk.c.actor,
        # Written out, not bound: the index of umbrella lines holds no others.
        stay.c.kind == literal_column("'umbrella'"),
        counting(rm, stay, filters),
        certainly_open(rm, stay, filters, admission=counting),
        ~excluded,
    )
    return walk.union(step)  # each pair once, so that circles end
