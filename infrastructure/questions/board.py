"""A pair's lines as a board of slots, on which sets and closes are laid one by one.

A slot is one level of one line. In the certain reading a level is open as soon as the greatest
(earliest, 0, place) among its sets that have begun exceeds the greatest (latest, rank, place)
among the closes that cover it and act (DESIGN section 8); so a slot keeps these two numbers and
nothing else. By no rule of the policy does an event both set and close one line, so that no
event closes its own sets need not be looked at here; a test holds the policy to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
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

    def names(self, line: Line) -> bool:
        """Whether this close's line, which may say ANY or every programme, is that line."""
        return (
            self.kind == line.kind
            and self.source in (line.source, ANY)
            and self.target in (line.target, ANY)
            and self.programme in (line.programme, None)
            and self.low <= line.level <= self.high
        )


class Line(NamedTuple):
    """What a slot stands for: a level of a line."""

    kind: str
    source: str
    target: str
    programme: str | None
    level: int


class Board:
    """The slots of a pair's lines, and what the pair's stance is when some of them are open."""

    def __init__(self, sides: Sides, told: Iterable[Told]) -> None:
        self.told = list(told)
        lines = [
            Line(one.kind, one.source, one.target, one.programme, one.low)
            for one in self.told
            if not one.closes
        ]
        self.lines = list(dict.fromkeys(lines))
        number = {line: at for at, line in enumerate(self.lines)}
        opened = iter(lines)
        covered: dict[tuple[object, ...], list[int]] = {}
        self.slots: list[Sequence[int]] = []
        """For each effect told, the slots that it sets or closes."""
        for one in self.told:
            if not one.closes:
                self.slots.append((number[next(opened)],))
                continue
            pattern = one.kind, one.source, one.target, one.programme, one.low, one.high
            if pattern not in covered:
                covered[pattern] = [at for at, line in enumerate(self.lines) if one.names(line)]
            self.slots.append(covered[pattern])
        self._pledges = _Pledges.of(sides, self.lines)

    def stance(self, is_open: Sequence[bool]) -> Stance:
        """The pair's stance with these slots open."""
        levels = {"cooperation": 0, "conflict": 0, "neutral": 0}
        for line, opened in zip(self.lines, is_open, strict=True):
            if opened and line.kind in levels:
                levels[line.kind] = max(levels[line.kind], line.level)
            elif opened and line.kind == "sanction":
                levels["conflict"] = max(levels["conflict"], policy.SANCTION_LEVEL)
        cooperation = max(levels["cooperation"], self._pledges.level(is_open))
        neutral = levels["neutral"] > 0
        verdict = policy.verdict(cooperation, levels["conflict"], neutral=neutral)
        return Stance(verdict.alignment, cooperation, levels["conflict"])


class _Pledges(NamedTuple):
    """By alliance, the slots of its members on either side, and of its obligations."""

    alliances: Sequence[tuple[list[int], list[int], list[tuple[int, str]]]]

    @classmethod
    def of(cls, sides: Sides, lines: Sequence[Line]) -> _Pledges:
        found: dict[str, tuple[list[int], list[int], list[tuple[int, str]]]] = defaultdict(
            lambda: ([], [], [])
        )
        for at, line in enumerate(lines):
            if line.kind == "obligation":
                found[line.source][2].append((at, line.target))
            elif line.kind == "membership":
                ones, others, _ = found[line.source]
                if line.target in sides.one:
                    ones.append(at)
                if line.target in sides.other:
                    others.append(at)
        return cls([slots for slots in found.values() if all(slots)])

    def level(self, is_open: Sequence[bool]) -> int:
        """The cooperation that the open commitments give."""
        level = 0
        for ones, others, obligations in self.alliances:
            if any(is_open[at] for at in ones) and any(is_open[at] for at in others):
                begun = {obligation for at, obligation in obligations if is_open[at]}
                if begun:
                    strong = not policy.STRONG_OBLIGATIONS.isdisjoint(begun)
                    strength = "strong" if strong else "weak"
                    level = max(level, policy.COMMITMENT_LEVELS[strength])
        return level
