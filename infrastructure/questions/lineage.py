"""How the predecessors of a pair stand: shown beside the pair's answer, never counted (DESIGN section 6)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import CTE, Select, Table, func, literal, not_, select

from domain.answers import LINEAGE_SHOWN, LINEAGE_STEPS, InheritedAlignment, PairAlignment
from domain.viewpoint import Viewpoint
from infrastructure.bulk import among_bound
from infrastructure.questions.admission import DAY, Condition, Filters, filters_of, known, values_of
from infrastructure.questions.alignments import pairs_of
from infrastructure.questions.parts import groups_of
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.read_models import ReadModels


def lineage(
    snapshot: Snapshot, viewpoint: Viewpoint, pair: tuple[str, str]
) -> tuple[InheritedAlignment, ...]:
    """How the predecessors of each of a known pair stand to the other, nearest first.

    Raises TooManyParts where the viewpoint includes parts.
    """
    opposite = dict(zip(pair, reversed(pair), strict=True))
    statement = _links(snapshot.models, filters_of(viewpoint))
    links: Sequence[Any] = snapshot.rows(statement, values_of(viewpoint, ids=list(pair)))
    pairs = sorted({_pair(link.predecessor, opposite[link.root]) for link in links})
    actors = {actor for each in pairs for actor in each}
    groups = groups_of(snapshot, viewpoint, actors) if viewpoint.parts else None
    answers = dict(zip(pairs, pairs_of(snapshot, viewpoint, pairs, groups), strict=True))
    ordered = sorted(links, key=lambda link: (link.root, link.nth))
    return tuple(
        _inherited(link, answers[_pair(link.predecessor, opposite[link.root])]) for link in ordered
    )


def _pair(one: str, other: str) -> tuple[str, str]:
    return min(one, other), max(one, other)


def _inherited(link: Any, answer: PairAlignment) -> InheritedAlignment:
    return InheritedAlignment(
        actor=link.root,
        steps=link.steps,
        successor=link.successor,
        predecessor=link.predecessor,
        continuity=link.continuity,
        from_=link.occurred,
        alignment=answer.alignment,
        cooperation=answer.cooperation,
        conflict=answer.conflict,
        certainty=answer.certainty,
        last_evidence=answer.last_evidence,
        stale_since=answer.stale_since,
    )


@cache
def _links(rm: ReadModels, filters: Filters) -> Select[Any]:
    """The links back from each actor (root), nearest first, apart from those to the pair."""
    link, walk = rm.successions, _predecessors(rm, filters)
    steps = (func.min(walk.c.steps) + 1).label("steps")
    shown = link.c.predecessor, link.c.successor, link.c.continuity, link.c.occurred
    order = link.c.earliest, link.c.place, link.c.number
    found = (
        select(walk.c.root, steps, *shown, *order)
        .where(
            link.c.successor == walk.c.actor,
            *_counts(link, filters),
            walk.c.steps < LINEAGE_STEPS,
            not_(among_bound(link.c.predecessor, "ids")),
        )
        .group_by(walk.c.root, *shown, *order)
    ).subquery()
    nearest = found.c.steps, found.c.earliest, found.c.place, found.c.number
    nth = func.row_number().over(partition_by=found.c.root, order_by=nearest)
    ranked = select(found, nth.label("nth")).subquery()
    return select(ranked).where(ranked.c.nth <= LINEAGE_SHOWN)


def _predecessors(rm: ReadModels, filters: Filters) -> CTE:
    """Each actor asked about (root) with those before it, and in how many steps each is reached."""
    asked, link = rm.registrations, rm.successions
    start = select(
        asked.c.actor.label("root"), asked.c.actor.label("actor"), literal(0).label("steps")
    )
    walk = start.where(among_bound(asked.c.actor, "ids")).cte("walk", recursive=True)
    step = select(walk.c.root, link.c.predecessor, walk.c.steps + 1).where(
        link.c.successor == walk.c.actor,
        *_counts(link, filters),
        walk.c.steps < LINEAGE_STEPS - 1,
    )
    return walk.union(step)


def _counts(link: Table, _filters: Filters) -> tuple[Condition, ...]:
    """The link is known, may have begun by the day, and is no actor's to itself."""
    return known(link), link.c.earliest <= DAY, link.c.predecessor != link.c.successor
