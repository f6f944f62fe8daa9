"""Who is judged to be the same actor, by whom (DESIGN section 3: a reversible opinion).

Judgements count while live, whatever the viewpoint's filters. Of one claimant's on two actors the
last stands, by (earliest, place). Each has a row for either actor.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, select

from domain.answers import ActorName
from domain.identity import (
    JUDGED_SHOWN,
    TWINS_SHOWN,
    ActorFound,
    Judged,
    JudgementState,
    Opinions,
    Twin,
)
from domain.viewpoint import Viewpoint
from infrastructure.bulk import among_bound
from infrastructure.questions.admission import known, values_of
from infrastructure.questions.registrations import named, require_known
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.metadata import KEY, LONG
from infrastructure.schema.read_models import ReadModels


def judgements(
    snapshot: Snapshot,
    viewpoint: Viewpoint,
    *,
    actor: str | None = None,
    judgement: str | None = None,
    after: int = 0,
    limit: int = 100,
) -> tuple[list[JudgementState], int | None]:
    """Judgements by position, and the last position where there are more.

    `actor`: on this actor and another; raises UnknownActors. `after`: go on after this position.
    """
    if actor is not None:
        require_known(snapshot, viewpoint.position, [actor])
    statement = _judgements(snapshot.models, of_actor=actor is not None, of_kind=bool(judgement))
    asked = values_of(viewpoint, actor=actor, judgement=judgement, after=after, most=limit + 1)
    rows = snapshot.rows(statement, asked)
    items = [
        JudgementState(
            actors=(min(row.actor, row.other), max(row.actor, row.other)),
            judgement=row.judgement,
            event=row.event_id,
            position=row.position,
            claimant=row.claimant,
            modality=row.modality,
            occurred=row.occurred,
            standing=bool(row.standing),
        )
        for row in rows[:limit]
    ]
    return items, items[-1].position if len(rows) > limit else None


def judged(snapshot: Snapshot, viewpoint: Viewpoint, actor: str) -> tuple[Judged, ...]:
    """The newest judgements on an actor, by (earliest, place)."""
    asked = values_of(viewpoint, actor=actor, most=JUDGED_SHOWN)
    return tuple(
        Judged(
            actor=row.other,
            judgement=row.judgement,
            event=row.event_id,
            claimant=row.claimant,
            modality=row.modality,
            occurred=row.occurred,
            standing=bool(row.standing),
        )
        for row in reversed(snapshot.rows(_judged(snapshot.models), asked))
    )


def beside(
    snapshot: Snapshot, viewpoint: Viewpoint, found: Iterable[ActorName]
) -> list[ActorFound]:
    """Actors, each with those that a standing judgement says are the same, by id."""
    actors = list(found)
    asked = values_of(viewpoint, ids=[actor.id for actor in actors])
    held: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in snapshot.rows(_opinions(snapshot.models), asked):
        held[row.actor][row.other][row.judgement] = row.claimants
    twins = {
        actor: [other for other, given in sorted(others.items()) if "same" in given][:TWINS_SHOWN]
        for actor, others in held.items()
    }
    everybody = {twin for several in twins.values() for twin in several}
    names = {name.id: name for name in named(snapshot, viewpoint, everybody)}
    return [
        ActorFound(
            actor.id,
            actor.name,
            actor.kind,
            tuple(_twin(names[twin], held[actor.id][twin]) for twin in twins.get(actor.id, ())),
        )
        for actor in actors
    ]


def _twin(name: ActorName, held: dict[str, int]) -> Twin:
    opinions = Opinions(held["same"], held.get("different", 0), held.get("unsure", 0))
    return Twin(name.id, name.name, name.kind, opinions)


@cache
def _judgements(rm: ReadModels, *, of_actor: bool, of_kind: bool) -> Select[Any]:
    """A page of judgements by position, each once."""
    table = rm.judgements
    after = table.c.position > bindparam("after", type_=LONG)
    statement = select(table, _standing(rm)).where(known(table), after)
    if of_actor:
        statement = statement.where(table.c.actor == bindparam("actor", type_=KEY))
    else:
        statement = statement.where(table.c.number == 0)
    if of_kind:
        statement = statement.where(table.c.judgement == bindparam("judgement", type_=KEY))
    return statement.order_by(table.c.position).limit(bindparam("most"))


@cache
def _judged(rm: ReadModels) -> Select[Any]:
    """The judgements on an actor, newest first."""
    table = rm.judgements
    on_actor = table.c.actor == bindparam("actor", type_=KEY)
    newest = select(table, _standing(rm)).where(on_actor, known(table))
    return newest.order_by(table.c.begin_key.desc()).limit(bindparam("most"))


@cache
def _opinions(rm: ReadModels) -> Select[Any]:
    """How many claimants hold what of each actor and another."""
    table = rm.judgements
    one = (
        select(table.c.actor, table.c.other, table.c.judgement, _standing(rm))
        .where(among_bound(table.c.actor, "ids"), known(table))
        .subquery()
    )
    standing = select(one.c.actor, one.c.other, one.c.judgement, func.count().label("claimants"))
    return standing.where(one.c.standing).group_by(one.c.actor, one.c.other, one.c.judgement)


def _standing(rm: ReadModels) -> ColumnElement[bool]:
    """The claimant has judged the two no later."""
    table, later = rm.judgements, rm.judgements.alias()
    after = select(1).where(
        later.c.actor == table.c.actor,
        later.c.other == table.c.other,
        later.c.begin_key > table.c.begin_key,
        later.c.claimant.is_not_distinct_from(table.c.claimant),
        known(later),
    )
    return (~exists(after)).label("standing")
