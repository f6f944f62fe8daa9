"""Conflicts told year by year: who fought whom from when to when, across all rows of a file.

A row names the sides of one conflict in one year, and the episode of fighting that the year belongs
to. Whether hostilities between two actors end with an episode depends on every other row that has
them on different sides, so the file is read once before it is imported (UCDP codebooks: an episode
ends when a year passes without the conflict being active).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import NamedTuple

from domain.vocabulary import (
    BattleReported,
    ForcesDeployed,
    ForcesWithdrawn,
    HostilitiesEnded,
    Side,
)
from infrastructure.importing.dates import Known, between, day_after, edtf
from infrastructure.importing.records import Assertion

Party = str
"""An actor as its dataset knows it: its number there, or its name where it has none."""

ActorOf = Callable[[Party], str]
"""The id under which the log has a party; it is registered when it is asked for first."""


class Episode(NamedTuple):
    """A spell of fighting in a conflict, by the day on which it began."""

    conflict: str
    begun: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictYear:
    """One row: the sides of a conflict in a year, each with who supports it with troops."""

    episode: Episode
    known: Known
    """How much of the episode's beginning is known."""
    year: int
    ended: date | None
    """The day on which the episode ended, in the year in which it did."""
    side_a: tuple[Party, ...]
    side_b: tuple[Party, ...]
    support_a: tuple[Party, ...] = ()
    support_b: tuple[Party, ...] = ()

    @property
    def first(self) -> date:
        """The first day of the episode in this year."""
        return max(self.episode.begun, date(self.year, 1, 1))

    @property
    def last(self) -> date:
        """The last day of the episode in this year."""
        return self.ended or date(self.year, 12, 31)

    @property
    def earliest(self) -> date:
        """The first day on which the episode may have begun, or was going on, in this year."""
        if self.episode.begun.year < self.year:
            return self.first
        return date.fromisoformat((edtf(self.first, self.known) + "-01-01")[: Known.DAY])

    @property
    def occurred(self) -> str:
        """The episode's days in this year, as EDTF."""
        known = self.known if self.episode.begun.year == self.year else Known.DAY
        return between(self.first, known, self.last)

    @property
    def occurred_on(self) -> str:
        """The same from the very day that the dataset gives, however vaguely that is known."""
        return between(self.first, Known.DAY, self.last)

    @property
    def torn(self) -> frozenset[Party]:
        """Who supports actors on both sides, and so stands on neither."""
        return frozenset(self.support_a) & frozenset(self.support_b)

    def opposed(self) -> Iterator[tuple[Party, Party]]:
        """Every two actors on different sides, supporters included."""
        ours, theirs = self.side_a + self.support_a, self.side_b + self.support_b
        torn = self.torn
        return ((a, b) for a, b in product(ours, theirs) if a != b and torn.isdisjoint((a, b)))

    def standing_by(self, supporters: Sequence[Party], dyad: tuple[Party, Party]) -> list[Party]:
        """Those of a side's supporters that stand on that side against the other of a dyad."""
        return [one for one in supporters if one not in self.torn and one not in dyad]

    def supported(self) -> Iterator[tuple[Party, Party]]:
        """Every supporter with each party of the side that it supports."""
        yield from product(self.support_a, self.side_a)
        yield from product(self.support_b, self.side_b)


_FOREVER = date.max


