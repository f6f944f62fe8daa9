"""The answers that questions get, field by field as DESIGN section 6 gives them.

Days are ISO texts, `since` and `from` texts are EDTF as the event gives them, ids are slugs or UUIDs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.identity import Judged
from domain.policy import Alignment

Evidence = Literal["none", "single-source", "corroborated", "acknowledged-by-both"]
Certainty = Literal["certain", "uncertain"]
Strength = Literal["strong", "weak"]
SetState = Literal["open", "possible", "closed", "not-begun", "left-out"]
CloseState = Literal["acting", "possibly-acting", "not-begun", "left-out"]

SUPPORT_SHOWN = 20
"""An answer names the newest so many of its deciding events."""

ALLEGED_SHOWN = 100
"""So many of the events that only allegations admit are named beside a pair."""

PARTS_SHOWN = 100
"""So many of those that an actor stands for are named."""

LINEAGE_STEPS, LINEAGE_SHOWN = 5, 20
"""How far back predecessors are looked for, and how many links are shown of each actor."""


@dataclass(frozen=True, slots=True)
class ActorName:
    """An actor with the name in force on the day asked."""

    id: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Levels:
    """The two levels of a directed pair, 0-3."""

    cooperation: int
    conflict: int


@dataclass(frozen=True, slots=True)
class Commitment:
    """An alliance that commits both actors. `since`: when the later of the two came in."""

    alliance: str
    obligations: tuple[str, ...]
    strength: Strength
    since: str


@dataclass(frozen=True, slots=True)
class Sanction:
    """An open sanction; programme "" is the one without a name."""

    sender: str
    target: str
    programme: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAlignment:
    """How two actors stand to each other."""

    actors: tuple[str, str]
    alignment: Alignment
    cooperation: int
    conflict: int
    neutral: bool
    directed: dict[str, Levels]
    commitments: tuple[Commitment, ...]
    sanctions: tuple[Sanction, ...]
    evidence: Evidence
    disputed: bool
    certainty: Certainty
    possible_alignment: Alignment | None
    last_evidence: str | None
    stale_since: str | None
    support: tuple[str, ...]
    support_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedEffect:
    """One effect of an event on the pair's lines, and what became of it on the day asked.

    `programme` None: a close of every programme. `closed_by` is the first admitted close, in the
    policy's order, that covers an opened set.
    """

    rule: str
    move: Literal["set", "close"]
    line: str
    source: str
    target: str
    programme: str | None
    low: int
    high: int
    rank: int
    alleged: bool
    state: SetState | CloseState
    closed_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceItem:
    """An event that touches the pair, admitted or with the reason why it was not.

    `via`: the actors, other than the two, on whose lines it has the effects shown. `place` is the position that orders it (the first of its correction chain); `ended_by` the
    event that retracted or superseded it up to the position asked.
    """

    event: str
    type: str
    position: int
    place: int
    occurred: str
    earliest: str
    latest: str
    ended: str
    claimant: str | None
    publisher: str | None
    modality: str
    reliability: str | None
    credibility: int | None
    origin: str | None
    admitted: bool
    reason: str | None
    ended_by: str | None
    denied_by: tuple[str | None, ...]
    corroborated_by: tuple[str | None, ...]
    via: tuple[str, ...]
    effects: tuple[ExplainedEffect, ...]


@dataclass(frozen=True, slots=True)
class Hidden:
    """How many of the pair's events, begun by the day asked, the viewpoint leaves out, by first reason."""

    not_admitted: int
    ungraded: int
    below_grade: int


@dataclass(frozen=True, slots=True)
class AllegedAlignment:
    """What including allegations would answer, and the newest events that only it admits.

    By position, at most ALLEGED_SHOWN; the evidence list has them all.
    """

    alignment: Alignment
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActorGroup:
    """Whom an actor stands for, itself included: the first PARTS_SHOWN by id, and how many in all."""

    actor: str
    stands_for: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class PartsAlignment:
    """What including parts would answer. `overlap`: one stands for both, so it is the plain answer."""

    alignment: Alignment
    overlap: bool
    groups: tuple[ActorGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InheritedAlignment:
    """How a predecessor stands to the other actor of a pair; it counts for nothing in the pair's answer.

    `successor` followed on from `predecessor`, and is the actor itself after one step.
    """

    actor: str
    steps: int
    successor: str
    predecessor: str
    continuity: str
    from_: str
    alignment: Alignment
    cooperation: int
    conflict: int
    certainty: Certainty
    last_evidence: str | None
    stale_since: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A pair's alignment with everything that went into it, and what stands beside it.

    `parts` None: the two stand for more actors than are looked at.
    """

    alignment: PairAlignment
    evidence_list: tuple[EvidenceItem, ...]
    alleged: AllegedAlignment
    parts: PartsAlignment | None
    lineage: tuple[InheritedAlignment, ...]
    hidden: Hidden


@dataclass(frozen=True, slots=True)
class AllianceMember:
    """A member certainly or possibly in the alliance on the day asked."""

    actor: str
    since: str
    certainty: Literal["certain", "possible"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllianceState:
    """An alliance on a day; in force with at least two certain members. Strength None: no obligation begun."""

    id: str
    name: str | None
    obligations: tuple[str, ...]
    strength: Strength | None
    members: tuple[AllianceMember, ...]
    in_force: bool


@dataclass(frozen=True, slots=True)
class AllianceStep:
    """An entry of an alliance's history: who came or left, and by which event. Member None: all of them."""

    event: str
    type: str
    occurred: str
    member: str | None
    admitted: bool


@dataclass(frozen=True, slots=True)
class DatedName:
    """A name of an actor; `from_` is when it was taken, as its event gives it."""

    name: str
    language: str | None
    from_: str


@dataclass(frozen=True, slots=True)
class UmbrellaMembership:
    """A stay under an umbrella; `to` None: not known to have ended."""

    actor: str
    as_: str
    from_: str
    to: str | None


@dataclass(frozen=True, slots=True)
class Succession:
    """An actor before or after this one."""

    actor: str
    continuity: str
    from_: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorState:
    """An actor with its names, identifiers, memberships, lineage and the judgements on it, as known."""

    id: str
    name: str
    kind: str
    country: str | None
    names: tuple[DatedName, ...]
    identifiers: dict[str, str]
    memberships: tuple[UmbrellaMembership, ...]
    members: tuple[UmbrellaMembership, ...]
    predecessors: tuple[Succession, ...]
    successors: tuple[Succession, ...]
    dissolved: str | None
    judged: tuple[Judged, ...]
