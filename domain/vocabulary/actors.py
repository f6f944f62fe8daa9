"""Actors and their lineage: registered, renamed, dissolved, succeeded, joined under umbrellas."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from domain.fields import ActorId, Country, Entries, Language, ShortText, SomeActors, TwoActors
from domain.vocabulary.data import EventData

ActorKind = Literal[
    "state",
    "government",
    "state-forces",
    "rebel-group",
    "political-militia",
    "identity-militia",
    "private-military-company",
    "umbrella",
    "international-organisation",
    "population",
    "person",
    "media",
    "unidentified",
]
IdentifierScheme = Literal["ucdp", "gw", "cow", "iso3166", "wikidata", "acled"]
Continuity = Literal["full", "partial", "claimed", "disputed"]
MembershipStatus = Literal["member", "organ", "branch", "claimed"]
Judgement = Literal["same", "different", "unsure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherName:
    """A further name of an actor, in a language."""

    name: ShortText
    language: Language | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorRegistered(EventData):
    """An actor is entered under an id that every later event uses."""

    TYPE: ClassVar[str] = "ActorRegistered"

    actor: ActorId
    kind: ActorKind
    name: ShortText
    names: Annotated[tuple[OtherName, ...], Entries()] = ()
    identifiers: dict[IdentifierScheme, ShortText] = field(default_factory=dict)
    country: Country | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorRenamed(EventData):
    """The same actor takes another name; its identity and stances go on."""

    TYPE: ClassVar[str] = "ActorRenamed"

    actor: ActorId
    name: ShortText
    language: Language | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorDissolved(EventData):
    """An actor ceases to exist: every line with it closes."""

    TYPE: ClassVar[str] = "ActorDissolved"

    actor: ActorId


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorSucceeded(EventData):
    """Actors follow on from others: mergers, splits, successions, and claims of them."""

    TYPE: ClassVar[str] = "ActorSucceeded"

    predecessors: SomeActors
    successors: SomeActors
    continuity: Continuity


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipStarted(EventData):
    """An actor becomes part of an umbrella, a state's organ, or a branch."""

    TYPE: ClassVar[str] = "MembershipStarted"
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (("umbrella", "member"),)

    umbrella: ActorId
    member: ActorId
    as_: MembershipStatus = "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipEnded(EventData):
    """An actor leaves an umbrella."""

    TYPE: ClassVar[str] = "MembershipEnded"
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (("umbrella", "member"),)

    umbrella: ActorId
    member: ActorId


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorsJudged(EventData):
    """Somebody judges whether two records are the same actor; a reversible opinion."""

    TYPE: ClassVar[str] = "ActorsJudged"

    actors: TwoActors
    judgement: Judgement
