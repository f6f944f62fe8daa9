"""Policy version 1: how events move stances, as data (DESIGN section 4).

Every rule either *sets* a level on lines or *closes* levels on them. Lines are named by their
kind and two ends: `cooperation`, `conflict` and `neutral` run from actor to actor, `sanction`
too (one line a programme), `membership` from alliance to actor, `obligation` from alliance to
obligation, `umbrella` and `claimed-umbrella` from umbrella to member. `GET /v1/policy` shows this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

VERSION = 1

LineKind = Literal[
    "cooperation",
    "conflict",
    "neutral",
    "sanction",
    "membership",
    "obligation",
    "umbrella",
    "claimed-umbrella",
]
Move = Literal["set", "close"]
Alignment = Literal["allied", "cooperating", "neutral", "mixed", "strained", "hostile", "unknown"]
Between = Literal["each", "mutual", "every two", "across sides", "within sides", "source", "target"]

STRONG_OBLIGATIONS = frozenset({"defence", "offence", "joint-operations"})
COMMITMENT_LEVELS = {"strong": 3, "weak": 1}
SANCTION_LEVEL = 2
STALE_AFTER_DAYS = {1: 365, 2: 730, 3: 365}
"""Days after the last evidence at which the highest deciding level counts as stale."""
STALE_AFTER_DAYS_NEUTRAL = 365

ADMITTED_MODALITIES = frozenset({"asserted", "acknowledged"})
ALLEGED_MODALITIES = frozenset({"alleged", "speculated"})
"""Admitted by include=alleged; `denied` and `planned` never are (DESIGN section 5)."""
UNCOUNTED_MODALITIES = frozenset({"denied", "planned"})
"""Registrations, names, successions and umbrella memberships count unless of these."""


@dataclass(frozen=True, slots=True)
class When:
    """A rule's condition: the field's value, or one of its values, is among `values`."""

    field: str
    values: tuple[object, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One effect of an event type.

    `between` says which lines: from `each` source field value to each target field value, the
    same both ways (`mutual`), both ways between `every two` of the source field, between
    members of different sides of a battle (`across sides`) or of one side (`within sides`), or,
    for closes, every line of the kind that has the actor as its `source` or `target`.
    `rank` orders effects within a day: -1 first, +1 last.
    """

    kind: LineKind
    move: Move
    between: Between
    source: str = ""
    target: str = ""
    low: int = 1
    high: int = 3
    programme: str | None = None
    rank: int = 0
    alleged: bool = False
    when: tuple[When, ...] = ()


def _set(
    kind: LineKind,
    level: int,
    between: Between,
    source: str = "",
    target: str = "",
    *when: When,
    programme: str | None = None,
    alleged: bool = False,
) -> Rule:
    return Rule(kind, "set", between, source, target, level, level, programme, 0, alleged, when)


def _close(
    kind: LineKind,
    between: Between,
    source: str = "",
    target: str = "",
    *when: When,
    low: int = 1,
    high: int = 3,
    programme: str | None = None,
    rank: int = 0,
) -> Rule:
    return Rule(kind, "close", between, source, target, low, high, programme, rank, False, when)


_FULL = When("scope", ("full",))
_COOPERATION_OR_PEACE = When("kind", ("cooperation", "peace"))
_PEACE = When("kind", ("peace",))
_TROOPS = When("kinds", ("troops",))
_NO_TROOPS = When("kinds", ("troops",), negated=True)
_BREAKDOWN = When("how", ("overthrow", "collapse"))
_COMBAT = When("role", ("combat",))
_NO_COMBAT = When("role", ("combat",), negated=True)
_MILD_MEASURE = When("measure", ("ambassador-recalled", "downgraded"))
_HARD_MEASURE = When("measure", ("ambassador-recalled", "downgraded"), negated=True)

_CLAIMED = When("as_", ("claimed",))
_NOT_CLAIMED = When("as_", ("claimed",), negated=True)

_BETWEEN_ACTORS: tuple[LineKind, ...] = (
    "cooperation",
    "conflict",
    "neutral",
    "sanction",
    "umbrella",
    "claimed-umbrella",
)
_BROKEN_BY_REGIME: tuple[LineKind, ...] = ("cooperation", "conflict")
_ENDS: tuple[Between, Between] = ("source", "target")

