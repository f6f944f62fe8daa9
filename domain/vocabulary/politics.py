"""Coups, changes of regime, diplomatic relations, sanctions, accusations and statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from domain.fields import ActorId, Actors, ShortText, SomeActors, Texts, TwoActors
from domain.vocabulary.data import EventData

CoupOutcome = Literal["success", "failed", "ongoing"]
RegimeChange = Literal["election", "succession", "handover", "coup", "overthrow", "collapse"]
DowngradeMeasure = Literal[
    "ambassador-recalled",
    "downgraded",
    "ambassador-expelled",
    "embassy-closed",
    "border-closed",
    "airspace-closed",
]
Tone = Literal["support", "criticism", "threat", "neutrality"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoupOccurred(EventData):
    """An illegal, overt attempt to seize the executive (Powell & Thyne 2011)."""

    TYPE: ClassVar[str] = "CoupOccurred"
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (("perpetrators", "ousted"),)

    state: ActorId
    perpetrators: SomeActors
    ousted: Actors = ()
    outcome: CoupOutcome
    leaders: Texts = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeChanged(EventData):
    """The state's government changed; only an overthrow or a collapse breaks its stances."""

    TYPE: ClassVar[str] = "RegimeChanged"

    state: ActorId
    how: RegimeChange
    incoming: ActorId | None = None
    outgoing: ActorId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationsSevered(EventData):
    """Diplomatic relations are broken off by the initiator."""

    TYPE: ClassVar[str] = "RelationsSevered"
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (("initiator", "target"),)

    initiator: ActorId
    target: ActorId


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationsDowngraded(EventData):
    """Diplomatic relations are reduced by the initiator, short of a break."""

    TYPE: ClassVar[str] = "RelationsDowngraded"
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (("initiator", "target"),)

    initiator: ActorId
    target: ActorId
    measure: DowngradeMeasure


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationsRestored(EventData):
    """Two actors resume relations."""

    TYPE: ClassVar[str] = "RelationsRestored"

    parties: TwoActors


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionImposed(EventData):
    """A sanction is imposed under a programme; without one it is a programme of its own."""

    TYPE: ClassVar[str] = "SanctionImposed"
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (("sender", "target"),)

    sender: ActorId
    target: ActorId
    programme: ShortText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionLifted(EventData):
    """The sanction of a programme is lifted; without a programme, every one of the sender's."""

    TYPE: ClassVar[str] = "SanctionLifted"
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (("sender", "target"),)

    sender: ActorId
    target: ActorId
    programme: ShortText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccusationMade(EventData):
    """One actor accuses another."""

    TYPE: ClassVar[str] = "AccusationMade"
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (("accuser", "accused"),)

    accuser: ActorId
    accused: ActorId
    about: ShortText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementMade(EventData):
    """A speaker takes a public stand on actors."""

    TYPE: ClassVar[str] = "StatementMade"

    speaker: ActorId
    about: SomeActors
    tone: Tone
    summary: ShortText | None = None
