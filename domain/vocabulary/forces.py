"""Forces sent, expelled and withdrawn; battles, attacks, prisoners, losses and territory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from domain.fields import ActorId, Actors, Count, Entries, ShortText, SomeActors, Texts
from domain.vocabulary.data import EventData

DeploymentRole = Literal["combat", "training", "peacekeeping", "support", "unspecified"]
LossCause = Literal["shot-down", "accident", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForcesDeployed(EventData):
    """A sender's forces are deployed on a host's territory or side."""

    TYPE: ClassVar[str] = "ForcesDeployed"
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (("sender", "host"), ("sender", "against"))

    sender: ActorId
    host: ActorId
    role: DeploymentRole = "unspecified"
    against: Actors = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ForcesExpelled(EventData):
    """A host orders an actor's forces out."""

    TYPE: ClassVar[str] = "ForcesExpelled"
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (("host", "expelled"),)

    host: ActorId
    expelled: ActorId


@dataclass(frozen=True, slots=True, kw_only=True)
class ForcesWithdrawn(EventData):
    """A sender takes its forces home."""

    TYPE: ClassVar[str] = "ForcesWithdrawn"
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (("sender", "host"),)

    sender: ActorId
    host: ActorId


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a battle, with its losses as the claimant gives them."""

    parties: SomeActors
    supporters: Actors = ()
    killed: Count | None = None
    wounded: Count | None = None
    captured: Count | None = None
    missing: Count | None = None
    outcome: ShortText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BattleReported(EventData):
    """Sides fought each other; whoever stood on one side fought together."""

    TYPE: ClassVar[str] = "BattleReported"

    sides: Annotated[tuple[Side, ...], Entries(least=2)]
    civilians_killed: Count | None = None
    methods: Texts = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackReported(EventData):
    """An attacker struck a target that is not said to have fought back."""

    TYPE: ClassVar[str] = "AttackReported"
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (("attacker", "target"),)

    attacker: ActorId
    target: ActorId
    method: ShortText | None = None
    killed: Count | None = None
    wounded: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrisonersTaken(EventData):
    """A captor took prisoners from another actor's ranks."""

    TYPE: ClassVar[str] = "PrisonersTaken"
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (("captor", "captives_of"),)

    captor: ActorId
    captives_of: ActorId
    count: Count | None = None
    remarks: ShortText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrisonersReleased(EventData):
    """A captor let prisoners go, perhaps in an exchange."""

    TYPE: ClassVar[str] = "PrisonersReleased"
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (("captor", "captives_of"),)

    captor: ActorId
    captives_of: ActorId
    count: Count | None = None
    exchange: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeizedItem:
    """A kind of equipment and how much of it."""

    what: ShortText
    count: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentSeized(EventData):
    """Equipment passed into another actor's hands by force."""

    TYPE: ClassVar[str] = "EquipmentSeized"
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (("seizer", "owner"),)

    seizer: ActorId
    owner: ActorId
    items: Annotated[tuple[SeizedItem, ...], Entries()] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AircraftLost(EventData):
    """An operator lost an aircraft; only a named shooter who shot it down is its enemy."""

    TYPE: ClassVar[str] = "AircraftLost"
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (("operator", "shooter"),)

    operator: ActorId
    aircraft: ShortText | None = None
    cause: LossCause
    shooter: ActorId | None = None
    killed: Count | None = None
    wounded: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CasualtiesReported(EventData):
    """An actor's losses, as the claimant counts them."""

    TYPE: ClassVar[str] = "CasualtiesReported"
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (("suffered_by", "inflicted_by"),)

    suffered_by: ActorId
    killed: Count | None = None
    wounded: Count | None = None
    captured: Count | None = None
    missing: Count | None = None
    inflicted_by: ActorId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoryChanged(EventData):
    """Territory passed from one actor to another."""

    TYPE: ClassVar[str] = "TerritoryChanged"
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (("gainer", "loser"),)

    gainer: ActorId
    loser: ActorId
    by_force: bool
