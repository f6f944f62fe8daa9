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
from infrastructure.questions.board import NOTHING, Board, Openings, Told
from infrastructure.questions.dossier import Dossier
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.log import events


class Learned(NamedTuple):
    """With the event at `position` the answer became another."""

    position: int
    stance: Stance


def learned(dossier: Dossier, day: int) -> Iterator[Learned]:
    """Go through the positions at which any effect on the day begins or ceases to count."""
    counting = _Counting(dossier.board)
    stance = counting.openings.stance()
    for position, comings, goings in _moves(dossier, day):
        counting.move(comings, goings)
        if (now := counting.openings.stance()) != stance:
            stance = now
            yield Learned(position, stance)


def _moves(dossier: Dossier, day: int) -> Iterator[tuple[int, list[int], list[int]]]:
    """By position up to the viewpoint's, the effects that begin and those that cease to count."""
    comings: dict[int, list[int]] = defaultdict(list)
    goings: dict[int, list[int]] = defaultdict(list)
    for at, stretches in enumerate(dossier.stretches):
        if dossier.board.told[at].since <= day:
            for begin, end in stretches:
                comings[begin].append(at)
                goings[end].append(at)
    for position in sorted(comings.keys() | goings.keys()):
        if position <= dossier.viewpoint.position:
            yield position, comings.get(position, []), goings.get(position, [])


class _Counting:
    """Which effects on a board count, and so which of its slots are open."""

    def __init__(self, board: Board) -> None:
        self.openings = Openings(board)
        self._board = board
        self._slots = [_Slot() for _ in board.lines]
        self._counts = [False] * len(board.told)

    def move(self, comings: Sequence[int], goings: Sequence[int]) -> None:
        """Let some effects begin to count and others cease to."""
        for at in goings:
            self._counts[at] = False
        for at in comings:
            self._counts[at] = True
            for slot in self._board.slots[at]:
                self._slots[slot].add(self._board.told[at], at)
        for slot in {slot for at in (*goings, *comings) for slot in self._board.slots[at]}:
            if self._slots[slot].is_open(self._counts) != self.openings.is_open[slot]:
                self.openings.turn(slot)


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
