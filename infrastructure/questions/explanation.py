"""Why two actors are aligned as they are: every event that touches the pair (DESIGN section 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    func,
    literal,
    null,
    or_,
    select,
    union,
    union_all,
)

from domain.answers import (
    ActorName,
    AllegedAlignment,
    EvidenceItem,
    ExplainedEffect,
    Explanation,
    Hidden,
)
from domain.effects import ANY
from domain.viewpoint import NOT_ADMITTED, Viewpoint
from infrastructure.bulk import among
from infrastructure.questions.admission import Condition, known, left_out
from infrastructure.questions.alignments import PAIR_KINDS, alignments
from infrastructure.questions.openness import certainly_open, first_closer, possibly_open
from infrastructure.schema import read_models as rm


@dataclass(frozen=True, slots=True)
class Explained:
    """A pair with its explanation; `next` is the position after which its evidence goes on."""

    actors: list[ActorName]
    explanation: Explanation
    next: int | None


def explain(
    conn: Connection, viewpoint: Viewpoint, a: str, b: str, *, after: int = 0, limit: int = 100
) -> Explained:
    """The pair's alignment, `limit` of its events after position `after`, and what is left out.

    Raises UnknownActors.
    """
    names, [alignment] = alignments(conn, viewpoint, [a, b])
    alleging = replace(viewpoint, alleged=True)
    _, [alleged] = alignments(conn, alleging, [a, b])
    pair = _Pair(*alignment.actors)
    items, following = _evidence(conn, viewpoint, pair, after, limit)
    explanation = Explanation(
        alignment=alignment,
        evidence_list=items,
        alleged=AllegedAlignment(alleged.alignment, _only_alleged(conn, viewpoint, pair)),
        hidden=_hidden(conn, viewpoint, pair),
    )
    return Explained(names, explanation, following)


class _Pair:
    """Which rows of `rm_sets` and `rm_closes` touch the lines of two actors."""

    def __init__(self, a: str, b: str) -> None:
        self._actors = (a, b)

    def touched(self, table: Any, viewpoint: Viewpoint) -> Condition:
        """Rows on the pair's own lines, and on those of alliances that both were ever put in."""
        ends = (*self._actors, ANY) if table is rm.closes else self._actors
        shared = self._shared(viewpoint)
        own = and_(table.c.source.in_(ends), table.c.target.in_(ends), table.c.kind.in_(PAIR_KINDS))
        members = and_(
            table.c.source.in_(shared), table.c.target.in_(ends), table.c.kind == "membership"
        )
        lines = [own, members]
        if table is rm.sets:
            lines.append(and_(table.c.source.in_(shared), table.c.kind == "obligation"))
        else:
            dissolved = and_(
                table.c.source == ANY,
                table.c.target.in_(self._actors),
                table.c.kind == "membership",
                shared.exists(),
            )
            lines.append(dissolved)
        return and_(or_(*lines), table.c.position <= viewpoint.position)

    def _shared(self, viewpoint: Viewpoint) -> Select[Any]:
        one, other = rm.sets.alias(), rm.sets.alias()
        first, second = self._actors
        return select(one.c.source).where(
            one.c.kind == "membership",
            one.c.target == first,
            one.c.position <= viewpoint.position,
            one.c.source.in_(
                select(other.c.source).where(
                    other.c.kind == "membership",
                    other.c.target == second,
                    other.c.position <= viewpoint.position,
                )
            ),
        )


def _evidence(
    conn: Connection, viewpoint: Viewpoint, pair: _Pair, after: int, limit: int
) -> tuple[tuple[EvidenceItem, ...], int | None]:
    found = union(
        *(
            select(table.c.position).where(pair.touched(table, viewpoint), table.c.position > after)
            for table in (rm.sets, rm.closes)
        )
    ).subquery()
    statement = select(found.c.position).order_by(found.c.position).limit(limit + 1)
    positions = list(conn.scalars(statement))
    page = positions[:limit]
    effects = _effects(conn, viewpoint, pair, page)
    reports = conn.execute(
        select(rm.reports).where(among(rm.reports.c.position, page)).order_by(rm.reports.c.position)
    ).all()
    places = {report.place for report in reports}
    denied = _claimants(conn, viewpoint, rm.denials, places)
    corroborated = _claimants(conn, viewpoint, rm.corroborations, places)
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


