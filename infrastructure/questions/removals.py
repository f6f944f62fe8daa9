"""What a pair's stance would be without some of the events that bear on it, told from memory.

An event that is removed counts as never recorded, as with `without`: its effects go, and so does
what it curates. What it retracted or corrected counts again, and what it denied is denied no more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from domain.minimal import Units
from domain.past import Stance
from domain.viewpoint import Viewpoint
from infrastructure.bulk import among_bound
from infrastructure.questions.admission import (
    filters_of,
    values_of,
)
from infrastructure.questions.board import Board, Told
from infrastructure.questions.by_origin import told_by_origin
from infrastructure.questions.dossier import Dossier, denials_of
from infrastructure.questions.parts import Sides
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.touching import Asked
from infrastructure.schema.read_models import ReadModels


class Bearer(NamedTuple):
    """An event that bears on a pair: by its effects, by what it ended, or by what it denies."""

    event_id: str
    claimant: str | None
    voice: str


class Denial(NamedTuple):
    """A denial of a correction chain at a position, and the position of what ended it, if anything did."""

    position: int
    claimant: str | None
    ended: int | None


@dataclass(frozen=True, slots=True)
class Bearing:
    """All that bears on a pair's stance on the viewpoint's day, known at its position.

    `told`: the effects that have taken hold, those of ended and of denied claims too, by their
    place in the board's list. `ended`: by the position of an event, that of what ended it.
    `denials`: by the place of what they deny. `bearers`: all these events by position.
    """

    board: Board
    told: Sequence[int]
    ended: Mapping[int, int]
    denials: Mapping[int, Sequence[Denial]]
    bearers: Mapping[int, Bearer]

    @classmethod
    def of(
        cls,
        snapshot: Snapshot,
        viewpoint: Viewpoint,
        sides: Sides,
        *,
        denied: bool,
        by_origin: bool = False,
    ) -> Bearing:
        """Load what bears on the pair between two sides. The actors are known.

        `denied`: denials bear on it too; where an account is asked for, those by its actor.
        `by_origin`: one event may stand for others of its origin that count whenever it does.
        """
        if by_origin:
            board = Board(sides, told_by_origin(Asked.about(snapshot, viewpoint, sides)))
        else:
            board = Dossier.of(snapshot, viewpoint, sides).board
        day, position = viewpoint.valid_at.toordinal(), viewpoint.position
        told = [at for at, one in enumerate(board.told) if one.since <= day]
        effects = [board.told[at] for at in told]
        bound = values_of(viewpoint, places=sorted({one.place for one in effects}))
        statement = denials_of(snapshot.models, filters_of(viewpoint))
        denying = snapshot.rows(statement, bound) if denied else ()
        ended = {one.position: one.known_to for one in (*effects, *denying)}
        ended = {at: end for at, end in ended.items() if end <= position}
        denials: dict[int, list[Denial]] = defaultdict(list)
        for row in denying:
            denials[row.place].append(Denial(row.position, row.claimant, ended.get(row.position)))
        bearers = {one.position: _bearer(one) for one in (*effects, *denying)}
        for row in _events_at(snapshot, set(ended.values()) - bearers.keys()):
            bearers[row.position] = _bearer(row)
        return cls(board, told, ended, denials, bearers)

    def account(
        self, told_by: Callable[[Told], bool], denied_by: str | None, unit_of: Mapping[int, int]
    ) -> Account:
        """What some of the claims tell, less what one denies, as it depends on units of events."""
        account = Account(self.board)
        for at in self.told:
            one = self.board.told[at]
            if told_by(one):
                condition = self._condition(one, denied_by, unit_of)
                for slot in self.board.slots[at]:
                    account.add(slot, one, condition)
        account.close()
        return account

    def _condition(self, one: Told, denied_by: str | None, unit_of: Mapping[int, int]) -> Condition:
        ended = self.ended.get(one.position)
        return Condition(
            unit_of[one.position],
            None if ended is None else unit_of[ended],
            tuple(
                (unit_of[denial.position], None if denial.ended is None else unit_of[denial.ended])
                for denial in self.denials.get(one.place, ())
                if denial.claimant == denied_by
            ),
        )


class Condition(NamedTuple):
    """When an effect counts: its own unit stands, what ended it is gone, and every denial is.

    `denials`: each by its unit, and the unit of what ended it, without which it stands again.
    """

    own: int
    ended: int | None
    denials: tuple[tuple[int, int | None], ...]

    def holds(self, removed: Units) -> bool:
        """Whether the effect counts without these units."""
        return self.own not in removed and self.missing(removed) is None

    def missing(self, removed: Units) -> int | None:
        """A unit that must go too for the effect to count, while its own stands."""
        if self.ended is not None and self.ended not in removed:
            return self.ended
        for denial, ended in self.denials:
            if denial not in removed and (ended is None or ended in removed):
                return denial
        return None

    def threats(self, removed: Units) -> Iterable[int]:
        """The units without which the effect would be denied again."""
        for denial, ended in self.denials:
            if ended is not None and ended not in removed and denial not in removed:
                yield ended


class Effect(NamedTuple):
    """A set or a close of a slot, under a condition."""

    closes: bool
    condition: Condition


@dataclass(slots=True)
class Account:
    """A pair's board as some claims tell it. `slots`: what moves each, what counts most first.

    A slot is open if the first of its effects that counts is a set (DESIGN section 8).
    """

    board: Board
    slots: list[list[Effect]] = field(default_factory=list)
    _keys: dict[tuple[int, Effect], int] = field(default_factory=dict)
    _stances: dict[tuple[bool, ...], Stance] = field(default_factory=dict)

    def add(self, slot: int, one: Told, condition: Condition) -> None:
        """Let an effect move a slot. Of those that count together only the greatest matters."""
        # The same unit ended it: both go together, or none.
        if condition.ended != condition.own:
            effect = slot, Effect(bool(one.closes), condition)
            self._keys[effect] = max(one.key, self._keys.get(effect, one.key))

    def close(self) -> None:
        """Put the effects in order. A set goes before a close of the same key: it is not shut by it."""
        slots: list[list[tuple[int, Effect]]] = [[] for _ in self.board.lines]
        for (slot, effect), key in self._keys.items():
            slots[slot].append((key, effect))
        self.slots = [
            [effect for _, effect in sorted(each, key=lambda one: (-one[0], one[1].closes))]
            for each in slots
        ]

    def stance(self, removed: Units) -> Stance:
        """The pair's stance without these units."""
        is_open = tuple(_is_open(effects, removed) for effects in self.slots)
        if is_open not in self._stances:
            self._stances[is_open] = self.board.stance(is_open)
        return self._stances[is_open]

    def critical(self, removed: Units) -> set[int]:
        """Units one of which must go too for any slot to turn (`domain.minimal`)."""
        found: set[int] = set()
        for effects in self.slots:
            found |= _critical(effects, removed)
        return found

    def silencing(self, removed: Units) -> Units:
        """These units, and more until no slot is open."""
        while more := {
            effect.condition.own for effects in self.slots for effect in _opening(effects, removed)
        }:
            removed |= more
        return removed

    def openings(self) -> Iterable[Units]:
        """For each closed slot, units without which it may be open."""
        nothing: Units = frozenset()
        for effects in self.slots:
            if not _is_open(effects, nothing):
                shut = {one.condition.own for one in effects if one.closes}
                ended = {
                    one.condition.ended
                    for one in effects
                    if not one.closes and one.condition.ended is not None
                }
                denied = {unit for one in effects for unit, _ in one.condition.denials}
                yield frozenset(shut)
                yield frozenset(shut | ended | denied)

    @property
    def size(self) -> int:
        """How many effects there are."""
        return sum(map(len, self.slots))


