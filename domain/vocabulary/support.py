"""Support given, support alleged, and abuse alleged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from domain.fields import ActorId, Actors, Entries, Texts
from domain.vocabulary.data import EventData

SupportKind = Literal["troops", "arms", "money", "training", "intelligence", "sanctuary", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportProvided(EventData):
    """A supporter helps a recipient, perhaps against others (kinds after UCDP ESD)."""

    TYPE: ClassVar[str] = "SupportProvided"
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("supporter", "recipient"),
        ("supporter", "against"),
    )

    supporter: ActorId
    recipient: ActorId
    kinds: Annotated[tuple[SupportKind, ...], Entries(least=1)]
    against: Actors = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportAlleged(EventData):
    """An accuser says that somebody helps a recipient: the accusation is a fact, the help is not."""

    TYPE: ClassVar[str] = "SupportAlleged"
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (("supporter", "recipient"),)

    accuser: ActorId
    supporter: ActorId
    recipient: ActorId
    kinds: Annotated[tuple[SupportKind, ...], Entries()] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AbuseAlleged(EventData):
    """An accuser says that a perpetrator abused victims."""

    TYPE: ClassVar[str] = "AbuseAlleged"
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (("perpetrator", "victims"),)

    accuser: ActorId
    perpetrator: ActorId
    victims: ActorId
    acts: Texts = ()
