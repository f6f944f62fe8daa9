"""What structural balance would expect of pairs about which nothing is known (DOMAIN rule 15).

Hints, apart from evidence: nothing that answers how actors stand to each other may import this module, and
nothing computed here goes into an answer about alignments. A contract of the import linter holds it so.

Two actors who stand to a third one in known ways may lean towards each other: a friend of a friend and an
enemy of an enemy to cooperate, a friend of an enemy to be hostile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from domain.answers import PairAlignment
from domain.policy import Alignment

Leaning = Literal["cooperative", "hostile", "undecided"]
Rule = Literal["friend-of-a-friend", "enemy-of-an-enemy", "friend-of-an-enemy"]
Disposition = Literal["friend", "enemy"]

DISPOSITIONS: dict[Alignment, Disposition] = {
    "allied": "friend",
    "cooperating": "friend",
    "strained": "enemy",
    "hostile": "enemy",
}
"""Of the alignments that a hint can be drawn from; `mixed` and `neutral` say neither."""

RULES: dict[frozenset[Disposition], Rule] = {
    frozenset({"friend"}): "friend-of-a-friend",
    frozenset({"enemy"}): "enemy-of-an-enemy",
    frozenset({"friend", "enemy"}): "friend-of-an-enemy",
}

TRIADS_SHOWN = 20
"""So many third actors are shown on each side of a hint; all are counted."""


@dataclass(frozen=True, slots=True)
class Premise:
    """How one of the two stands to the third actor, with the newest deciding events."""

    actors: tuple[str, str]
    alignment: Alignment
    disputed: bool
    stale_since: str | None
    support: tuple[str, ...]
    support_count: int


@dataclass(frozen=True, slots=True)
class Triad:
    """A third actor to whom both stand in a known way. Premises: first that of the actor asked about."""

    third: str
    rule: Rule
    premises: tuple[Premise, Premise]


@dataclass(frozen=True, slots=True)
class Reasons:
    """What speaks for one leaning. `weight`: how many of its third actors are independent.

    Third actors whose premises rest on a deciding event in common, as shown, count as one.
    """

    weight: int
    third_actors: int
    triads: tuple[Triad, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A hint for an unknown pair: the side of the leaning agrees, the other one contradicts.

    Undecided where both weigh the same.
    """

    actors: tuple[str, str]
    leaning: Leaning
    cooperative: Reasons
    hostile: Reasons


def is_premise(pair: PairAlignment) -> bool:
    """Whether hints may be drawn from it: certain, and neither mixed nor neutral nor unknown."""
    return pair.certainty == "certain" and pair.alignment in DISPOSITIONS


def suggestions(actor: str, pairs: Iterable[PairAlignment]) -> list[Suggestion]:
    """The hints for the unknown pairs of an actor, by the other one's id.

    `pairs` are those that are not unknown: of the actor, and of those with whom it has a premise. Who
    is paired with the actor in them gets no hint.
    """
    own: dict[str, PairAlignment] = {}
    others: list[PairAlignment] = []
    for pair in pairs:
        if actor in pair.actors:
            own[_other(pair, actor)] = pair
        else:
            others.append(pair)
    triads: dict[str, list[Triad]] = defaultdict(list)
    for pair in filter(is_premise, others):
        for third, other in (pair.actors, pair.actors[::-1]):
            if other not in own and third in own and is_premise(own[third]):
                triads[other].append(_triad(third, own[third], pair))
    return [_suggestion(actor, other, triads[other]) for other in sorted(triads)]


def _triad(third: str, one: PairAlignment, other: PairAlignment) -> Triad:
    rule = RULES[frozenset(DISPOSITIONS[pair.alignment] for pair in (one, other))]
    return Triad(third, rule, (_premise(one), _premise(other)))


def _premise(pair: PairAlignment) -> Premise:
    return Premise(
        pair.actors,
        pair.alignment,
        pair.disputed,
        pair.stale_since,
        pair.support,
        pair.support_count,
    )


def _suggestion(actor: str, other: str, triads: Iterable[Triad]) -> Suggestion:
    inner = sorted(triads, key=lambda triad: triad.third)
    hostile = _reasons([one for one in inner if one.rule == "friend-of-an-enemy"])
    cooperative = _reasons([one for one in inner if one.rule != "friend-of-an-enemy"])
    return Suggestion(
        (min(actor, other), max(actor, other)),
        _leaning(cooperative.weight, hostile.weight),
        cooperative,
        hostile,
    )


def _leaning(cooperative: int, hostile: int) -> Leaning:
    if cooperative == hostile:
        return "undecided"
    return "cooperative" if cooperative > hostile else "hostile"


def _reasons(triads: Sequence[Triad]) -> Reasons:
    return Reasons(_independent(triads), len(triads), tuple(triads[:TRIADS_SHOWN]))


def _independent(triads: Iterable[Triad]) -> int:
    """How many groups the triads fall into, of which no two rest on the same event."""
    groups: list[frozenset[str]] = []
    for triad in triads:
        events = frozenset(event for premise in triad.premises for event in premise.support)
        joined = [group for group in groups if group & events]
        groups = [group for group in groups if not group & events]
        groups.append(events.union(*joined))
    return len(groups)


def _other(pair: PairAlignment, actor: str) -> str:
    one, other = pair.actors
    return other if one == actor else one
