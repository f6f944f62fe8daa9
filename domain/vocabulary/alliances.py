"""Alliances, ceasefires and agreements: made, joined, left, broken and ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from domain.fields import (
    MOST_MEMBERS,
    ActorId,
    Actors,
    AllianceId,
    Entries,
    Members,
    ShortText,
    TwoOrMoreActors,
)
from domain.vocabulary.data import EventData

Obligation = Literal[
    "defence",
    "offence",
    "joint-operations",
    "neutrality",
    "non-aggression",
    "consultation",
    "security-assistance",
]
CeasefireScope = Literal["full", "partial"]
AgreementKind = Literal["cooperation", "peace", "limited"]
HostilitiesEnd = Literal["victory", "low-activity", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllianceFormed(EventData):
    """Actors commit themselves to each other by stated obligations (after ATOP)."""

    TYPE: ClassVar[str] = "AllianceFormed"
    MOST_ACTORS: ClassVar[int] = MOST_MEMBERS + 1

    alliance: AllianceId
    members: Members
    obligations: Annotated[tuple[Obligation, ...], Entries(least=1)]
    name: ShortText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllianceJoined(EventData):
    """An actor joins an alliance."""

    TYPE: ClassVar[str] = "AllianceJoined"

    alliance: AllianceId
    member: ActorId


@dataclass(frozen=True, slots=True, kw_only=True)
class AllianceLeft(EventData):
    """An actor leaves an alliance."""

    TYPE: ClassVar[str] = "AllianceLeft"

    alliance: AllianceId
    member: ActorId


@dataclass(frozen=True, slots=True, kw_only=True)
class AllianceEnded(EventData):
    """An alliance ends for all its members."""

    TYPE: ClassVar[str] = "AllianceEnded"

    alliance: AllianceId
    cause: ShortText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CeasefireAgreed(EventData):
    """Parties agree to cease fire; only a full ceasefire moves their stances."""

    TYPE: ClassVar[str] = "CeasefireAgreed"

    parties: TwoOrMoreActors
    scope: CeasefireScope = "full"
    mediators: Actors = ()
    guarantors: Actors = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementSigned(EventData):
    """Parties sign an agreement: to cooperate, to make peace, or on a limited matter."""

    TYPE: ClassVar[str] = "AgreementSigned"

    parties: TwoOrMoreActors
    kind: AgreementKind = "cooperation"
    agreement: ShortText | None = None
    mediators: Actors = ()
    guarantors: Actors = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementEnded(EventData):
    """An agreement ends without a breach being claimed."""

    TYPE: ClassVar[str] = "AgreementEnded"

    parties: TwoOrMoreActors
    agreement: ShortText | None = None
    cause: ShortText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementBroken(EventData):
    """An accuser says that the accused broke an agreement."""

    TYPE: ClassVar[str] = "AgreementBroken"
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (("accuser", "accused"),)

    accuser: ActorId
    accused: ActorId
    agreement: ShortText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostilitiesEnded(EventData):
    """Fighting between the parties is over."""

    TYPE: ClassVar[str] = "HostilitiesEnded"

    parties: TwoOrMoreActors
    how: HostilitiesEnd | None = None
