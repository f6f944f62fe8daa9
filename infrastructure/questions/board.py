"""A pair's lines as a board of slots, on which sets and closes are laid one by one.

A slot is one level of one line. In the certain reading a level is open as soon as the greatest
(earliest, 0, place) among its sets that have begun exceeds the greatest (latest, rank, place)
among the closes that cover it and act (DESIGN section 8); so a slot keeps these two numbers and
nothing else. By no rule of the policy does an event both set and close one line, so it need not
be looked at here that no event closes its own sets; a test holds the policy to it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from domain import policy
from domain.effects import ANY
from domain.past import Stance
from infrastructure.questions.parts import Sides

NOTHING = -1
"""Less than every key."""


class Told(NamedTuple):
    """One effect on a pair's lines that a viewpoint's claims tell, a set or a close.

    It holds from the day `since` (an ordinal): a set's latest, a close's earliest. `key` orders
    it (`infrastructure.keys`). The log held it from `position` until `known_to`.
    """

    closes: bool
    event_id: str
    claimant: str | None
    voice: str
    place: int
    position: int
    known_to: int
    kind: str
    source: str
    target: str
    programme: str | None
    low: int
    high: int
    since: int
    key: int


class Line(NamedTuple):
    """What a slot stands for: a level of a line."""

    kind: str
    source: str
    target: str
    programme: str | None
    level: int

    def names(self) -> Iterator[tuple[object, ...]]:
        """All that a close may call it, which may say ANY or every programme."""
        sources, targets = (self.source, ANY), (self.target, ANY)
        for source, target, programme in product(sources, targets, (self.programme, None)):
            yield self.kind, source, target, programme, self.level


class Board:
    """The slots of a pair's lines, and what the pair's stance is when some of them are open.

    `slots`: for each effect told, the slots that it sets or closes.
    """

    def __init__(self, sides: Sides, told: Iterable[Told]) -> None:
        self.sides = sides
        self.told = list(told)
        set_ = {
            Line(one.kind, one.source, one.target, one.programme, one.low): None
            for one in self.told
            if not one.closes
        }
        self.lines = list(set_)
        called: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for slot, line in enumerate(self.lines):
            for name in line.names():
                called[name].append(slot)
        self.slots = list(_slots(self.told, called))

    def stance(self, is_open: Sequence[bool]) -> Stance:
        """The pair's stance with these slots open."""
        openings = Openings(self)
        for slot, opened in enumerate(is_open):
            if opened:
                openings.turn(slot)
        return openings.stance()


def _slots(
    told: Iterable[Told], called: dict[tuple[object, ...], list[int]]
) -> Iterator[Sequence[int]]:
    found: dict[tuple[object, ...], Sequence[int]] = {}
    for one in told:
        pattern = one.kind, one.source, one.target, one.programme, one.low, one.high
        if pattern not in found:
            found[pattern] = [
                slot
                for level in range(one.low, one.high + 1)
                for slot in called.get((*pattern[:4], level), ())
            ]
        yield found[pattern]


class Openings:
    """Which slots of a board are open: turned one by one, and the stance is told at once."""

    def __init__(self, board: Board) -> None:
        self.is_open = [False] * len(board.lines)
        self._board = board
        self._levels: Counter[tuple[str, int]] = Counter()
        """How many open lines, sanctions and commitments give a level of cooperation and so on."""
        self._alliances: dict[str, _Alliance] = defaultdict(_Alliance)

    def turn(self, slot: int) -> None:
        """Open a slot that is closed, or close one that is open."""
        self.is_open[slot] = not self.is_open[slot]
        step = 1 if self.is_open[slot] else -1
        line = self._board.lines[slot]
        if line.kind in ("membership", "obligation"):
            alliance = self._alliances[line.source]
            self._levels["cooperation", alliance.level()] -= 1
            alliance.count(self._part(line), step)
            self._levels["cooperation", alliance.level()] += 1
        elif line.kind == "sanction":
            self._levels["conflict", policy.SANCTION_LEVEL] += step
        else:
            self._levels[line.kind, line.level] += step

    def _part(self, line: Line) -> str:
        """What an alliance's line is to a commitment between the sides."""
        if line.kind == "membership":
            return "one" if line.target in self._board.sides.one else "other"
        return "strong" if line.target in policy.STRONG_OBLIGATIONS else "weak"

    def stance(self) -> Stance:
        """The pair's stance now."""
        cooperation, conflict = self._level("cooperation"), self._level("conflict")
        neutral = self._level("neutral") > 0
        verdict = policy.verdict(cooperation, conflict, neutral=neutral)
        return Stance(verdict.alignment, cooperation, conflict)

    def _level(self, kind: str) -> int:
        return next((level for level in (3, 2, 1) if self._levels[kind, level] > 0), 0)


class _Alliance:
    """How many open slots each part of a commitment has: members on both sides, and obligations."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    def count(self, part: str, step: int) -> None:
        self._open[part] += step

    def level(self) -> int:
        """The cooperation to which the alliance commits the sides."""
        if not (self._open["one"] and self._open["other"]):
            return 0
        strength = next((one for one in ("strong", "weak") if self._open[one]), None)
        return policy.COMMITMENT_LEVELS[strength] if strength else 0
