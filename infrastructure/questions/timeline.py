"""How a pair stood over all of time, as known at one position (DESIGN section 6, timeline)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from domain.past import Segment, Stance
from infrastructure.questions.board import Board, Openings
from infrastructure.questions.dossier import Dossier, Tally


class Turn(NamedTuple):
    """From `day` on (an ordinal, None for the beginning of time) a pair has another stance."""

    day: int | None
    stance: Stance
    opened_by: tuple[str, ...]


def turns(board: Board, admitted: Sequence[int]) -> Iterator[Turn]:
    """Sweep over the days on which any of these effects takes hold; the first turn is before them all."""
    tally = Tally.empty(board)
    openings = Openings(board)
    stance = openings.stance()
    yield Turn(None, stance, ())
    by_day = sorted(admitted, key=lambda at: board.told[at].since)
    for day, effects in groupby(by_day, key=lambda at: board.told[at].since):
        taking_hold = list(effects)
        moved: set[int] = set()
        for at in taking_hold:
            tally.weigh(board.told[at], board.slots[at])
            moved.update(board.slots[at])
        turned = [
            slot
            for slot in moved
            if openings.is_open[slot] != (tally.sets[slot] > tally.closes[slot])
        ]
        for slot in turned:
            openings.turn(slot)
        if turned and (now := openings.stance()) != stance:
            stance = now
            yield Turn(day, stance, _events(board, taking_hold))


def segments(dossier: Dossier) -> list[Segment]:
    """The pair's timeline: from the beginning of time to its end, without gaps."""
    found = list(turns(dossier.board, dossier.admitted()))
    return [
        Segment(
            from_=_iso(turn.day),
            to=_iso(following.day) if following else None,
            alignment=turn.stance.alignment,
            cooperation=turn.stance.cooperation,
            conflict=turn.stance.conflict,
            opened_by=turn.opened_by,
            closed_by=following.opened_by if following else (),
        )
        for turn, following in zip(found, [*found[1:], None], strict=True)
    ]


def _events(board: Board, effects: Sequence[int]) -> tuple[str, ...]:
    """The events of these effects, each once, by place."""
    by_place = sorted((board.told[at].place, board.told[at].event_id) for at in effects)
    return tuple(dict.fromkeys(event_id for _, event_id in by_place))


def _iso(day: int | None) -> str | None:
    return None if day is None else date.fromordinal(day).isoformat()