def _is_open(effects: Sequence[Effect], removed: Units) -> bool:
    for effect in effects:
        if effect.condition.holds(removed):
            return not effect.closes
    return False


def _opening(effects: Sequence[Effect], removed: Units) -> Iterable[Effect]:
    """The sets that count and are not closed."""
    for effect in effects:
        if effect.condition.holds(removed):
            if effect.closes:
                return
            yield effect


def _critical(effects: Sequence[Effect], removed: Units) -> set[int]:
    """What counts first may go, or be denied again; or something greater may count that turns the slot."""
    found: set[int] = set()
    before: dict[bool, set[int]] = {False: set(), True: set()}
    is_open = False
    for effect in effects:
        own, *_ = condition = effect.condition
        if own in removed:
            continue
        missing = condition.missing(removed)
        if missing is None:
            is_open = not effect.closes
            found = {own, *condition.threats(removed)}
            break
        before[effect.closes].add(missing)
    return found | before[is_open]


def _bearer(row: Any) -> Bearer:
    return Bearer(row.event_id, row.claimant, row.voice)


def _events_at(snapshot: Snapshot, positions: Iterable[int]) -> Sequence[Any]:
    return snapshot.rows(_reports(snapshot.models), {"positions": sorted(positions)})


@cache
def _reports(rm: ReadModels) -> Select[Any]:
    table = rm.reports
    columns = table.c.position, table.c.event_id, table.c.claimant, table.c.voice
    return select(*columns).where(among_bound(table.c.position, "positions"))
