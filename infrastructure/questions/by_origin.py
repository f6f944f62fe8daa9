"""What each origin tells of a pair's lines, as far as it can matter which origins there are.

Of all that one origin sets on a line, and closes on it, only the greatest counts while the origin
does. So the rows of a pair are weighed up by the database, and few come back however many there
are. Claims that ended, or are denied by the actor whose account is asked for, come one by one:
whether they count depends on other origins too.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select

from infrastructure.questions.admission import (
    ACCORDING_TO,
    DAY,
    POSITION,
    Filters,
    filters_of,
    known_to,
    told_by,
)
from infrastructure.questions.board import Told
from infrastructure.questions.touching import Asked, touched
from infrastructure.schema.read_models import ReadModels


def told_by_origin(asked: Asked) -> list[Told]:
    """The effects that have taken hold by the day: one for many of an origin that always count."""
    rm, filters = asked.snapshot.models, filters_of(asked.viewpoint)
    return [
        Told(*row)
        for table, closes in ((rm.sets, False), (rm.closes, True))
        for row in asked.snapshot.rows(
            _weighed(rm, table, filters, closes=closes, many=asked.many), asked.values()
        )
    ]


@cache
def _weighed(
    rm: ReadModels, table: Any, filters: Filters, *, closes: bool, many: bool
) -> Select[Any]:
    level = table.c.low if closes else table.c.level
    most = table.c.high if closes else table.c.level
    since = table.c.earliest if closes else table.c.latest
    key = table.c.latest_key if closes else table.c.begin_key
    until = known_to(rm, table, filters)
    line = table.c.kind, table.c.source, table.c.target, table.c.programme
    one_by_one = case((_always(rm, table, until, filters), literal(0)), else_=table.c.position)
    return (
        select(
            literal(int(closes)).label("closes"),
            func.max(table.c.event_id).label("event_id"),
            func.max(table.c.claimant).label("claimant"),
            table.c.voice,
            func.max(table.c.place).label("place"),
            func.max(table.c.position).label("position"),
            func.max(until).label("known_to"),
            *line,
            level.label("low"),
            most.label("high"),
            func.min(since).label("since"),
            func.max(key).label("key"),
        )
        .where(touched(rm, table, many=many), told_by(rm, table, filters), since <= DAY)
        .group_by(*line, level, most, table.c.voice, one_by_one)
    )


def _always(
    rm: ReadModels, table: Any, until: ColumnElement[int], filters: Filters
) -> ColumnElement[bool]:
    """The claim counts as long as its origin does."""
    if not filters.according_to:
        return until > POSITION
    denial = rm.denials.alias()
    named = denial.c.place == table.c.place, denial.c.claimant == ACCORDING_TO
    # By its index for each claim: PostgreSQL would read all denials to answer an EXISTS here.
    denied = select(denial.c.position).where(*named).limit(1).scalar_subquery()
    return and_(until > POSITION, denied.is_(None))
