"""Which pairs of actors anything in the log may bear on: pairs with lines, and allies.

What is found is a superset of the pairs that are not `unknown`, whatever the viewpoint: whether a
row counts is asked later. Every next pair is found by probes of indexes, so that what a page costs
does not depend on how many pairs there are, nor on how much there is on any of them. What a page of
one actor's pairs costs depends on how many partners it has.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    ScalarSelect,
    Select,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    union,
)
from sqlalchemy.sql.expression import CTE

from domain.fields import SLUG
from infrastructure.bulk import among_bound, pairs_bound
from infrastructure.extremes import least
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.metadata import KEY, LONG
from infrastructure.schema.read_models import ReadModels
from infrastructure.schema.segments import PAIR_KINDS

Pair = tuple[str, str]
"""Two actors, the smaller id first."""

_BEYOND = "~"
"""Sorts after every id."""
_LAST = "z" * SLUG.most
"""The last id that there could be: behind it an actor has no partners."""
MOST_STEPS = 5_000
"""So far goes one walk, over actors and partners."""

_A, _B = (bindparam(name, type_=KEY) for name in ("a", "b"))
_MOST = bindparam("most", type_=LONG)
_NONE, _ONE = (cast(literal_column(number), LONG) for number in "01")


def next_pairs(snapshot: Snapshot, after: Pair | None, most: int) -> tuple[list[Pair], Pair | None]:
    """The next pairs after a pair (None: from the first), by both ids, `most` at most.

    And the pair to go on after, None where there are no more. A walk over thousands of actors that
    are the smaller one of no pair may find few pairs, or none, and yet go on.
    """
    a, b = after or ("", None)
    b = None if b == _LAST else b
    passed = 1 if b is not None and a < b else 0
    asked = {"a": a, "b": b, "most": most + passed}
    steps = snapshot.rows(_walk(snapshot.models), asked)
    pairs = [(row.a, row.b) for row in steps if row.b is not None and row.a < row.b]
    a, b = steps[-1]
    return pairs, None if a is None else (a, b or _LAST)


def partners(
    snapshot: Snapshot, actor: str, after: str | None, most: int
) -> tuple[list[Pair], str | None]:
    """The pairs of one actor whose other one comes after `after`, by both ids, `most` at most.

    And the other one of the last, where there may be more.
    """
    joined = [row.source for row in snapshot.rows(_joined(snapshot.models), {"a": actor})]
    asked = {"a": actor, "b": after or "", "most": most, "alliances": joined}
    others = [row.other for row in snapshot.rows(_of_one(snapshot.models), asked)]
    pairs = [(min(actor, other), max(actor, other)) for other in others]
    return pairs, others[-1] if len(others) == most else None


def partners_of_any(snapshot: Snapshot, actors: Iterable[str], after: str, most: int) -> list[str]:
    """The next ids after one that are partners of any of some actors, `most` at most."""
    asked = {"actors": [(actor, actor) for actor in actors], "b": after, "most": most}
    found = snapshot.rows(_walk_of_any(snapshot.models), asked)
    return [row.b for row in found if row.b is not None]


@cache
def _walk(rm: ReadModels) -> Select[Any]:
    """The steps after (a, b): to the next partner of a, and behind its last one to the next actor.

    `b` is null behind the last partner, and `a` itself at the beginning of an actor; both are null
    at the end. `passed`: so many pairs are before.
    """
    begin = select(
        cast(_A, KEY).label("a"),
        cast(_B, KEY).label("b"),
        _NONE.label("n"),
        _NONE.label("passed"),
    )
    walk = begin.cte("walk", recursive=True)
    done = walk.c.b.is_(None)
    following = _next_actor(rm, walk)
    partner = _least(_by_lines_or_alliances(rm, (walk,), walk.c.a, walk.c.b))
    passed = walk.c.passed + case((walk.c.b > walk.c.a, _ONE), else_=_NONE)
    step = select(
        case((done, following), else_=walk.c.a),
        case((done, following), else_=partner),
        walk.c.n + _ONE,
        passed,
    ).where(walk.c.a.is_not(None), walk.c.n < MOST_STEPS, passed < _MOST)
    walk = walk.union_all(step)
    return select(walk.c.a, walk.c.b).where(walk.c.n > 0).order_by(walk.c.n)


@cache
def _joined(rm: ReadModels) -> Select[Any]:
    """The alliances that anybody ever put `a` in.

    Asked for apart: PostgreSQL would look for members first, through all that everybody joined.
    """
    mine = rm.sets.c.target == _A, rm.sets.c.kind == "membership"
    return select(rm.sets.c.source).where(*mine).distinct()


@cache
def _of_one(rm: ReadModels) -> Select[Any]:
    """The partners of `a` after `b`: of one actor they are few enough to be read, not probed for."""
    pairs, ally = rm.pairs, rm.sets
    joined = ally.c.kind == "membership", among_bound(ally.c.source, "alliances")
    found = union(
        select(pairs.c.b.label("other")).where(pairs.c.a == _A, pairs.c.b > _B),
        select(pairs.c.a).where(pairs.c.b == _A, pairs.c.a > _B),
        select(ally.c.target).where(*joined, ally.c.target > _B, ally.c.target != _A),
    ).subquery("partners")
    return select(found.c.other).order_by(found.c.other).limit(_MOST)


@cache
def _walk_of_any(rm: ReadModels) -> Select[Any]:
    """The partners of any of the actors after `b`, null after the last."""
    actors = pairs_bound("actors")
    begin = select(cast(_B, KEY).label("b"), _NONE.label("n"))
    walk = begin.cte("walk", recursive=True)
    nearest = _least(_by_lines_or_alliances(rm, (walk, actors), actors.c.a, walk.c.b))
    partner = select(func.min(nearest)).select_from(actors).correlate(walk).scalar_subquery()
    step = select(partner, walk.c.n + _ONE).where(walk.c.b.is_not(None), walk.c.n < _MOST)
    walk = walk.union_all(step)
    return select(walk.c.b).where(walk.c.n > 0).order_by(walk.c.n)


def _next_actor(rm: ReadModels, walk: CTE) -> ColumnElement[Any]:
    """The next id after `a` that has any lines; alliances are among them, and have no partners."""
    return _least(
        [
            select(func.min(end)).where(end > walk.c.a).correlate(walk).scalar_subquery()
            for end in (rm.sets.c.source, rm.sets.c.target)
        ]
    )


def _by_lines_or_alliances(
    rm: ReadModels,
    around: tuple[FromClause, ...],
    actor: ColumnElement[str],
    after: ColumnElement[str],
) -> list[ScalarSelect[Any]]:
    """The next ones after an id to which lines lead, from which they come, or who are allies.

    `around`: what the actor and the id are columns of.
    """
    sets = rm.sets
    forth = sets.c.source == actor, sets.c.target > after, sets.c.kind.in_(PAIR_KINDS)
    back = sets.c.target == actor, sets.c.source > after
    return [
        _first(sets.c.target, around, *forth),
        *(_first(sets.c.source, around, *back, sets.c.kind == kind) for kind in PAIR_KINDS),
        _next_ally(sets.alias(), sets.alias(), around, actor, after),
    ]


def _next_ally(
    put: FromClause,
    other: FromClause,
    around: tuple[FromClause, ...],
    actor: ColumnElement[str],
    after: ColumnElement[str],
) -> ScalarSelect[Any]:
    """The next one that anybody ever put in an alliance with the actor."""
    membership = "membership"
    nearest = (
        select(func.min(other.c.target))
        .where(
            other.c.source == put.c.source,
            other.c.target > after,
            other.c.target != actor,
            other.c.kind == membership,
        )
        .correlate(put, *around)
        .scalar_subquery()
    )
    mine = put.c.target == actor, put.c.kind == membership
    return select(func.min(nearest)).where(*mine).correlate(*around).scalar_subquery()


def _first(
    column: ColumnElement[str], around: tuple[FromClause, ...], *where: ColumnElement[bool]
) -> ScalarSelect[Any]:
    return select(func.min(column)).where(*where).correlate(*around).scalar_subquery()


def _least(found: list[ScalarSelect[Any]]) -> ColumnElement[Any]:
    """The least of some that may be null; null where all are."""
    beyond = literal(_BEYOND, KEY)
    return func.nullif(least(*(func.coalesce(one, beyond) for one in found)), beyond)
