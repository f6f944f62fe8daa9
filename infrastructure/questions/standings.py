"""From a pair's open rows to its alignment: levels, what decides, evidence and freshness.

The rows say what is open in each reading; the rest of DESIGN sections 4 and 6 happens here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, get_args

from sqlalchemy import Row

from domain import policy
from domain.answers import (
    SUPPORT_SHOWN,
    Commitment,
    Evidence,
    Levels,
    PairAlignment,
    Sanction,
    Strength,
)
from domain.vocabulary.alliances import Obligation
from infrastructure.questions.parts import Group, Sides

Opened = Row[Any]
"""An open set: kind, source, target, programme, level, begin_key, place, position, event_id, occurred,
ended, claimant, voice, disputed, certain, corroborated."""


@dataclass(slots=True)
class Alliances:
    """Open membership sets by alliance and actor, and obligations begun by alliance."""

    memberships: dict[str, dict[str, list[Opened]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    obligations: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, memberships: Iterable[Opened], obligations: Iterable[Opened]) -> Alliances:
        """Group the rows, which come by `begin_key` and position."""
        alliances = cls()
        for row in memberships:
            alliances.memberships[row.source][row.target].append(row)
        for row in obligations:
            alliances.obligations[row.source].add(row.target)
        return alliances

    def binding(self, sides: Sides) -> list[tuple[Commitment, list[Opened]]]:
        """The alliances that commit both sides of a pair, with the open sets of both, by alliance."""
        found = []
        for alliance, members in sorted(self.memberships.items()):
            obligations = in_order(self.obligations.get(alliance, ()))
            strength = strength_of(obligations)
            ours, theirs = (_of_group(members, group) for group in sides)
            if strength and ours and theirs:
                later = max(ours[0], theirs[0], key=_begin)
                commitment = Commitment(alliance, obligations, strength, later.occurred)
                found.append((commitment, ours + theirs))
        return found


def _of_group(members: Mapping[str, list[Opened]], group: Group) -> list[Opened]:
    """The membership sets of a group, by (earliest, place)."""
    rows = [row for actor in members.keys() & group for row in members[actor]]
    return sorted(rows, key=_begin)


def _begin(row: Opened) -> tuple[int, int]:
    """(earliest, place); two versions of one claim, the one between them left out, by position."""
    return row.begin_key, row.position


def in_order(obligations: Iterable[str]) -> tuple[str, ...]:
    """Obligations in the vocabulary's order, each once."""
    begun = set(obligations)
    return tuple(obligation for obligation in get_args(Obligation) if obligation in begun)


def strength_of(obligations: Sequence[str]) -> Strength | None:
    """The strength of an alliance with these obligations; with none it commits nobody."""
    if not obligations:
        return None
    return "weak" if policy.STRONG_OBLIGATIONS.isdisjoint(obligations) else "strong"


class Standing:
    """One reading of a pair: its open rows and the commitments of both.

    `sides`: whom the two stand for; the rows run between these. Left out: each for itself.
    """

    def __init__(
        self,
        pair: tuple[str, str],
        rows: Iterable[Opened],
        alliances: Alliances,
        sides: Sides | None = None,
    ) -> None:
        self.pair = pair
        self.sides = sides or Sides.alone(pair)
        self.binding = alliances.binding(self.sides)
        self.sanctions: list[Opened] = []
        self._rows: dict[str, list[Opened]] = {"cooperation": [], "conflict": [], "neutral": []}
        self._levels: dict[tuple[str, str], int] = defaultdict(int)
        for row in rows:
            self._take(row)
        pledged = [policy.COMMITMENT_LEVELS[one.strength] for one, _ in self.binding]
        self.directed = self._directed()
        forth, back = self.directed.values()
        self.cooperation = max(forth.cooperation, back.cooperation, *pledged)
        self.conflict = max(forth.conflict, back.conflict)
        self.neutral = bool(self._rows["neutral"])
        self.verdict = policy.verdict(self.cooperation, self.conflict, neutral=self.neutral)

    def _take(self, row: Opened) -> None:
        source = self.pair[0] if row.source in self.sides.one else self.pair[1]
        level, line = row.level, (row.kind, source)
        if row.kind == "sanction":
            self.sanctions.append(row)
            level, line = policy.SANCTION_LEVEL, ("conflict", source)
        else:
            self._rows[row.kind].append(row)
        self._levels[line] = max(self._levels[line], level)

    def _directed(self) -> dict[str, Levels]:
        """The levels of both directions; open sanctions count, commitments do not."""
        a, b = self.pair
        return {
            f"{source}>{target}": Levels(
                self._levels["cooperation", source], self._levels["conflict", source]
            )
            for source, target in ((a, b), (b, a))
        }

    def deciding_lines(self) -> list[Opened]:
        """The rows that decide, sanctions and memberships apart."""
        match self.verdict.deciding:
            case "both":
                rows = self._rows["cooperation"] + self._rows["conflict"]
                return [row for row in rows if row.level >= 2]
            case "conflict":
                return [row for row in self._rows["conflict"] if row.level == self.conflict]
            case "cooperation":
                return [row for row in self._rows["cooperation"] if row.level == self.cooperation]
            case "neutral":
                return self._rows["neutral"]
            case "none":
                return []

    def deciding_pledges(self) -> list[Opened]:
        """The sanctions and memberships that give the deciding level too."""
        match self.verdict.deciding:
            case "both":
                return self.sanctions + self._memberships(policy.COMMITMENT_LEVELS["strong"])
            case "conflict" if self.conflict == policy.SANCTION_LEVEL:
                return self.sanctions
            case "cooperation":
                return self._memberships(self.cooperation)
            case _:
                return []

    def _memberships(self, level: int) -> list[Opened]:
        levels = policy.COMMITMENT_LEVELS
        return [row for one, rows in self.binding if levels[one.strength] == level for row in rows]


