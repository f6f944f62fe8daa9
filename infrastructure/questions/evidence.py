"""Every event that touches a pair, a page at a time, with what became of its effects (DESIGN section 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Select,
    Table,
    bindparam,
    literal,
    null,
    select,
    union,
    union_all,
)

from domain.answers import EvidenceItem, ExplainedEffect
from domain.viewpoint import Viewpoint
from infrastructure.bulk import among_bound
from infrastructure.questions.admission import (
    DAY,
    Filters,
    filters_of,
    heard,
    known_to,
    left_out,
    values_of,
)
from infrastructure.questions.openness import certainly_open, first_closer, possibly_open
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.touching import Asked, touched
from infrastructure.schema.metadata import LONG
from infrastructure.schema.read_models import ReadModels
from infrastructure.schema.segments import PAIR_KINDS


def evidence(asked: Asked, after: int, limit: int) -> tuple[tuple[EvidenceItem, ...], int | None]:
    """`limit` of the events that touch the pair after position `after`; and the last, if more follow."""
    snapshot, viewpoint, many = asked.snapshot, asked.viewpoint, asked.many
    rm = snapshot.models
    bound = asked.values(after=after, most=limit + 1)
    positions = [row.position for row in snapshot.rows(_positions(rm, many=many), bound)]
    page = positions[:limit]
    effects: dict[int, list[Any]] = defaultdict(list)
    statement = _effects(rm, filters_of(viewpoint), many=many)
    found = snapshot.rows(statement, {**bound, "page": page})
    for row in sorted(found, key=lambda row: row.number):
        effects[row.position].append(row)
    reports = snapshot.rows(_reports(rm, filters_of(viewpoint)), {**bound, "page": page})
    places = sorted({report.place for report in reports})
    denied, corroborated = (
        _claimants(snapshot, viewpoint, table, places) for table in (rm.denials, rm.corroborations)
    )
    items = tuple(
        _item(
            asked,
            report,
            effects[report.position],
            denied[report.place],
            corroborated[report.place],
        )
        for report in reports
    )
    return items, page[-1] if len(positions) > limit else None


@cache
def _positions(rm: ReadModels, *, many: bool) -> Select[Any]:
    """A page of the positions of events that touch the pair."""
    after = bindparam("after", type_=LONG)
    found = union(
        *(
            select(table.c.position).where(touched(rm, table, many=many), table.c.position > after)
            for table in (rm.sets, rm.closes)
        )
    ).subquery()
    page = select(found.c.position).order_by(found.c.position)
    return page.limit(bindparam("most", type_=LONG))


@cache
def _reports(rm: ReadModels, filters: Filters) -> Select[Any]:
    table = rm.reports
    until = known_to(rm, table, filters).label("until")
    shown = select(table, until).where(among_bound(table.c.position, "page"))
    return shown.order_by(table.c.position)


@cache
def _effects(rm: ReadModels, filters: Filters, *, many: bool) -> CompoundSelect[Any]:
    """The effects on the pair's lines of the events on a page."""
    sets, closes, close = rm.sets, rm.closes, rm.closes.alias()
    opened = select(
        *_shown(rm, sets, filters),
        literal("set").label("move"),
        sets.c.level.label("low"),
        sets.c.level.label("high"),
        literal(0).label("rank"),
        certainly_open(rm, sets, filters).label("certain"),
        possibly_open(rm, sets, filters).label("possible"),
        first_closer(rm, sets, filters, close, close.c.event_id).label("closed_by"),
    ).where(touched(rm, sets, many=many), among_bound(sets.c.position, "page"))
    closed = select(
        *_shown(rm, closes, filters),
        literal("close").label("move"),
        closes.c.low,
        closes.c.high,
        closes.c.rank,
        (closes.c.latest <= DAY).label("certain"),
        (closes.c.earliest <= DAY).label("possible"),
        null().label("closed_by"),
    ).where(touched(rm, closes, many=many), among_bound(closes.c.position, "page"))
    return union_all(opened, closed)


def _shown(rm: ReadModels, table: Any, filters: Filters) -> tuple[Any, ...]:
    return (
        table.c.position,
        table.c.number,
        table.c.rule,
        table.c.kind,
        table.c.source,
        table.c.target,
        table.c.programme,
        table.c.alleged,
        table.c.earliest,
        left_out(rm, table, filters).label("reason"),
    )


def _item(
    asked: Asked,
    report: Any,
    effects: Sequence[Any],
    denied_by: Sequence[str | None],
    corroborated_by: Sequence[str | None],
) -> EvidenceItem:
    live = report.until > asked.viewpoint.position
    admitted = live and any(effect.reason is None for effect in effects)
    reason = None if admitted else effects[0].reason if live else report.ended_how
    return EvidenceItem(
        event=report.event_id,
        type=report.type,
        position=report.position,
        place=report.place,
        occurred=report.occurred,
        earliest=_day(report.earliest),
        latest=_day(report.latest),
        ended=_day(report.ended),
        claimant=report.claimant,
        publisher=report.publisher,
        modality=report.modality,
        reliability=report.reliability,
        credibility=report.credibility,
        origin=report.origin,
        admitted=admitted,
        reason=reason,
        ended_by=None if live else report.ended_by,
        denied_by=tuple(denied_by),
        corroborated_by=tuple(corroborated_by),
        via=tuple(_via(asked, effects)),
        effects=tuple(_effect(asked.viewpoint, effect, live=live) for effect in effects),
    )


def _via(asked: Asked, effects: Sequence[Any]) -> list[str]:
    """The actors other than the pair on whose lines the effects are, by id."""
    found: set[str] = set()
    for effect in effects:
        if effect.kind in PAIR_KINDS:
            found |= {effect.source, effect.target}
        elif effect.kind == "membership":
            found.add(effect.target)
    one, other = asked.sides
    return sorted(actor for actor in found.difference(asked.pair) if actor in one or actor in other)


def _effect(viewpoint: Viewpoint, row: Any, *, live: bool) -> ExplainedEffect:
    begun = row.earliest <= viewpoint.valid_at.toordinal()
    state: Any = "left-out"
    if live and row.reason is None:
        open_now, perhaps, otherwise = (
            ("open", "possible", "closed")
            if row.move == "set"
            else ("acting", "possibly-acting", "not-begun")
        )
        state = open_now if row.certain else perhaps if row.possible else otherwise
        state = state if begun else "not-begun"
    return ExplainedEffect(
        rule=row.rule,
        move=row.move,
        line=row.kind,
        source=row.source,
        target=row.target,
        programme=row.programme,
        low=row.low,
        high=row.high,
        rank=row.rank,
        alleged=bool(row.alleged),
        state=state,
        closed_by=row.closed_by if begun and state != "left-out" else None,
    )


def _claimants(
    snapshot: Snapshot, viewpoint: Viewpoint, table: Table, places: Sequence[int]
) -> dict[int, list[str | None]]:
    """Who denies or corroborates each correction chain, by position."""
    claimants: dict[int, list[str | None]] = defaultdict(list)
    statement = _reactions(snapshot.models, table, filters_of(viewpoint))
    for row in snapshot.rows(statement, values_of(viewpoint, places=places)):
        claimants[row.place].append(row.claimant)
    return claimants


@cache
def _reactions(rm: ReadModels, table: Table, filters: Filters) -> Select[Any]:
    return (
        select(table.c.place, table.c.claimant)
        .where(among_bound(table.c.place, "places"), heard(rm, table, filters))
        .order_by(table.c.position)
    )


def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()