def _effects(
    conn: Connection, viewpoint: Viewpoint, pair: _Pair, positions: Sequence[int]
) -> dict[int, list[Row[Any]]]:
    """The effects on the pair's lines of the events at these positions, in the policy's order."""
    day = viewpoint.valid_at.toordinal()
    sets, closes, close = rm.sets, rm.closes, rm.closes.alias()
    opened = select(
        *_shown(sets, viewpoint),
        literal("set").label("move"),
        sets.c.level.label("low"),
        sets.c.level.label("high"),
        literal(0).label("rank"),
        certainly_open(sets, viewpoint).label("certain"),
        possibly_open(sets, viewpoint).label("possible"),
        first_closer(sets, viewpoint, close.c.event_id, close).label("closed_by"),
    ).where(pair.touched(sets, viewpoint), among(sets.c.position, positions))
    closed = select(
        *_shown(closes, viewpoint),
        literal("close").label("move"),
        closes.c.low,
        closes.c.high,
        closes.c.rank,
        (closes.c.latest <= day).label("certain"),
        (closes.c.earliest <= day).label("possible"),
        null().label("closed_by"),
    ).where(pair.touched(closes, viewpoint), among(closes.c.position, positions))
    rows: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in sorted(conn.execute(union_all(opened, closed)), key=lambda row: row.number):
        rows[row.position].append(row)
    return rows


def _shown(table: Any, viewpoint: Viewpoint) -> tuple[Any, ...]:
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
        table.c.known_to,
        left_out(table, viewpoint).label("reason"),
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
    conn: Connection, viewpoint: Viewpoint, table: Any, places: Iterable[int]
) -> dict[int, list[str | None]]:
    """Who denies or corroborates each correction chain, by position."""
    statement = (
        select(table.c.place, table.c.claimant)
        .where(among(table.c.place, places), known(table, viewpoint))
        .order_by(table.c.position)
    )
    claimants: dict[int, list[str | None]] = defaultdict(list)
    for row in conn.execute(statement):
        claimants[row.place].append(row.claimant)
    return claimants


def _only_alleged(conn: Connection, viewpoint: Viewpoint, pair: _Pair) -> tuple[str, ...]:
    """The live events with an effect on the pair that only include=alleged admits, by position."""
    alleging = replace(viewpoint, alleged=True)
    found = union(
        *(
            select(table.c.position, table.c.event_id).where(
                pair.touched(table, viewpoint),
                known(table, viewpoint),
                left_out(table, viewpoint).is_not(None),
                left_out(table, alleging).is_(None),
            )
            for table in (rm.sets, rm.closes)
        )
    ).subquery()
    return tuple(conn.scalars(select(found.c.event_id).order_by(found.c.position)))


def _hidden(conn: Connection, viewpoint: Viewpoint, pair: _Pair) -> Hidden:
    """Live events begun by the day of which nothing is admitted, counted by their first reason."""
    day = viewpoint.valid_at.toordinal()
    touching = union_all(
        *(
            select(
                table.c.position, table.c.number, left_out(table, viewpoint).label("reason")
            ).where(
                pair.touched(table, viewpoint), known(table, viewpoint), table.c.earliest <= day
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
    statement = (
        select(ranked.c.reason, func.count())
        .where(ranked.c.nth == 1, ranked.c.let_in == 0)
        .group_by(ranked.c.reason)
    )
    counted: dict[str, int] = dict(conn.execute(statement).tuples().all())
    return Hidden(
        not_admitted=sum(counted.get(reason, 0) for reason in NOT_ADMITTED),
        ungraded=counted.get("ungraded", 0),
        below_grade=counted.get("below-grade", 0),
    )


def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()