def nothing_between(pair: tuple[str, str]) -> PairAlignment:
    """The answer for a pair between which nothing is open and that no alliance commits."""
    a, b = pair
    return PairAlignment(
        actors=pair,
        alignment="unknown",
        cooperation=0,
        conflict=0,
        neutral=False,
        directed={f"{a}>{b}": _NONE, f"{b}>{a}": _NONE},
        commitments=(),
        sanctions=(),
        evidence="none",
        disputed=False,
        certainty="certain",
        possible_alignment=None,
        last_evidence=None,
        stale_since=None,
        support=(),
        support_count=0,
    )


_NONE = Levels(0, 0)


def pair_alignment(
    certain: Standing, possible: Standing, day: date, voices: Mapping[int, Sequence[str]]
) -> PairAlignment:
    """The pair's answer; `voices` are those of live corroborations, by place."""
    verdict, other = certain.verdict.alignment, possible.verdict.alignment
    lines = certain.deciding_lines()
    support = _each_event_once(lines + certain.deciding_pledges())
    last, stale = _freshness(lines, certain.verdict.deciding, day.toordinal())
    return PairAlignment(
        actors=certain.pair,
        alignment=verdict,
        cooperation=certain.cooperation,
        conflict=certain.conflict,
        neutral=certain.neutral,
        directed=certain.directed,
        commitments=tuple(commitment for commitment, _ in certain.binding),
        sanctions=_sanctions(certain.sanctions),
        evidence=_evidence(certain.sides, support, voices),
        disputed=any(row.disputed for row in support),
        certainty="certain" if verdict == other else "uncertain",
        possible_alignment=None if verdict == other else other,
        last_evidence=_day(last),
        stale_since=_day(stale),
        support=tuple(row.event_id for row in support[-SUPPORT_SHOWN:]),
        support_count=len(support),
    )


def _each_event_once(rows: Iterable[Opened]) -> list[Opened]:
    by_event = {row.event_id: row for row in rows}
    return sorted(by_event.values(), key=_begin)


def _sanctions(rows: Sequence[Opened]) -> tuple[Sanction, ...]:
    """The open sanction lines, each since its earliest open imposition."""
    first: dict[tuple[str, str, str], str] = {}
    for row in sorted(rows, key=_begin):
        first.setdefault((row.source, row.target, row.programme), row.occurred)
    return tuple(Sanction(*line, since) for line, since in sorted(first.items()))


def _evidence(
    sides: Sides, support: Sequence[Opened], voices: Mapping[int, Sequence[str]]
) -> Evidence:
    if not support:
        return "none"
    claimants = {row.claimant for row in support}
    if not any(claimants.isdisjoint(group) for group in sides):
        return "acknowledged-by-both"
    heard = {row.voice for row in support}
    heard.update(voice for row in support for voice in voices.get(row.place, ()))
    return "single-source" if len(heard) == 1 else "corroborated"


def _freshness(lines: Sequence[Opened], deciding: str, day: int) -> tuple[int | None, int | None]:
    """(last evidence, stale since) as ordinals; both None without deciding rows."""
    if not lines:
        return None, None
    last: int = max(min(row.ended, day) for row in lines)
    horizon = policy.STALE_AFTER_DAYS_NEUTRAL
    if deciding != "neutral":
        horizon = policy.STALE_AFTER_DAYS[max(row.level for row in lines)]
    return last, last + horizon if last + horizon <= day else None


def _day(ordinal: int | None) -> str | None:
    return None if ordinal is None else date.fromordinal(ordinal).isoformat()
