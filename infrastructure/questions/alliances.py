"""Which alliances there were on a day, who was in them, and how they came about (DESIGN section 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import Connection, and_, case, exists, or_, select, union_all

from domain.answers import AllianceMember, AllianceState, AllianceStep
from domain.effects import ANY
from domain.viewpoint import Viewpoint
from infrastructure.bulk import among
from infrastructure.questions.admission import admitted, counts, known, left_out
from infrastructure.questions.alignments import open_sets
from infrastructure.questions.openness import possibly_open
from infrastructure.questions.standings import Opened, in_order, strength_of
from infrastructure.schema import read_models as rm


class UnknownAlliance(Exception):
    """No live formation forms an alliance of this id at the position asked."""

    def __init__(self, alliance: str) -> None:
        super().__init__(f"no alliance is formed as {alliance}")
        self.id = alliance


def alliances(
    conn: Connection,
    viewpoint: Viewpoint,
    *,
    member: str | None = None,
    after: str | None = None,
    limit: int = 100,
) -> tuple[list[AllianceState], str | None]:
    """The known alliances by id after `after`, and the last id where there are more.

    `member`: only those in which this actor is, certainly or possibly, on the day.
    """
    formed = rm.formations
    statement = select(formed.c.alliance).where(known(formed, viewpoint))
    if after is not None:
        statement = statement.where(formed.c.alliance > after)
    if member is not None:
        put = rm.sets.alias()
        belongs = select(1).where(
            put.c.kind == "membership",
            put.c.source == formed.c.alliance,
            put.c.target == member,
            admitted(put, viewpoint),
            possibly_open(put, viewpoint),
        )
        statement = statement.where(exists(belongs))
    statement = statement.distinct().order_by(formed.c.alliance).limit(limit + 1)
    ids = list(conn.scalars(statement))
    page = ids[:limit]
    return _states(conn, viewpoint, page), page[-1] if len(ids) > limit else None


def alliance(
    conn: Connection, viewpoint: Viewpoint, alliance_id: str
) -> tuple[AllianceState, list[AllianceStep]]:
    """One alliance with its history. Raises UnknownAlliance."""
    formed = rm.formations
    live = select(formed.c.position).where(
        formed.c.alliance == alliance_id, known(formed, viewpoint)
    )
    if conn.execute(live.limit(1)).first() is None:
        raise UnknownAlliance(alliance_id)
    [state] = _states(conn, viewpoint, [alliance_id])
    return state, _history(conn, viewpoint, alliance_id)


def _states(conn: Connection, viewpoint: Viewpoint, ids: Sequence[str]) -> list[AllianceState]:
    lines = rm.sets.c.kind.in_(("membership", "obligation")) & among(rm.sets.c.source, ids)
    rows: dict[tuple[str, str], list[Opened]] = defaultdict(list)
    for row in open_sets(conn, viewpoint, lines):
        rows[row.source, row.kind].append(row)
    names = _names(conn, viewpoint, ids)
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


def _members(rows: Sequence[Opened]) -> tuple[AllianceMember, ...]:
    """Each member since its earliest open set, certain ones by the certain reading."""
    since: dict[str, tuple[str, Literal["certain", "possible"]]] = {}
    for row in rows:
        found = since.get(row.target)
        if found is None or (row.certain and found[1] == "possible"):
            since[row.target] = (row.occurred, "certain" if row.certain else "possible")
    return tuple(AllianceMember(actor, *since[actor]) for actor in sorted(since))


def _names(conn: Connection, viewpoint: Viewpoint, ids: Sequence[str]) -> dict[str, str]:
    """The name of the latest formation begun by the day, else of the first that gives one."""
    formed = rm.formations
    begun = formed.c.latest <= viewpoint.valid_at.toordinal()
    statement = (
        select(formed.c.alliance, formed.c.name, case((begun, 1), else_=0).label("begun"))
        .where(
            among(formed.c.alliance, ids),
            formed.c.name.is_not(None),
            known(formed, viewpoint),
            counts(formed),
        )
        .order_by(formed.c.latest, formed.c.place)
    )
    names: dict[str, str] = {}
    for row in conn.execute(statement):
        if row.begun or row.alliance not in names:
            names[row.alliance] = row.name
    return names


def _history(conn: Connection, viewpoint: Viewpoint, alliance_id: str) -> list[AllianceStep]:
    """Who came and left, dissolved members included, by (earliest, place) and member."""
    put = rm.sets.alias()
    ever_in = select(put.c.target).where(
        put.c.source == alliance_id, put.c.kind == "membership", known(put, viewpoint)
    )
    steps = []
    for table in (rm.sets, rm.closes):
        lines = table.c.source == alliance_id
        if table is rm.closes:
            lines = or_(lines, and_(table.c.source == ANY, table.c.target.in_(ever_in)))
        steps.append(
            select(
                table.c.earliest,
                table.c.place,
                table.c.target,
                table.c.event_id,
                table.c.type,
                table.c.occurred,
                left_out(table, viewpoint).label("reason"),
            ).where(lines, table.c.kind == "membership", known(table, viewpoint))
        )
    rows: list[Any] = list(conn.execute(union_all(*steps)))
    rows.sort(key=lambda row: (row.earliest, row.place, _member(row.target) or ""))
    return [
        AllianceStep(row.event_id, row.type, row.occurred, _member(row.target), row.reason is None)
        for row in rows
    ]


def _member(target: str) -> str | None:
    return None if target == ANY else target
