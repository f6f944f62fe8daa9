"""Which incidents there were: by id, with their days, places, actors and claimants.

An account is a live report that the viewpoint admits and that may have begun by `valid_at`. An incident is
listed where it has one; asked for by its id, it is answered as long as anything known reports it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import FromClause, Integer, Select, Subquery, and_, bindparam, func, literal, select

from domain.event import Place
from domain.incidents import MOST_NAMED, IncidentFilter, IncidentSummary
from domain.viewpoint import Viewpoint
from infrastructure.bulk import among_bound
from infrastructure.questions.admission import (
    DAY,
    Condition,
    Filters,
    filters_of,
    left_out,
    live,
    values_of,
)
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.metadata import KEY
from infrastructure.schema.read_models import ReadModels

AFTER = bindparam("after", type_=KEY)


def incidents(
    snapshot: Snapshot,
    viewpoint: Viewpoint,
    wanted: IncidentFilter,
    *,
    after: str | None = None,
    limit: int = 100,
) -> tuple[list[IncidentSummary], str | None]:
    """The incidents with an account, by id after `after`, and the last id where there are more."""
    kinds = {
        "actor": wanted.actor,
        "claimant": wanted.claimant,
        "days": wanted.occurred_from or wanted.occurred_to,
    }
    asked = values_of(
        viewpoint,
        after=after or "",
        most=limit + 1,
        actor=wanted.actor,
        claimant=wanted.claimant,
        first=(wanted.occurred_from or date.min).toordinal(),
        last=(wanted.occurred_to or date.max).toordinal(),
    )
    statement = _listed(
        snapshot.models, filters_of(viewpoint), tuple(kind for kind, one in kinds.items() if one)
    )
    ids = list(snapshot.conn.scalars(statement, asked))
    page = ids[:limit]
    return summaries(snapshot, viewpoint, page), page[-1] if len(ids) > limit else None


def reports_of(rm: ReadModels) -> Subquery:
    """The reports as admission reads claims: that an event reports is never itself an allegation."""
    table = rm.incident_reports
    return select(*table.c, literal(0, Integer).label("alleged")).subquery()


def shown(rm: ReadModels, rows: FromClause, filters: Filters) -> Condition:
    """The row is an account of its incident."""
    admitted = left_out(rm, rows, filters).is_(None)
    return and_(live(rm, rows, filters), rows.c.earliest <= DAY, admitted)


@cache
def _listed(rm: ReadModels, filters: Filters, kinds: tuple[str, ...]) -> Select[Any]:
    """A page of the ids of incidents with an account, and one of each kind that is asked for."""
    rows = reports_of(rm)
    statement = select(rows.c.incident).where(rows.c.incident > AFTER, shown(rm, rows, filters))
    for kind in kinds:
        of_kind = reports_of(rm)
        having = select(of_kind.c.incident).where(
            _KINDS[kind](rm, of_kind), of_kind.c.incident > AFTER, shown(rm, of_kind, filters)
        )
        statement = statement.where(rows.c.incident.in_(having))
    return statement.distinct().order_by(rows.c.incident).limit(bindparam("most"))


def _names_actor(rm: ReadModels, rows: FromClause) -> Condition:
    named = rm.incident_actors.alias()
    actor = named.c.actor == bindparam("actor", type_=KEY)
    return rows.c.position.in_(select(named.c.position).where(actor, named.c.incident > AFTER))


def _by_claimant(_rm: ReadModels, rows: FromClause) -> Condition:
    return rows.c.claimant == bindparam("claimant", type_=KEY)


def _within_days(_rm: ReadModels, rows: FromClause) -> Condition:
    """It may have happened on one of the days."""
    begun = rows.c.earliest <= bindparam("last", type_=Integer())
    return and_(begun, rows.c.ended >= bindparam("first", type_=Integer()))


_KINDS: dict[str, Callable[[ReadModels, FromClause], Condition]] = {
    "actor": _names_actor,
    "claimant": _by_claimant,
    "days": _within_days,
}


def summaries(
    snapshot: Snapshot, viewpoint: Viewpoint, ids: Sequence[str]
) -> list[IncidentSummary]:
    """The incidents of these ids, whether or not they have an account, in their order."""
    rm, filters, asked = snapshot.models, filters_of(viewpoint), values_of(viewpoint, ids=ids)
    spans = {row.incident: row for row in snapshot.conn.execute(_spans(rm, filters), asked)}
    places, actors, claimants = (
        _grouped(snapshot, statement(rm, filters), asked)
        for statement in (_places, _actors, _claimants)
    )
    return [
        IncidentSummary(
            id=one,
            first_day=_day(spans[one].first) if one in spans else None,
            last_day=_day(spans[one].last) if one in spans else None,
            places=tuple(Place(**json.loads(site)) for site in places[one]),
            actors=tuple(actors[one]),
            claimants=tuple(claimants[one]),
            account_count=spans[one].accounts if one in spans else 0,
        )
        for one in ids
    ]


def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def _grouped(
    snapshot: Snapshot, statement: Select[Any], asked: Mapping[str, Any]
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for incident_id, value in snapshot.conn.execute(statement, asked):
        found[incident_id].append(value)
    return found


@cache
def _spans(rm: ReadModels, filters: Filters) -> Select[Any]:
    """The days and the number of the accounts of some incidents."""
    rows = reports_of(rm)
    return (
        select(
            rows.c.incident,
            func.min(rows.c.earliest).label("first"),
            func.max(rows.c.ended).label("last"),
            func.count().label("accounts"),
        )
        .where(among_bound(rows.c.incident, "ids"), shown(rm, rows, filters))
        .group_by(rows.c.incident)
    )


@cache
def _places(rm: ReadModels, filters: Filters) -> Select[Any]:
    rows = reports_of(rm)
    placed = among_bound(rows.c.incident, "ids"), shown(rm, rows, filters), rows.c.site.is_not(None)
    found = select(rows.c.incident, rows.c.site.label("value"), rows.c.position).where(*placed)
    return _first_few(found)


@cache
def _claimants(rm: ReadModels, filters: Filters) -> Select[Any]:
    rows = reports_of(rm)
    claimed = rows.c.claimant.is_not(None), shown(rm, rows, filters)
    value = rows.c.claimant.label("value")
    found = select(rows.c.incident, value, value.label("position"))
    return _first_few(found.where(among_bound(rows.c.incident, "ids"), *claimed))


@cache
def _actors(rm: ReadModels, filters: Filters) -> Select[Any]:
    rows, named = reports_of(rm), rm.incident_actors
    value = named.c.actor.label("value")
    found = select(named.c.incident, value, value.label("position")).join(
        rows, rows.c.position == named.c.position
    )
    return _first_few(found.where(among_bound(named.c.incident, "ids"), shown(rm, rows, filters)))


def _first_few(found: Select[Any]) -> Select[Any]:
    """Each value once and at most MOST_NAMED of each incident, by the least `position` of each."""
    every = found.subquery()
    first = func.min(every.c.position).label("first")
    once = select(every.c.incident, every.c.value, first).group_by(every.c.incident, every.c.value)
    each = once.subquery()
    order = func.row_number().over(partition_by=each.c.incident, order_by=each.c.first)
    numbered = select(each.c.incident, each.c.value, order.label("number")).subquery()
    few = select(numbered.c.incident, numbered.c.value).where(numbered.c.number <= MOST_NAMED)
    return few.order_by(numbered.c.incident, numbered.c.number)
