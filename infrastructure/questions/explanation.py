"""Why two actors are aligned as they are: every event that touches the pair (DESIGN section 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    func,
    literal,
    null,
    or_,
    select,
    union,
    union_all,
)

from domain.answers import (
    ALLEGED_SHOWN,
    ActorName,
    AllegedAlignment,
    EvidenceItem,
    ExplainedEffect,
    Explanation,
    Hidden,
)
from domain.effects import ANY
from domain.viewpoint import NOT_ADMITTED, Viewpoint
from infrastructure.bulk import among_bound
from infrastructure.questions.admission import (
    DAY,
    POSITION,
    Condition,
    Filters,
    filters_of,
    known,
    left_out,
    values_of,
)
from infrastructure.questions.alignments import PAIR_KINDS, alignments
from infrastructure.questions.openness import certainly_open, first_closer, possibly_open
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.metadata import KEY, LONG
from infrastructure.schema.read_models import ReadModels

A, B = (bindparam(name, type_=KEY) for name in ("a", "b"))
"""The pair's actors."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A pair with its explanation; `next` is the position after which its evidence goes on."""

    actors: list[ActorName]
    explanation: Explanation
    next: int | None


def explain(
    snapshot: Snapshot, viewpoint: Viewpoint, a: str, b: str, *, after: int = 0, limit: int = 100
) -> Explained:
    """The pair's alignment, `limit` of its events after position `after`, and what is left out.

    Raises UnknownActors.
    """
    names, [alignment] = alignments(snapshot, viewpoint, [a, b])
    _, [alleged] = alignments(snapshot, replace(viewpoint, alleged=True), [a, b])
    pair = alignment.actors
    items, following = _evidence(snapshot, viewpoint, pair, after, limit)
    asked = values_of(viewpoint, a=pair[0], b=pair[1])
    only_alleged = snapshot.conn.scalars(
        _only_alleged(snapshot.models, filters_of(viewpoint)), asked
    )
    explanation = Explanation(
        alignment=alignment,
        evidence_list=items,
        alleged=AllegedAlignment(alleged.alignment, tuple(only_alleged)),
        hidden=_hidden(snapshot, viewpoint, pair),
    )
    return Explained(names, explanation, following)


def _touched(rm: ReadModels, table: Any) -> Condition:
    """Rows on the lines of actors `a` and `b`, and on those of alliances both were ever put in."""
    ends = (A, B, literal(ANY)) if table is rm.closes else (A, B)
    shared = _shared(rm)
    own = table.c.source.in_(ends), table.c.target.in_(ends), table.c.kind.in_(PAIR_KINDS)
    theirs = table.c.source.in_(shared), table.c.target.in_(ends), table.c.kind == "membership"
    lines = [and_(*own), and_(*theirs)]
    if table is rm.sets:
        lines.append(and_(table.c.source.in_(shared), table.c.kind == "obligation"))
    else:
        dissolved = table.c.source == ANY, table.c.target.in_((A, B))
        lines.append(and_(*dissolved, table.c.kind == "membership", shared.exists()))
    return and_(or_(*lines), table.c.position <= POSITION)


def _shared(rm: ReadModels) -> Select[Any]:
    """The alliances in which anybody ever put both actors, admitted or not."""
    one, other = rm.sets.alias(), rm.sets.alias()
    second = select(other.c.source).where(
        other.c.kind == "membership", other.c.target == B, other.c.position <= POSITION
    )
    return select(one.c.source).where(
        one.c.kind == "membership",
        one.c.target == A,
        one.c.position <= POSITION,
        one.c.source.in_(second),
    )


def _evidence(
    snapshot: Snapshot, viewpoint: Viewpoint, pair: tuple[str, str], after: int, limit: int
) -> tuple[tuple[EvidenceItem, ...], int | None]:
    asked = values_of(viewpoint, a=pair[0], b=pair[1], after=after, most=limit + 1)
    conn, rm = snapshot.conn, snapshot.models
    positions = list(conn.scalars(_positions(rm), asked))
    page = positions[:limit]
    effects: dict[int, list[Row[Any]]] = defaultdict(list)
    found = conn.execute(_effects(rm, filters_of(viewpoint)), {**asked, "page": page})
    for row in sorted(found, key=lambda row: row.number):
        effects[row.position].append(row)
    reports = conn.execute(_reports(rm), {"page": page}).all()
    places = sorted({report.place for report in reports})
    denied, corroborated = (
        _claimants(snapshot, viewpoint, table, places) for table in (rm.denials, rm.corroborations)
    )
    items = tuple(
        _item(
            viewpoint,
            report,
            effects[report.position],
            denied[report.place],
            corroborated[report.place],
        )
        for report in reports
    )
    return items, page[-1] if len(positions) > limit else None


