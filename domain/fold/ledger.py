"""The admitted effects of a log seen from a viewpoint, and which of them are open on its day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from domain.effects import ANY, Effect, Line, effects_of
from domain.event import Recorded
from domain.history import History
from domain.policy import UNCOUNTED_MODALITIES, LineKind
from domain.viewpoint import LeftOut, Viewpoint

UMBRELLA_KINDS: frozenset[LineKind] = frozenset({"umbrella", "claimed-umbrella"})
"""Lines that always count: a viewpoint's filters are for claims about relations (section 5)."""


class Reading(Enum):
    """The two readings of uncertain dates (DESIGN section 4)."""

    CERTAIN = "certain"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Moved:
    """An effect with the event that has it and the place that orders it."""

    recorded: Recorded
    place: int
    effect: Effect

    @property
    def begin(self) -> tuple[date, int, int]:
        """The order of sets among deciding events: (earliest, place).

        Only two versions of one claim have the same place, where the version between them is left
        out of the log: the earlier one goes first.
        """
        return (self.recorded.event.span.earliest, self.place, self.recorded.position)

    def has_begun(self, reading: Reading, day: date) -> bool:
        """Whether a set has taken hold by the day."""
        span = self.recorded.event.span
        return (span.latest if reading is Reading.CERTAIN else span.earliest) <= day

    def covers(self, opened: Moved) -> bool:
        """Whether this close names the set's line and level. No event closes its own sets."""
        return (
            self.recorded is not opened.recorded
            and matches(self.effect.line, opened.effect.line)
            and self.effect.low <= opened.effect.low <= self.effect.high
        )

    def shuts(self, opened: Moved, reading: Reading, day: date) -> bool:
        """Whether this close, acting by the day, comes after the set in the order of effects."""
        mine, its = self.recorded.event.span, opened.recorded.event.span
        if reading is Reading.CERTAIN:
            acts, at, after = mine.earliest, mine.latest, its.earliest
        else:
            acts, at, after = mine.latest, mine.earliest, its.ended
        return acts <= day and (at, self.effect.rank, self.place) > (after, 0, opened.place)


def matches(pattern: Line, line: Line) -> bool:
    """Whether a close's line, which may say ANY or every programme, names this line."""
    return (
        pattern.kind == line.kind
        and pattern.source in (line.source, ANY)
        and pattern.target in (line.target, ANY)
        and pattern.programme in (line.programme, None)
    )


def left_out(
    history: History, viewpoint: Viewpoint, recorded: Recorded, effect: Effect
) -> LeftOut | None:
    """Why the viewpoint does not admit an effect of a live event, or None."""
    claim = recorded.event.claim
    if effect.line.kind in UMBRELLA_KINDS:
        return "modality" if claim.modality in UNCOUNTED_MODALITIES else None
    if viewpoint.passes_over(recorded.event):
        return "without"
    denied = viewpoint.according_to is not None and any(
        denial.event.claim.claimant == viewpoint.according_to
        for denial in history.denials(recorded)
    )
    return viewpoint.leaves_out(claim, alleged=effect.alleged, denied=denied)


@dataclass(slots=True)
class Ledger:
    """All admitted sets and closes of a log, from a viewpoint.

    `history` is without what the viewpoint leaves out; `whole` is what always counts (section 5).
    """

    history: History
    whole: History
    viewpoint: Viewpoint
    sets: list[Moved] = field(default_factory=list)
    closes: list[Moved] = field(default_factory=list)

    @classmethod
    def of(cls, log: Iterable[Recorded], viewpoint: Viewpoint) -> Ledger:
        """Fold the log up to the viewpoint's position."""
        records = list(log)
        whole = History.of(records, viewpoint.position)
        history = History.of(records, viewpoint.position, viewpoint.passes_over)
        ledger = cls(history, whole, viewpoint)
        for recorded in whole.records:
            for effect in effects_of(recorded.event.data):
                always = effect.line.kind in UMBRELLA_KINDS
                if not (whole if always else history).is_live(recorded):
                    continue
                if left_out(history, viewpoint, recorded, effect) is None:
                    side = ledger.sets if effect.move == "set" else ledger.closes
                    side.append(Moved(recorded, history.place[recorded.event.id], effect))
        return ledger

    def is_open(self, opened: Moved, reading: Reading) -> bool:
        """Whether the set is open on the viewpoint's day."""
        day = self.viewpoint.valid_at
        return opened.has_begun(reading, day) and not any(
            close.covers(opened) and close.shuts(opened, reading, day) for close in self.closes
        )

    def open_sets(self, reading: Reading, kinds: Iterable[LineKind]) -> list[Moved]:
        """The open sets on lines of these kinds, by (earliest, place)."""
        wanted = frozenset(kinds)
        sets = [
            one
            for one in self.sets
            if one.effect.line.kind in wanted and self.is_open(one, reading)
        ]
        return sorted(sets, key=lambda one: one.begin)
