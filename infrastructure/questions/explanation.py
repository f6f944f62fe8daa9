"""Why two actors are aligned as they are, and what stands beside the answer (DESIGN section 6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import Select, func, select, union, union_all

from domain.answers import (
    ALLEGED_SHOWN,
    PARTS_SHOWN,
    ActorGroup,
    ActorName,
    AllegedAlignment,
    Explanation,
    Hidden,
    PartsAlignment,
)
from domain.counterfactuals import Fragility
from domain.viewpoint import NOT_ADMITTED, Viewpoint
from infrastructure.questions.admission import DAY, Filters, filters_of, left_out, live
from infrastructure.questions.alignments import pairs_of
from infrastructure.questions.evidence import evidence
from infrastructure.questions.fragility import fragility
from infrastructure.questions.lineage import lineage
from infrastructure.questions.parts import Group, Sides, TooManyParts, groups_of
from infrastructure.questions.registrations import named
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.touching import Asked, touched
from infrastructure.schema.read_models import ReadModels


@dataclass(frozen=True, slots=True)
class Explained:
    """A pair with its explanation; `next` is the position after which its evidence goes on."""

    actors: list[ActorName]
    explanation: Explanation
    fragility: Fragility | None
    next: int | None


def explain(
    snapshot: Snapshot, viewpoint: Viewpoint, a: str, b: str, *, after: int = 0, limit: int = 100
) -> Explained:
    """The pair's alignment, `limit` of its events after position `after`, and what is left out.

    Raises UnknownActors, and TooManyParts where the viewpoint includes parts.
    """
    first, second = pair = min(a, b), max(a, b)
    names = named(snapshot, viewpoint, pair)
    stand_for, parts = _parts(snapshot, viewpoint, pair)
    groups = stand_for if viewpoint.parts else None
    [alignment] = pairs_of(snapshot, viewpoint, [pair], groups)
    [alleged] = pairs_of(snapshot, replace(viewpoint, alleged=True), [pair], groups)
    sides = Sides.alone(pair) if groups is None else Sides.among(groups, pair)
    asked = Asked(snapshot, viewpoint, pair, sides)
    items, following = evidence(asked, after, limit)
    statement = _only_alleged(snapshot.models, filters_of(viewpoint), many=asked.many)
    only_alleged = snapshot.rows(statement, asked.values())
    explanation = Explanation(
        alignment=alignment,
        evidence_list=items,
        alleged=AllegedAlignment(alleged.alignment, tuple(row.event_id for row in only_alleged)),
        parts=parts,
        lineage=lineage(snapshot, viewpoint, (first, second)),
        hidden=_hidden(asked),
    )
    return Explained(names, explanation, fragility(snapshot, viewpoint, sides), following)


def _parts(
    snapshot: Snapshot, viewpoint: Viewpoint, pair: tuple[str, str]
) -> tuple[dict[str, Group], PartsAlignment | None]:
    """Whom the two stand for, and how they stand to each other with these; None where they are too many."""
    try:
        groups = groups_of(snapshot, viewpoint, pair)
        [answer] = pairs_of(snapshot, viewpoint, [pair], groups)
    except TooManyParts:
        if viewpoint.parts:
            raise
        return {}, None
    return groups, PartsAlignment(
        alignment=answer.alignment,
        overlap=not groups[pair[0]].isdisjoint(groups[pair[1]]),
        groups=tuple(
            ActorGroup(actor, tuple(sorted(groups[actor])[:PARTS_SHOWN]), len(groups[actor]))
            for actor in pair
        ),
    )


@cache
def _only_alleged(rm: ReadModels, filters: Filters, *, many: bool) -> Select[Any]:
    """The live events with an effect on the pair that only include=alleged admits, newest last."""
    found = union(
        *(
            select(table.c.position, table.c.event_id).where(
                touched(rm, table, many=many),
                live(rm, table, filters),
                left_out(rm, table, filters).is_not(None),
                left_out(rm, table, filters._replace(alleged=True)).is_(None),
            )
            for table in (rm.sets, rm.closes)
        )
    ).subquery()
    newest = select(found.c.event_id, found.c.position).order_by(found.c.position.desc())
    shown = newest.limit(ALLEGED_SHOWN).subquery()
    return select(shown.c.event_id).order_by(shown.c.position)


def _hidden(asked: Asked) -> Hidden:
    filters = filters_of(asked.viewpoint)
    statement = _left_out_events(asked.snapshot.models, filters, many=asked.many)
    found = asked.snapshot.rows(statement, asked.values())
    counted: dict[str, int] = {row.reason: row.events for row in found}
    return Hidden(
        not_admitted=sum(counted.get(reason, 0) for reason in NOT_ADMITTED),
        ungraded=counted.get("ungraded", 0),
        below_grade=counted.get("below-grade", 0),
    )


@cache
def _left_out_events(rm: ReadModels, filters: Filters, *, many: bool) -> Select[Any]:
    """Live events begun by the day of which nothing is admitted, counted by their first reason."""
    touching = union_all(
        *(
            select(
                table.c.position, table.c.number, left_out(rm, table, filters).label("reason")
            ).where(
                touched(rm, table, many=many), live(rm, table, filters), table.c.earliest <= DAY
            )
            for table in (rm.sets, rm.closes)
        )
    ).subquery()
    event = touching.c.position
    nth = func.row_number().over(partition_by=event, order_by=touching.c.number)
    effects = func.count().over(partition_by=event)
    left = func.count(touching.c.reason).over(partition_by=event)
    ranked = select(
        touching.c.reason, nth.label("nth"), (effects - left).label("let_in")
    ).subquery()
    first_of_none = ranked.c.nth == 1, ranked.c.let_in == 0
    return (
        select(ranked.c.reason, func.count().label("events"))
        .where(*first_of_none)
        .group_by(ranked.c.reason)
    )
