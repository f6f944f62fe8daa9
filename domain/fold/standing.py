"""How two actors stand in one reading: levels, commitments, sanctions, and what decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import get_args

from domain import policy
from domain.answers import Commitment, Levels, Sanction, Strength
from domain.effects import Line
from domain.fold.ledger import Ledger, Moved, Reading
from domain.policy import LineKind
from domain.vocabulary.alliances import Obligation

PAIR_KINDS: tuple[LineKind, ...] = ("cooperation", "conflict", "neutral", "sanction")

Group = frozenset[str]
"""Whom an actor stands for: itself, and with include=parts its umbrellas and members too."""


@dataclass(slots=True)
class Standing:
    """One reading of a pair on a day. Its methods take the group that each of the two stands for."""

    open: dict[LineKind, list[Moved]]
    committed: list[tuple[Commitment, list[Moved]]] = field(default_factory=list)

    def level(self, kind: LineKind, source: Group, target: Group) -> int:
        """The highest open level in one direction; an open sanction is conflict 2."""
        levels = [one.effect.low for one in self.open[kind] if _runs(one, source, target)]
        if kind == "conflict" and any(_runs(one, source, target) for one in self.open["sanction"]):
            levels.append(policy.SANCTION_LEVEL)
        return max(levels, default=0)

    def directed(self, source: Group, target: Group) -> Levels:
        """Both levels of a direction; commitments are the pair's, not a direction's."""
        return Levels(
            self.level("cooperation", source, target), self.level("conflict", source, target)
        )

    def cooperation(self, a: Group, b: Group) -> int:
        """The pair's cooperation: the higher direction, raised by commitments."""
        promised = [
            policy.COMMITMENT_LEVELS[commitment.strength] for commitment, _ in self.committed
        ]
        return max(self.level("cooperation", a, b), self.level("cooperation", b, a), *promised)

    def conflict(self, a: Group, b: Group) -> int:
        """The pair's conflict: the higher direction."""
        return max(self.level("conflict", a, b), self.level("conflict", b, a))

    def verdict(self, a: Group, b: Group) -> policy.Verdict:
        """The alignment and which lines decide it."""
        return policy.verdict(
            self.cooperation(a, b), self.conflict(a, b), neutral=bool(self.open["neutral"])
        )

    def deciding_sets(self, a: Group, b: Group) -> list[Moved]:
        """The open sets that decide, sanctions and memberships apart."""
        match self.verdict(a, b).deciding:
            case "both":
                return [
                    one
                    for one in self.open["cooperation"] + self.open["conflict"]
                    if one.effect.low >= 2
                ]
            case "conflict":
                return [
                    one for one in self.open["conflict"] if one.effect.low == self.conflict(a, b)
                ]
            case "cooperation":
                return [
                    one
                    for one in self.open["cooperation"]
                    if one.effect.low == self.cooperation(a, b)
                ]
            case "neutral":
                return self.open["neutral"]
            case "none":
                return []

    def deciding_pledges(self, a: Group, b: Group) -> list[Moved]:
        """The open sanctions and memberships that give the deciding level too."""
        sanctions = self.open["sanction"]
        match self.verdict(a, b).deciding:
            case "both":
                return sanctions + self._memberships(policy.COMMITMENT_LEVELS["strong"])
            case "conflict":
                return sanctions if self.conflict(a, b) == policy.SANCTION_LEVEL else []
            case "cooperation":
                return self._memberships(self.cooperation(a, b))
            case "neutral" | "none":
                return []

    def _memberships(self, level: int) -> list[Moved]:
        return [
            membership
            for commitment, memberships in self.committed
            if policy.COMMITMENT_LEVELS[commitment.strength] == level
            for membership in memberships
        ]

    def sanctions(self) -> tuple[Sanction, ...]:
        """The open sanction lines, each since its earliest open imposition."""
        since: dict[Line, str] = {}
        for one in self.open["sanction"]:
            since.setdefault(one.effect.line, one.recorded.event.occurred)
        listed = (
            Sanction(line.source, line.target, line.programme or "", begun)
            for line, begun in since.items()
        )
        return tuple(sorted(listed, key=lambda one: (one.sender, one.target, one.programme)))


def standing(ledger: Ledger, a: Group, b: Group, reading: Reading) -> Standing:
    """Fold one reading of the pair."""
    opened = [
        one for one in ledger.open_sets(reading, PAIR_KINDS) if _runs(one, a, b) or _runs(one, b, a)
    ]
    by_kind = {kind: [one for one in opened if one.effect.line.kind == kind] for kind in PAIR_KINDS}
    return Standing(by_kind, _commitments(ledger, a, b, reading))


def obligations_of(ledger: Ledger, alliance: str, reading: Reading) -> tuple[str, ...]:
    """The union of the obligations of the alliance's formations begun by the day, in the vocabulary's order."""
    open_ones = ledger.open_sets(reading, ("obligation",))
    begun = {one.effect.line.target for one in open_ones if one.effect.line.source == alliance}
    return tuple(obligation for obligation in get_args(Obligation) if obligation in begun)


def strength_of(obligations: tuple[str, ...]) -> Strength | None:
    """Strong if any obligation is; None where there is no obligation: that commits nobody."""
    if not obligations:
        return None
    return "strong" if policy.STRONG_OBLIGATIONS.intersection(obligations) else "weak"


def _commitments(
    ledger: Ledger, a: Group, b: Group, reading: Reading
) -> list[tuple[Commitment, list[Moved]]]:
    """The alliances in which both are members, with the open membership sets of both."""
    memberships = ledger.open_sets(reading, ("membership",))
    found = []
    for alliance in sorted({one.effect.line.source for one in memberships}):
        ours = [
            [one for one in memberships if _runs(one, frozenset({alliance}), group)]
            for group in (a, b)
        ]
        obligations = obligations_of(ledger, alliance, reading)
        strength = strength_of(obligations)
        if all(ours) and strength is not None:
            since = max(ours[0][0], ours[1][0], key=lambda one: one.begin).recorded.event.occurred
            found.append((Commitment(alliance, obligations, strength, since), ours[0] + ours[1]))
    return found


def _runs(one: Moved, source: Group, target: Group) -> bool:
    return one.effect.line.source in source and one.effect.line.target in target
