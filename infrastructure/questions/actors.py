"""Who the actors are: found by name, and each with its names, memberships and lineage."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, cast

from sqlalchemy import Connection, Row, and_, or_, select

from domain.answers import ActorName, ActorState, DatedName, Succession, UmbrellaMembership
from domain.effects import ANY
from domain.viewpoint import Viewpoint
from domain.vocabulary import MembershipStarted
from infrastructure.codec import event_of
from infrastructure.event_store import reading
from infrastructure.questions.admission import counts, known
from infrastructure.questions.openness import counting, first_closer
from infrastructure.questions.registrations import named, require_known
from infrastructure.schema import read_models as rm
from infrastructure.words import words_of

UMBRELLA_KINDS = ("umbrella", "claimed-umbrella")


def actors(
    conn: Connection,
    viewpoint: Viewpoint,
    *,
    name: str | None = None,
    kind: str | None = None,
    after: str | None = None,
    limit: int = 100,
) -> tuple[list[ActorName], str | None]:
    """The known actors by id after `after`, and the last id where there are more.

    `name`: each of its words must begin a word of one of the actor's names, case and accents
    apart; `kind`: actors registered as this kind.
    """
    table = rm.registrations
    statement = select(table.c.actor).where(_speaks(table, viewpoint))
    if after is not None:
        statement = statement.where(table.c.actor > after)
    if kind is not None:
        statement = statement.where(table.c.kind == kind)
    for word in words_of(name) if name is not None else ():
        words = rm.name_words
        begins = and_(words.c.word >= word, words.c.word < word + "\U0010ffff")
        having = select(words.c.actor).where(begins, _speaks(words, viewpoint))
        statement = statement.where(table.c.actor.in_(having))
    statement = statement.distinct().order_by(table.c.actor).limit(limit + 1)
    ids = list(conn.scalars(statement))
    page = ids[:limit]
    return named(conn, viewpoint, page), page[-1] if len(ids) > limit else None


def actor(conn: Connection, viewpoint: Viewpoint, actor_id: str) -> ActorState:
    """Everything known of one actor. Raises UnknownActors."""
    [now] = named(conn, viewpoint, [actor_id])
    registration = require_known(conn, viewpoint.position, [actor_id])[actor_id]
    stays = _stays(conn, viewpoint, actor_id)
    lineage = _successions(conn, viewpoint, actor_id)
    return ActorState(
        id=actor_id,
        name=now.name,
        kind=registration.kind,
        country=registration.country,
        names=_names(conn, viewpoint, registration),
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
        dissolved=_dissolved(conn, viewpoint, actor_id),
    )


def _speaks(table: Any, viewpoint: Viewpoint) -> Any:
    """Rows live at the position, or that became known after it."""
    return or_(table.c.known_to > viewpoint.position, table.c.position > viewpoint.position)


def _names(conn: Connection, viewpoint: Viewpoint, registration: Row[Any]) -> tuple[DatedName, ...]:
    """The registration's names, then every later one by (earliest, place)."""
    begun = registration.occurred
    names = [DatedName(registration.name, None, begun)]
    names += [
        DatedName(other["name"], other["language"], begun)
        for other in json.loads(registration.names)
    ]
    table = rm.renamings
    later = (
        select(table.c.name, table.c.language, table.c.occurred)
        .where(table.c.actor == registration.actor, known(table, viewpoint))
        .order_by(table.c.earliest, table.c.place)
    )
    names += [DatedName(row.name, row.language, row.occurred) for row in conn.execute(later)]
    return tuple(names)


def _stays(conn: Connection, viewpoint: Viewpoint, actor_id: str) -> Sequence[tuple[Row[Any], str]]:
    """Umbrella memberships of and under the actor by (earliest, place), each with its status."""
    sets, close = rm.sets, rm.closes.alias()
    for_ever = replace(viewpoint, valid_at=date.max)
    until = first_closer(sets, for_ever, close.c.occurred, close, counting)
    rows = conn.execute(
        select(sets.c.source, sets.c.target, sets.c.occurred, sets.c.position, until.label("until"))
        .where(
            or_(sets.c.source == actor_id, sets.c.target == actor_id),
            sets.c.kind.in_(UMBRELLA_KINDS),
            counting(sets, viewpoint),
        )
        .order_by(sets.c.begin_key)
    ).all()
    stored = reading.at(conn, [row.position for row in rows])
    status = {one.position: cast(MembershipStarted, event_of(one).data).as_ for one in stored}
    return [(row, status[row.position]) for row in rows]


def _successions(conn: Connection, viewpoint: Viewpoint, actor_id: str) -> Sequence[Row[Any]]:
    table = rm.successions
    touching = or_(table.c.predecessor == actor_id, table.c.successor == actor_id)
    return conn.execute(
        select(table)
        .where(touching, known(table, viewpoint))
        .order_by(table.c.earliest, table.c.place, table.c.number)
    ).all()


def _dissolved(conn: Connection, viewpoint: Viewpoint, actor_id: str) -> str | None:
    """When the actor was first dissolved, as its event gives it."""
    table = rm.closes
    return conn.execute(
        select(table.c.occurred)
        .where(
            table.c.source == actor_id,
            table.c.target == ANY,
            table.c.kind == "umbrella",
            table.c.type == "ActorDissolved",
            known(table, viewpoint),
            counts(table),
        )
        .order_by(table.c.earliest, table.c.place)
        .limit(1)
    ).scalar()