@dataclass(slots=True)
class Spells:
    """From when to when two actors are at something, by each episode that has them at it."""

    of: dict[tuple[Party, Party], dict[Episode, tuple[date, date]]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def add(self, pair: tuple[Party, Party], episode: Episode, first: date, last: date) -> None:
        """Take in that a row has the pair at it in these days."""
        before = self.of[pair].get(episode, (first, last))
        self.of[pair][episode] = min(before[0], first), max(before[1], last)

    def cover(self, pair: tuple[Party, Party], day: date) -> bool:
        """Whether any episode has the pair at it on that day."""
        return any(first <= day <= last for first, last in self.of.get(pair, {}).values())

    def end(self, pair: tuple[Party, Party], first: date, last: date) -> bool:
        """Whether any episode has the pair end it from one day on and before another."""
        return any(first <= end < last for _, end in self.of.get(pair, {}).values())


class Chronicle:
    """What all rows of a file say together, and what each of them says alone."""

    def __init__(self, rows: Iterable[ConflictYear]) -> None:
        self._ends: dict[Episode, date] = {}
        self._opponents: dict[Episode, dict[tuple[Party, Party], None]] = defaultdict(dict)
        self._fighting = Spells()
        self._support = Spells()
        self._last_year = 0
        for row in rows:
            self._take(row)
        for episode, pairs in self._opponents.items():
            for pair in pairs:
                self._fighting.add(pair, episode, episode.begun, self._ends.get(episode, _FOREVER))

    def _take(self, row: ConflictYear) -> None:
        self._last_year = max(self._last_year, row.year)
        if row.ended is not None:
            self._ends[row.episode] = row.ended
        for a, b in product(row.side_a, row.side_b):
            self._opponents[row.episode][_pair(a, b)] = None
        for a, b in row.opposed():
            self._fighting.add(_pair(a, b), _of_year(row), row.first, row.last)
        for pair in row.supported():
            self._support.add(_pair(*pair), _of_year(row), row.first, row.last)

    def assertions(self, row: ConflictYear, ids: ActorOf) -> list[Assertion]:
        """What a row claims: a battle for each dyad, and what ended with its year or its episode.

        What goes on at the end of the file's last year has no end that the file tells.
        """
        told = [*self._battles(row, ids), *self._torn(row, ids)]
        if row.ended is not None or row.year < self._last_year:
            told += self._hostilities_ended(row, ids)
            told += self._support_ended(row, ids)
        return told

    def _battles(self, row: ConflictYear, ids: ActorOf) -> Iterator[Assertion]:
        """Several actors on a side are opponents of each on the other, not allies of each other."""
        for dyad in product(row.side_a, row.side_b):
            sides = [
                Side(
                    parties=(ids(party),),
                    supporters=tuple(map(ids, row.standing_by(supporters, dyad))),
                )
                for party, supporters in zip(dyad, (row.support_a, row.support_b), strict=True)
            ]
            yield Assertion(
                part=f"battle {' '.join(dyad)}",
                occurred=self._occurred(row, dyad),
                data=BattleReported(sides=tuple(sides)),
            )

    def _occurred(self, row: ConflictYear, dyad: tuple[Party, Party]) -> str:
        """When the two fought.

        A beginning so vague that it may lie before the end of another spell of theirs would be
        covered by that end: it is the day that the dataset gives.
        """
        before = self._fighting.end(_pair(*dyad), row.earliest, row.first)
        return row.occurred_on if before else row.occurred

    def _torn(self, row: ConflictYear, ids: ActorOf) -> Iterator[Assertion]:
        """Troops of one actor on both sides: with each of those whom they support, against nobody."""
        for supporter, party in row.supported():
            if supporter in row.torn and supporter != party:
                yield Assertion(
                    part=f"support {supporter} {party}",
                    occurred=row.occurred,
                    data=ForcesDeployed(sender=ids(supporter), host=ids(party), role="combat"),
                )

    def _hostilities_ended(self, row: ConflictYear, ids: ActorOf) -> Iterator[Assertion]:
        """Whom the episode, or their own support of a side, has fighting no more the day after."""
        day = day_after(row.last)
        pairs = dict.fromkeys(_pair(a, b) for a, b in row.opposed())
        if row.ended is not None:
            pairs |= self._opponents[row.episode]
        for a, b in pairs:
            if not self._fighting.cover((a, b), day):
                yield Assertion(
                    part=f"hostilities ended {a} {b}",
                    occurred=day.isoformat(),
                    data=HostilitiesEnded(parties=(ids(a), ids(b))),
                )

    def _support_ended(self, row: ConflictYear, ids: ActorOf) -> Iterator[Assertion]:
        """Whose troops are on no side of theirs the day after."""
        day = day_after(row.last)
        for supporter, party in row.supported():
            if not self._support.cover(_pair(supporter, party), day):
                yield Assertion(
                    part=f"support ended {supporter} {party}",
                    occurred=day.isoformat(),
                    data=ForcesWithdrawn(sender=ids(supporter), host=ids(party)),
                )


def _of_year(row: ConflictYear) -> Episode:
    """The row's own year of its episode: a supporter is at it in the years that name it."""
    return Episode(f"{row.episode.conflict} {row.year}", row.episode.begun)


def _pair(a: Party, b: Party) -> tuple[Party, Party]:
    return (a, b) if a <= b else (b, a)
