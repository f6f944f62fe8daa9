"""Which alliances there were on a day, who was in them, and how they came about (DESIGN section 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any, Literal

from sqlalchemy import (
    CompoundSelect,
    Select,
    and_,
    bindparam,
    case,
    exists,
    or_,
    select,
    union_all,
)

from domain.answers import AllianceMember, AllianceState, AllianceStep
from domain.effects import ANY
from domain.viewpoint import Viewpoint
from infrastructure.bulk import among_bound
from infrastructure.questions.admission import (
    DAY,
    Condition,
    Filters,
    admitted,
    counts,
    filters_of,
    heard,
    left_out,
    values_of,
)
from infrastructure.questions.opened import open_sets
from infrastructure.questions.openness import possibly_open
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.standings import Opened, in_order, strength_of
from infrastructure.schema.metadata import KEY
from infrastructure.schema.read_models import ReadModels


class UnknownAlliance(Exception):
    """No live formation forms an alliance of this id at the position asked."""

    def __init__(self, alliance: str) -> None:
        super().__init__(f"no alliance is formed as {alliance}")
        self.id = alliance


def alliances(
    snapshot: Snapshot,
    viewpoint: Viewpoint,
    *,
    member: str | None = None,
    after: str | None = None,
    limit: int = 100,
) -> tuple[list[AllianceState], str | None]:
    """The known alliances by id after `after`, and the last id where there are more.

    `member`: only those in which this actor is, certainly or possibly, on the day.
    """
    statement = _formed(snapshot.models, filters_of(viewpoint), with_member=member is not None)
    asked = values_of(viewpoint, member=member, after=after or "", most=limit + 1)
    ids = list(snapshot.conn.scalars(statement, asked))
    page = ids[:limit]
    return _states(snapshot, viewpoint, page), page[-1] if len(ids) > limit else None


def alliance(
    snapshot: Snapshot, viewpoint: Viewpoint, alliance_id: str
) -> tuple[AllianceState, list[AllianceStep]]:
    """One alliance with its history. Raises UnknownAlliance."""
    one = values_of(viewpoint, alliance=alliance_id)
    if (
        snapshot.conn.execute(_formation(snapshot.models, filters_of(viewpoint)), one).first()
        is None
    ):
        raise UnknownAlliance(alliance_id)
    [state] = _states(snapshot, viewpoint, [alliance_id])
    rows: list[Any] = list(
        snapshot.conn.execute(_steps(snapshot.models, filters_of(viewpoint)), one)
    )
    rows.sort(key=lambda row: (row.earliest, row.place, _member(row.target) or "", row.position))
    return state, [
        AllianceStep(row.event_id, row.type, row.occurred, _member(row.target), row.reason is None)
        for row in rows
    ]


@cache
def _formed(rm: ReadModels, filters: Filters, *, with_member: bool) -> Select[Any]:
    """A page of the known alliances' ids."""
    formed, put = rm.formations, rm.sets.alias()
    statement = select(formed.c.alliance).where(
        heard(rm, formed, filters), formed.c.alliance > bindparam("after")
    )
    if with_member:
        belongs = select(1).where(
            put.c.source == formed.c.alliance,
            put.c.target == bindparam("member"),
            put.c.kind == "membership",
            admitted(rm, put, filters),
            possibly_open(rm, put, filters),
        )
        statement = statement.where(exists(belongs))
    return statement.distinct().order_by(formed.c.alliance).limit(bindparam("most"))


@cache
def _formation(rm: ReadModels, filters: Filters) -> Select[Any]:
    formed = rm.formations
    live = formed.c.alliance == bindparam("alliance"), heard(rm, formed, filters)
    return select(formed.c.position).where(*live).limit(1)


def _states(snapshot: Snapshot, viewpoint: Viewpoint, ids: Sequence[str]) -> list[AllianceState]:
    rows: dict[tuple[str, str], list[Opened]] = defaultdict(list)
    for row in open_sets(snapshot, viewpoint, _pledges, ids):
        rows[row.source, row.kind].append(row)
    names = _names_by(snapshot, viewpoint, ids)
    states = []
    for alliance_id in ids:
        begun = (row.target for row in rows[alliance_id, "obligation"] if row.certain)
        obligations = in_order(begun)
        members = _members(rows[alliance_id, "membership"])
        states.append(
            AllianceState(
                id=alliance_id,
                name=names.get(alliance_id),
                obligations=obligations,
                strength=strength_of(obligations),
                members=members,
                in_force=[one.certainty for one in members].count("certain") >= 2,
            )
        )
    return states


def _pledges(rm: ReadModels) -> Condition:
    """The memberships and obligations of some alliances."""
    kinds = rm.sets.c.kind.in_(("membership", "obligation"))
    return among_bound(rm.sets.c.source, "ids") & kinds


def _members(rows: Sequence[Opened]) -> tuple[AllianceMember, ...]:
    """Each member since its earliest open set, certain ones by the certain reading."""
    since: dict[str, tuple[str, Literal["certain", "possible"]]] = {}
    for row in rows:
        found = since.get(row.target)
        if found is None or (row.certain and found[1] == "possible"):
            since[row.target] = (row.occurred, "certain" if row.certain else "possible")
    return tuple(AllianceMember(actor, *since[actor]) for actor in sorted(since))


def _names_by(snapshot: Snapshot, viewpoint: Viewpoint, ids: Sequence[str]) -> dict[str, str]:
    """The name of the latest formation begun by the day, else of the first that gives one."""
    names: dict[str, str] = {}
    statement = _names(snapshot.models, filters_of(viewpoint))
    for row in snapshot.conn.execute(statement, values_of(viewpoint, ids=ids)):
        if row.begun or row.alliance not in names:
            names[row.alliance] = row.name
    return names


@cache
def _names(rm: ReadModels, filters: Filters) -> Select[Any]:
    formed = rm.formations
    begun = case((formed.c.latest <= DAY, 1), else_=0).label("begun")
    named = among_bound(formed.c.alliance, "ids"), formed.c.name.is_not(None)
    return (
        select(formed.c.alliance, formed.c.name, begun)
        .where(*named, heard(rm, formed, filters), counts(formed))
        .order_by(formed.c.latest, formed.c.place, formed.c.position)
    )


@cache
def _steps(rm: ReadModels, filters: Filters) -> CompoundSelect[Any]:
    """Who came and left, dissolved members included."""
    alliance_id = bindparam("alliance", type_=KEY)
    put = rm.sets.alias()
    ever_in = select(put.c.target).where(
        put.c.source == alliance_id, put.c.kind == "membership", heard(rm, put, filters)
    )
    dissolved = and_(rm.closes.c.source == ANY, rm.closes.c.target.in_(ever_in))
    lines = {
        rm.sets: rm.sets.c.source == alliance_id,
        rm.closes: or_(rm.closes.c.source == alliance_id, dissolved),
    }
    return union_all(
        *(
            select(
                table.c.earliest,
                table.c.place,
                table.c.position,
                table.c.target,
                table.c.event_id,
                table.c.type,
                table.c.occurred,
                left_out(rm, table, filters).label("reason"),
            ).where(line, table.c.kind == "membership", heard(rm, table, filters))
            for table, line in lines.items()
        )
    )


def _member(target: str) -> str | None:
    return None if target == ANY else target
