"""A pair's timeline, folded afresh for every day on which anything may change: slow, and obvious."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from domain.event import Recorded
from domain.fold.alignment import pair_alignment
from domain.fold.explanation import touching
from domain.fold.ledger import Ledger
from domain.past import UNKNOWN, Segment, Stance
from domain.viewpoint import Viewpoint


def stance(log: Iterable[Recorded], viewpoint: Viewpoint, a: str, b: str) -> Stance:
    """How the two stand on the viewpoint's day, a < b."""
    pair = pair_alignment(Ledger.of(log, viewpoint), a, b)
    return Stance(pair.alignment, pair.cooperation, pair.conflict)


def timeline(log: Iterable[Recorded], viewpoint: Viewpoint, a: str, b: str) -> list[Segment]:
    """The pair's segments; `viewpoint.valid_at` is not used (DESIGN section 6)."""
    records = list(log)
    turns: list[tuple[date | None, Stance]] = [(None, UNKNOWN)]
    for day in sorted({day for one in records for day in _bounds(one)}):
        now = stance(records, replace(viewpoint, valid_at=day), a, b)
        if turns[-1][1] != now:
            turns.append((day, now))
    ledger = Ledger.of(records, viewpoint)
    opened = [() if day is None else _taking_hold(ledger, a, b, day) for day, _ in turns]
    ends = [day for day, _ in turns[1:]]
    return [
        Segment(
            from_=None if day is None else day.isoformat(),
            to=None if end is None else end.isoformat(),
            alignment=now.alignment,
            cooperation=now.cooperation,
            conflict=now.conflict,
            opened_by=opened_by,
            closed_by=closed_by,
        )
        for (day, now), end, opened_by, closed_by in zip(
            turns, [*ends, None], opened, [*opened[1:], ()], strict=True
        )
    ]


def _bounds(recorded: Recorded) -> Iterable[date]:
    """The days on which an event's effects may take hold, and those after its end."""
    span = recorded.event.span
    days = {span.earliest, span.latest, span.ended}
    return days | {day + timedelta(1) for day in days if day < date.max}


def _taking_hold(ledger: Ledger, a: str, b: str, day: date) -> tuple[str, ...]:
    """The events with an admitted effect on the pair's lines that takes hold on the day, by place."""
    found = set()
    for moved in [*ledger.sets, *ledger.closes]:
        span = moved.recorded.event.span
        since = span.latest if moved.effect.move == "set" else span.earliest
        if since == day and touching(ledger, a, b)(moved.effect):
            found.add((moved.place, moved.recorded.event.id))
    return tuple(event_id for _, event_id in sorted(found))
