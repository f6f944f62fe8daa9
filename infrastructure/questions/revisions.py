"""How the answer for one day changed as the log grew (DESIGN section 6, revisions)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from sqlalchemy import select

from domain.past import Revision, Stance
from infrastructure.bulk import among_bound
from infrastructure.event_store import chain
from infrastructure.questions.board import NOTHING, Told
from infrastructure.questions.dossier import Dossier
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.log import events


class Learned(NamedTuple):
    """With the event at `position` the answer became another."""

    position: int
    stance: Stance


def learned(dossier: Dossier, day: int) -> Iterator[Learned]:
    """Go through the positions at which any effect on the day begins or ceases to count."""
    board = dossier.board
    comings: dict[int, list[int]] = defaultdict(list)
    goings: dict[int, list[int]] = defaultdict(list)
    for at, stretches in enumerate(dossier.stretches):
        if board.told[at].since <= day:
            for begin, end in stretches:
                comings[begin].append(at)
                goings[end].append(at)
    last = dossier.viewpoint.position
    slots = [_Slot() for _ in board.lines]
    counts = [False] * len(board.told)
    is_open = [False] * len(board.lines)
    stance = board.stance(is_open)
    for position in sorted(one for one in comings.keys() | goings.keys() if one <= last):
        for at in goings[position]:
            counts[at] = False
        for at in comings[position]:
            counts[at] = True
            for slot in board.slots[at]:
                slots[slot].add(board.told[at], at)
        moved = {slot for at in goings[position] + comings[position] for slot in board.slots[at]}
        flipped = [slot for slot in moved if slots[slot].is_open(counts) != is_open[slot]]
        for slot in flipped:
            is_open[slot] = not is_open[slot]
        if flipped and (now := board.stance(is_open)) != stance:
            stance = now
            yield Learned(position, stance)


class _Slot:
    """A slot's sets and closes, the greatest first; those that ceased to count go when they are met."""

    def __init__(self) -> None:
        self._sets: list[tuple[int, int]] = []
        self._closes: list[tuple[int, int]] = []

    def add(self, one: Told, at: int) -> None:
        heappush(self._closes if one.closes else self._sets, (-one.key, at))

    def is_open(self, counts: Sequence[bool]) -> bool:
        return _greatest(self._sets, counts) > _greatest(self._closes, counts)


def _greatest(heap: list[tuple[int, int]], counts: Sequence[bool]) -> int:
    while heap and not counts[heap[0][1]]:
        heappop(heap)
    return -heap[0][0] if heap else NOTHING


def revisions(
    snapshot: Snapshot, dossier: Dossier, *, after: int = 0, limit: int | None = 100
) -> tuple[list[Revision], int | None]:
    """The revisions beyond position `after`, and the last position where there are more.

    `limit` None: all of them.
    """
    day = dossier.viewpoint.valid_at.toordinal()
    found = [one for one in learned(dossier, day) if one.position > after]
    page = found[:limit]
    bound = {"positions": [one.position for one in page]}
    told = {row.position: row for row in snapshot.rows(_RECORDED, bound)}
    shown = [
        Revision(
            position=one.position,
            recorded_at=chain.rfc3339(told[one.position].recorded_at),
            alignment=one.stance.alignment,
            cooperation=one.stance.cooperation,
            conflict=one.stance.conflict,
            changed_by=told[one.position].event_id,
        )
        for one in page
    ]
    return shown, page[-1].position if len(found) > len(page) else None


_RECORDED = select(events.c.position, events.c.event_id, events.c.recorded_at).where(
    among_bound(events.c.position, "positions")
)