@cache
def _positions(rm: ReadModels) -> Select[Any]:
    """A page of the positions of events that touch the pair."""
    after = bindparam("after", type_=LONG)
    found = union(
        *(
            select(table.c.position).where(_touched(rm, table), table.c.position > after)
            for table in (rm.sets, rm.closes)
        )
    ).subquery()
    page = select(found.c.position).order_by(found.c.position)
    return page.limit(bindparam("most"))


@cache
def _reports(rm: ReadModels) -> Select[Any]:
    table = rm.reports
    return select(table).where(among_bound(table.c.position, "page")).order_by(table.c.position)


@cache
def _effects(rm: ReadModels, filters: Filters) -> CompoundSelect[Any]:
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
    ).where(_touched(rm, sets), among_bound(sets.c.position, "page"))
    closed = select(
        *_shown(rm, closes, filters),
        literal("close").label("move"),
        closes.c.low,
        closes.c.high,
        closes.c.rank,
        (closes.c.latest <= DAY).label("certain"),
        (closes.c.earliest <= DAY).label("possible"),
        null().label("closed_by"),
    ).where(_touched(rm, closes), among_bound(closes.c.position, "page"))
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
    viewpoint: Viewpoint,
    report: Row[Any],
    effects: Sequence[Row[Any]],
    denied_by: Sequence[str | None],
    corroborated_by: Sequence[str | None],
) -> EvidenceItem:
    live = report.known_to > viewpoint.position
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
        effects=tuple(_effect(viewpoint, effect, live=live) for effect in effects),
    )


def _effect(viewpoint: Viewpoint, row: Row[Any], *, live: bool) -> ExplainedEffect:
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
    for row in snapshot.conn.execute(_reactions(table), values_of(viewpoint, places=places)):
        claimants[row.place].append(row.claimant)
    return claimants


@cache
def _reactions(table: Table) -> Select[Any]:
    return (
        select(table.c.place, table.c.claimant)
        .where(among_bound(table.c.place, "places"), known(table))
        .order_by(table.c.position)
    )


@cache
def _only_alleged(rm: ReadModels, filters: Filters) -> Select[Any]:
    """The live events with an effect on the pair that only include=alleged admits, newest last."""
    found = union(
        *(
            select(table.c.position, table.c.event_id).where(
                _touched(rm, table),
                known(table),
                left_out(rm, table, filters).is_not(None),
                left_out(rm, table, filters._replace(alleged=True)).is_(None),
            )
            for table in (rm.sets, rm.closes)
        )
    ).subquery()
    newest = select(found.c.event_id, found.c.position).order_by(found.c.position.desc())
    shown = newest.limit(ALLEGED_SHOWN).subquery()
    return select(shown.c.event_id).order_by(shown.c.position)


def _hidden(snapshot: Snapshot, viewpoint: Viewpoint, pair: tuple[str, str]) -> Hidden:
    statement = _left_out_events(snapshot.models, filters_of(viewpoint))
    asked = values_of(viewpoint, a=pair[0], b=pair[1])
    counted: dict[str, int] = {row[0]: row[1] for row in snapshot.conn.execute(statement, asked)}
    return Hidden(
        not_admitted=sum(counted.get(reason, 0) for reason in NOT_ADMITTED),
        ungraded=counted.get("ungraded", 0),
        below_grade=counted.get("below-grade", 0),
    )


@cache
def _left_out_events(rm: ReadModels, filters: Filters) -> Select[Any]:
    """Live events begun by the day of which nothing is admitted, counted by their first reason."""
    touching = union_all(
        *(
            select(
                table.c.position, table.c.number, left_out(rm, table, filters).label("reason")
            ).where(_touched(rm, table), known(table), table.c.earliest <= DAY)
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
    return select(ranked.c.reason, func.count()).where(*first_of_none).group_by(ranked.c.reason)


def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()