RULES: dict[str, tuple[Rule, ...]] = {
    "CoupOccurred": (
        _set("conflict", 3, "each", "perpetrators", "ousted"),
        _set("conflict", 2, "each", "ousted", "perpetrators"),
        _set("cooperation", 3, "every two", "perpetrators"),
    ),
    "RegimeChanged": tuple(
        _close(kind, end, "state", "", _BREAKDOWN, rank=-1)
        for kind in _BROKEN_BY_REGIME
        for end in _ENDS
    ),
    "ForcesDeployed": (
        _set("cooperation", 3, "mutual", "sender", "host", _COMBAT),
        _set("cooperation", 2, "mutual", "sender", "host", _NO_COMBAT),
        _set("conflict", 2, "each", "sender", "against"),
    ),
    "ForcesExpelled": (
        _close("cooperation", "mutual", "host", "expelled"),
        _set("conflict", 2, "each", "host", "expelled"),
    ),
    "ForcesWithdrawn": (_close("cooperation", "mutual", "sender", "host", low=2),),
    "BattleReported": (
        _close("cooperation", "across sides", rank=-1),
        _set("conflict", 3, "across sides"),
        _set("cooperation", 3, "within sides"),
    ),
    "AttackReported": (_set("conflict", 3, "each", "attacker", "target"),),
    "PrisonersTaken": (_set("conflict", 3, "each", "captor", "captives_of"),),
    "EquipmentSeized": (_set("conflict", 2, "each", "seizer", "owner"),),
    "AircraftLost": (
        _set("conflict", 3, "each", "shooter", "operator", When("cause", ("shot-down",))),
    ),
    "TerritoryChanged": (
        _set("conflict", 3, "each", "gainer", "loser", When("by_force", (True,))),
    ),
    "SupportProvided": (
        _set("cooperation", 3, "each", "supporter", "recipient", _TROOPS),
        _set("cooperation", 2, "each", "supporter", "recipient", _NO_TROOPS),
        _set("conflict", 2, "each", "supporter", "against"),
    ),
    "SupportAlleged": (
        _set("conflict", 1, "each", "accuser", "supporter"),
        _set("cooperation", 3, "each", "supporter", "recipient", _TROOPS, alleged=True),
        _set("cooperation", 2, "each", "supporter", "recipient", _NO_TROOPS, alleged=True),
    ),
    "AbuseAlleged": (
        _set("conflict", 1, "each", "accuser", "perpetrator"),
        _set("conflict", 3, "each", "perpetrator", "victims", alleged=True),
    ),
    "AccusationMade": (_set("conflict", 1, "each", "accuser", "accused"),),
    "StatementMade": (
        _set("cooperation", 1, "each", "speaker", "about", When("tone", ("support",))),
        _set("conflict", 1, "each", "speaker", "about", When("tone", ("criticism", "threat"))),
        _set("neutral", 1, "each", "speaker", "about", When("tone", ("neutrality",))),
    ),
    "RelationsSevered": (
        _close("cooperation", "mutual", "initiator", "target"),
        _set("conflict", 2, "each", "initiator", "target"),
    ),
    "RelationsDowngraded": (
        _set("conflict", 1, "each", "initiator", "target", _MILD_MEASURE),
        _set("conflict", 2, "each", "initiator", "target", _HARD_MEASURE),
    ),
    "RelationsRestored": (
        _close("conflict", "every two", "parties"),
        _set("neutral", 1, "every two", "parties"),
    ),
    "CeasefireAgreed": (
        _close("conflict", "every two", "parties", "", _FULL),
        _set("neutral", 1, "every two", "parties", "", _FULL),
    ),
    "AgreementSigned": (
        _set("cooperation", 1, "every two", "parties", "", _COOPERATION_OR_PEACE),
        _close("conflict", "every two", "parties", "", _PEACE),
        _set("neutral", 1, "every two", "parties", "", _PEACE),
    ),
    "AgreementEnded": (
        _close("cooperation", "every two", "parties", high=1),
        _close("neutral", "every two", "parties"),
    ),
    "AgreementBroken": (_set("conflict", 1, "each", "accuser", "accused"),),
    "HostilitiesEnded": (_close("conflict", "every two", "parties"),),
    "SanctionImposed": (_set("sanction", 1, "each", "sender", "target", programme="programme"),),
    "SanctionLifted": (_close("sanction", "each", "sender", "target", programme="programme"),),
    "AllianceFormed": (
        _set("membership", 1, "each", "alliance", "members"),
        _set("obligation", 1, "each", "alliance", "obligations"),
    ),
    "AllianceJoined": (_set("membership", 1, "each", "alliance", "member"),),
    "AllianceLeft": (_close("membership", "each", "alliance", "member"),),
    "AllianceEnded": (_close("membership", "source", "alliance"),),
    "MembershipStarted": (
        _set("umbrella", 1, "each", "umbrella", "member", _NOT_CLAIMED),
        _set("claimed-umbrella", 1, "each", "umbrella", "member", _CLAIMED),
    ),
    "MembershipEnded": (
        _close("umbrella", "each", "umbrella", "member"),
        _close("claimed-umbrella", "each", "umbrella", "member"),
    ),
    "ActorDissolved": (
        *(_close(kind, end, "actor", rank=1) for kind in _BETWEEN_ACTORS for end in _ENDS),
        _close("membership", "target", "actor", rank=1),
    ),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A row of the alignment table: what a pair's two levels make of it."""

    alignment: Alignment
    deciding: Literal["both", "conflict", "cooperation", "neutral", "none"]


def verdict(cooperation: int, conflict: int, *, neutral: bool) -> Verdict:
    """The alignment of an unordered pair: the first row that holds (DESIGN section 4)."""
    if cooperation >= 2 and conflict >= 2:
        return Verdict("mixed", "both")
    if conflict > 0 and conflict >= cooperation:
        return Verdict("hostile" if conflict == 3 else "strained", "conflict")
    if cooperation > 0:
        return Verdict("allied" if cooperation == 3 else "cooperating", "cooperation")
    return Verdict("neutral", "neutral") if neutral else Verdict("unknown", "none")
