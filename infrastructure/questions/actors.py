"""Who the actors are: found by name, and each with its names, memberships and lineage."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any, cast

from sqlalchemy import Row, Select, bindparam, or_, select

from domain.answers import ActorName, ActorState, DatedName, Succession, UmbrellaMembership
from domain.effects import ANY
from domain.viewpoint import Viewpoint
from domain.vocabulary import ActorDissolved, MembershipStarted
from infrastructure.codec import event_of
from infrastructure.event_store import reading
from infrastructure.questions.admission import (
    Filters,
    counting,
    counts,
    known,
    values_of,
)
from infrastructure.questions.judgements import judged
from infrastructure.questions.openness import first_closer
from infrastructure.questions.registrations import named, require_known
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.metadata import KEY
from infrastructure.schema.read_models import ReadModels
from infrastructure.words import words_of

ACTOR = bindparam("actor", type_=KEY)
UMBRELLA_KINDS = ("umbrella", "claimed-umbrella")
NO_FILTERS = Filters(False, False, False, False, False)
MOST_WORDS = 10
"""So many words of a name that is searched for are looked at."""
BEYOND = "\U0010ffff"
"""Sorts after every sign that a word may go on with."""


def actors(
    snapshot: Snapshot,
    viewpoint: Viewpoint,
    *,
    name: str | None = None,
    kind: str | None = None,
    after: str | None = None,
    limit: int = 100,
) -> tuple[list[ActorName], str | None]:
    """Actors registered at the viewpoint's position, by id; and the last id where there are more.

    `after`: go on after this id. `name`: each of its words must begin a word of the actor's
    names, case and accents apart. `kind`: actors registered as this kind.
    """
    words = words_of(name)[:MOST_WORDS] if name is not None else []
    if name is not None and not words:
        return [], None
    bounds = {f"from{n}": word for n, word in enumerate(words)}
    bounds |= {f"below{n}": word + BEYOND for n, word in enumerate(words)}
    asked = values_of(viewpoint, after=after or "", kind=kind, most=limit + 1, **bounds)
    statement = _found(snapshot.models, len(words), with_kind=kind is not None)
    ids = list(snapshot.conn.scalars(statement, asked))
    page = ids[:limit]
    return named(snapshot, viewpoint, page), page[-1] if len(ids) > limit else None


def actor(snapshot: Snapshot, viewpoint: Viewpoint, actor_id: str) -> ActorState:
    """Everything known of one actor. Raises UnknownActors."""
    [now] = named(snapshot, viewpoint, [actor_id])
    registration = require_known(snapshot, viewpoint.position, [actor_id])[actor_id]
    stays = _stays(snapshot, viewpoint, actor_id)
    asked = values_of(viewpoint, actor=actor_id)
    lineage = snapshot.conn.execute(_successions(snapshot.models), asked).all()
    return ActorState(
        id=actor_id,
        name=now.name,
        kind=registration.kind,
        country=registration.country,
        names=_names(snapshot, viewpoint, registration),
        identifiers=json.loads(registration.identifiers),
        memberships=tuple(
            UmbrellaMembership(row.source, status, row.occurred, row.until)
            for row, status in stays
            if row.target == actor_id
        ),
        members=tuple(
            UmbrellaMembership(row.target, status, row.occurred, row.until)
            for row, status in stays
            if row.source == actor_id
        ),
        predecessors=tuple(
            Succession(row.predecessor, row.continuity, row.occurred)
            for row in lineage
            if row.successor == actor_id
        ),
        successors=tuple(
            Succession(row.successor, row.continuity, row.occurred)
            for row in lineage
            if row.predecessor == actor_id
        ),
        dissolved=snapshot.conn.execute(_dissolved(snapshot.models), asked).scalar(),
        judged=judged(snapshot, viewpoint, actor_id),
    )


@cache
def _found(rm: ReadModels, words: int, *, with_kind: bool) -> Select[Any]:
    """A page of the ids of known actors, of a kind, with names of so many words."""
    table = rm.registrations
    statement = select(table.c.actor).where(known(table), table.c.actor > bindparam("after"))
    if with_kind:
        statement = statement.where(table.c.kind == bindparam("kind"))
    for n in range(words):
        named_so = rm.name_words.alias()
        begins = named_so.c.word >= bindparam(f"from{n}"), named_so.c.word < bindparam(f"below{n}")
        having = select(named_so.c.actor).where(*begins, known(named_so))
        statement = statement.where(table.c.actor.in_(having))
    return statement.distinct().order_by(table.c.actor).limit(bindparam("most"))


def _names(
    snapshot: Snapshot, viewpoint: Viewpoint, registration: Row[Any]
) -> tuple[DatedName, ...]:
    """The registration's names, then every later one by (earliest, place)."""
    begun = registration.occurred
    names = [DatedName(registration.name, None, begun)]
    names += [
        DatedName(other["name"], other["language"], begun)
        for other in json.loads(registration.names)
    ]
    asked = values_of(viewpoint, actor=registration.actor)
    later = snapshot.conn.execute(_later_names(snapshot.models), asked)
    names += [DatedName(row.name, row.language, row.occurred) for row in later]
    return tuple(names)


@cache
def _later_names(rm: ReadModels) -> Select[Any]:
    table = rm.renamings
    return (
        select(table.c.name, table.c.language, table.c.occurred)
        .where(table.c.actor == ACTOR, known(table))
        .order_by(table.c.earliest, table.c.place)
    )


def _stays(
    snapshot: Snapshot, viewpoint: Viewpoint, actor_id: str
) -> Sequence[tuple[Row[Any], str]]:
    """Umbrella memberships of and under the actor by (earliest, place), each with its status."""
    at_the_end = replace(viewpoint, valid_at=date.max)  # by then every close has acted
    asked = values_of(at_the_end, actor=actor_id)
    rows = snapshot.conn.execute(_umbrellas(snapshot.models), asked).all()
    stored = reading.at(snapshot.conn, [row.position for row in rows])
    status = {one.position: cast("MembershipStarted", event_of(one).data).as_ for one in stored}
    return [(row, status[row.position]) for row in rows]


@cache
def _umbrellas(rm: ReadModels) -> Select[Any]:
    sets, close = rm.sets, rm.closes.alias()
    until = first_closer(rm, sets, NO_FILTERS, close, close.c.occurred, admission=counting)
    return (
        select(sets.c.source, sets.c.target, sets.c.occurred, sets.c.position, until.label("until"))
        .where(
            or_(sets.c.source == ACTOR, sets.c.target == ACTOR),
            sets.c.kind.in_(UMBRELLA_KINDS),
            counting(rm, sets, NO_FILTERS),
        )
        .order_by(sets.c.begin_key)
    )


@cache
def _successions(rm: ReadModels) -> Select[Any]:
    table = rm.successions
    touching = or_(table.c.predecessor == ACTOR, table.c.successor == ACTOR)
    order = table.c.earliest, table.c.place, table.c.number
    return select(table).where(touching, known(table)).order_by(*order)


@cache
def _dissolved(rm: ReadModels) -> Select[Any]:
    """When the actor was first dissolved, as its event gives it."""
    table = rm.closes
    every_line = table.c.source == ACTOR, table.c.target == ANY, table.c.kind == "umbrella"
    dissolving = table.c.type == ActorDissolved.TYPE, known(table), counts(table)
    first = select(table.c.occurred).where(*every_line, *dissolving)
    return first.order_by(table.c.earliest, table.c.place).limit(1)
