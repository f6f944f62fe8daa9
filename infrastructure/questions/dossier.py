"""All that a viewpoint's claims tell of a pair's lines, on every day and at every position.

Loaded once by the indexes of the pair's own lines, never from the log; then the pair's whole
history on either clock, and what it would be without some of the claims, is told from memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, literal, select

from domain.viewpoint import Viewpoint
from infrastructure.bulk import among_bound
from infrastructure.questions.admission import (
    ACCORDING_TO,
    POSITION,
    Condition,
    Filters,
    filters_of,
    kept,
    known_to,
    told_by,
    values_of,
)
from infrastructure.questions.board import NOTHING, Board, Told
from infrastructure.questions.parts import Sides
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.touching import Asked, touched
from infrastructure.schema.read_models import ReadModels

Stretch = tuple[int, int]
"""Positions from the first up to the second, which is not included."""

Denied = Mapping[int, Sequence[Stretch]]
"""While which positions each correction chain, by its place, is denied."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """A pair's board, and at which positions the viewpoint admits each effect on it.

    `stretches`: for each effect that the board was told of, in order and apart from each other;
    none lies beyond the viewpoint's position.
    """

    viewpoint: Viewpoint
    board: Board
    stretches: Sequence[Sequence[Stretch]]

    @classmethod
    def of(cls, snapshot: Snapshot, viewpoint: Viewpoint, sides: Sides) -> Dossier:
        """Load the lines between two sides. The actors are known."""
        asked = Asked.about(snapshot, viewpoint, sides)
        lines = _touched_by_many if asked.many else _touched_by_few
        effects = [
            Told(*row)
            for statement in told(snapshot.models, filters_of(viewpoint), lines)
            for row in snapshot.rows(statement, asked.values())
        ]
        denied = denials(snapshot, viewpoint, {one.place for one in effects})
        return cls.from_told(viewpoint, sides, effects, denied)

    @classmethod
    def from_told(
        cls, viewpoint: Viewpoint, sides: Sides, effects: Sequence[Told], denied: Denied
    ) -> Dossier:
        """Lay out all that is told of the lines between two sides."""
        stretches = [_stretches(one, denied.get(one.place, ()), viewpoint) for one in effects]
        return cls(viewpoint, Board(sides, effects), stretches)

    def admitted(self) -> list[int]:
        """Which effects count at the viewpoint's position, by their place in the board's list."""
        position = self.viewpoint.position
        return [
            at
            for at, stretches in enumerate(self.stretches)
            if stretches and stretches[-1][0] <= position < stretches[-1][1]
        ]


@dataclass(frozen=True, slots=True)
class Tally:
    """For each slot of a board the greatest key of the sets, and of the closes, that count."""

    sets: list[int]
    closes: list[int]

    @classmethod
    def empty(cls, board: Board) -> Tally:
        """Nothing counts."""
        return cls([NOTHING] * len(board.lines), [NOTHING] * len(board.lines))

    def weigh(self, one: Told, slots: Sequence[int]) -> None:
        """Let an effect count."""
        keys = self.closes if one.closes else self.sets
        for slot in slots:
            keys[slot] = max(keys[slot], one.key)


def _stretches(one: Told, denied: Sequence[Stretch], viewpoint: Viewpoint) -> Sequence[Stretch]:
    """At which positions the viewpoint admits an effect: while it is live and not denied."""
    begin, end = one.position, one.known_to
    found = []
    for low, high in denied:
        if begin < min(low, end):
            found.append((begin, min(low, end)))
        begin = max(begin, high)
    if begin < end:
        found.append((begin, end))
    return [stretch for stretch in found if stretch[0] <= viewpoint.position]


def denials(snapshot: Snapshot, viewpoint: Viewpoint, places: set[int]) -> Denied:
    """While which positions the actor whose account is asked for denies each correction chain."""
    denied: dict[int, list[Stretch]] = defaultdict(list)
    if viewpoint.according_to is not None and places:
        bound = values_of(viewpoint, places=sorted(places))
        statement = denials_of(snapshot.models, filters_of(viewpoint))
        for row in snapshot.rows(statement, bound):
            denied[row.place].append((row.position, row.known_to))
    return denied


@cache
def denials_of(rm: ReadModels, filters: Filters) -> Select[Any]:
    """The denials of some correction chains, live or not; of an account that is asked for, its own."""
    table = rm.denials
    theirs = [table.c.claimant == ACCORDING_TO] if filters.according_to else []
    columns = table.c.place, table.c.position, table.c.event_id, table.c.claimant, table.c.voice
    ended = known_to(rm, table, filters).label("known_to")
    of_these = among_bound(table.c.place, "places"), kept(rm, table, filters)
    return (
        select(*columns, ended)
        .where(*of_these, *theirs, table.c.position <= POSITION)
        .order_by(table.c.position)
    )


Lines = Callable[[ReadModels, Any], Condition]
"""Makes the condition on a table of sets or closes for some lines."""


def _touched_by_few(rm: ReadModels, table: Any) -> Condition:
    return touched(rm, table, many=False)


def _touched_by_many(rm: ReadModels, table: Any) -> Condition:
    return touched(rm, table, many=True)


@cache
def told(rm: ReadModels, filters: Filters, lines: Lines) -> tuple[Select[Any], Select[Any]]:
    """The sets and the closes on some lines, as `Told` has them, of every claim admitted, live or not."""
    sets, closes = rm.sets, rm.closes
    opened = select(
        literal(0).label("closes"),
        *_common(rm, sets, filters),
        sets.c.level.label("low"),
        sets.c.level.label("high"),
        sets.c.latest.label("since"),
        sets.c.begin_key.label("key"),
    )
    ended = select(
        literal(1).label("closes"),
        *_common(rm, closes, filters),
        closes.c.low,
        closes.c.high,
        closes.c.earliest.label("since"),
        closes.c.latest_key.label("key"),
    )
    return (
        opened.where(lines(rm, sets), told_by(rm, sets, filters)),
        ended.where(lines(rm, closes), told_by(rm, closes, filters)),
    )


def _common(rm: ReadModels, table: Any, filters: Filters) -> tuple[Any, ...]:
    return (
        table.c.event_id,
        table.c.claimant,
        table.c.voice,
        table.c.place,
        table.c.position,
        known_to(rm, table, filters).label("known_to"),
        table.c.kind,
        table.c.source,
        table.c.target,
        table.c.programme,
    )
