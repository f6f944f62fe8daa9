"""Random data of events of every type, about the actors and alliances of a history."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any, get_args

from domain import vocabulary as v
from domain.fields import Count
from domain.vocabulary import alliances, politics, support
from domain.vocabulary.actors import ActorKind

if TYPE_CHECKING:
    from tests.property.histories import History

ORGANISATION = "-e"
"""The last actor of a history is an international organisation, unless its registration is corrected."""
PROGRAMMES = (None, "p", "q")
COUNTS = (
    None,
    Count(low=2),
    Count(best=1),
    Count(best=2),
    Count(high=1),
    Count(low=2, best=3, high=5),
    Count(text="many"),
)

ids = count(1)
"""Numbers that nobody else uses, for ids and names."""


def registration(actor: str) -> v.ActorRegistered:
    kind: ActorKind = "international-organisation" if actor.endswith(ORGANISATION) else "state"
    return v.ActorRegistered(actor=actor, kind=kind, name=f"Name of {actor}")


def formation(history: History, alliance: str) -> v.AllianceFormed:
    obligations = history.rng.sample(get_args(alliances.Obligation), history.rng.randint(1, 2))
    return v.AllianceFormed(
        alliance=alliance,
        members=history.some(2, 4),
        obligations=tuple(obligations),
        name=history.maybe(f"name {next(ids)}"),
    )


def _battle(history: History) -> v.BattleReported:
    actors = history.some(2, 5)
    cut = history.rng.randint(1, len(actors) - 1)
    sides = []
    for members in (actors[:cut], actors[cut:]):
        parties = history.rng.randint(1, len(members))
        sides.append(
            v.Side(
                parties=members[:parties],
                supporters=members[parties:],
                killed=history.rng.choice(COUNTS),
                outcome=history.rng.choice((None, None, "victory", "defeat", "unclear")),
            )
        )
    return v.BattleReported(
        sides=tuple(sides), civilians_killed=history.rng.choice((None, *COUNTS))
    )


def _two(
    cls: type[v.EventData], first: str, second: str, **more: Any
) -> Callable[[History], v.EventData]:
    def build(history: History) -> v.EventData:
        one, other = history.some(2, 2)
        chosen = {name: history.rng.choice(values) for name, values in more.items()}
        return cls(**{first: one, second: other}, **chosen)

    return build


def _parties(
    cls: type[v.EventData], most: int = 3, **more: Any
) -> Callable[[History], v.EventData]:
    def build(history: History) -> v.EventData:
        chosen: dict[str, Any] = {name: history.rng.choice(values) for name, values in more.items()}
        chosen["parties"] = history.some(2, most)
        return cls(**chosen)

    return build


def _alliance(cls: type[v.EventData], *, member: bool) -> Callable[[History], v.EventData]:
    def build(history: History) -> v.EventData:
        fields = {"alliance": history.rng.choice(history.alliances)}
        return cls(**fields, **({"member": history.actor()} if member else {}))

    return build


def _against(
    cls: type[v.EventData], first: str, second: str, **more: Any
) -> Callable[[History], v.EventData]:
    def build(history: History) -> v.EventData:
        one, other, *against = history.some(2, 4)
        chosen = {name: history.rng.choice(values) for name, values in more.items()}
        return cls(**{first: one, second: other, "against": tuple(against)}, **chosen)

    return build


def _coup(history: History) -> v.CoupOccurred:
    state, *others = history.some(2, 4)
    cut = history.rng.randint(1, len(others))
    return v.CoupOccurred(
        state=state, perpetrators=tuple(others[:cut]), ousted=tuple(others[cut:]), outcome="success"
    )


def _accusing(cls: type[v.EventData], *roles: str, **more: Any) -> Callable[[History], v.EventData]:
    def build(history: History) -> v.EventData:
        chosen = {name: history.rng.choice(values) for name, values in more.items()}
        return cls(**dict(zip(roles, history.some(3, 3), strict=True)), **chosen)

    return build


def _lifting(history: History) -> v.SanctionLifted:
    """Mostly of what was imposed before: chance would seldom meet its pair with another programme."""
    imposed = [one.data for one in history.events if isinstance(one.data, v.SanctionImposed)]
    if imposed and history.rng.random() < 0.7:
        sanction = history.rng.choice(imposed)
        sender, target = sanction.sender, sanction.target
    else:
        sender, target = history.some(2, 2)
    return v.SanctionLifted(sender=sender, target=target, programme=history.rng.choice(PROGRAMMES))


_KINDS = (*((kind,) for kind in get_args(support.SupportKind)), ("arms", "troops"))

BUILDER_OF: dict[type[v.EventData], Callable[[History], v.EventData]] = {
    v.ActorRenamed: lambda h: v.ActorRenamed(actor=h.actor(), name=f"renamed {next(ids)}"),
    v.ActorDissolved: lambda h: v.ActorDissolved(actor=h.actor()),
    v.ActorSucceeded: lambda h: v.ActorSucceeded(
        predecessors=h.some(1, 2),
        successors=h.some(1, 2),
        continuity=h.rng.choice(("full", "partial", "claimed", "disputed")),
    ),
    v.MembershipStarted: _two(
        v.MembershipStarted, "umbrella", "member", as_=("member", "organ", "claimed")
    ),
    v.MembershipEnded: _two(v.MembershipEnded, "umbrella", "member"),
    v.ActorsJudged: lambda h: v.ActorsJudged(
        actors=h.some(2, 2), judgement=h.rng.choice(("same", "same", "different", "unsure"))
    ),
    v.CoupOccurred: _coup,
    v.RegimeChanged: lambda h: v.RegimeChanged(
        state=h.actor(), how=h.rng.choice(("overthrow", "collapse", "election"))
    ),
    v.RelationsSevered: _two(v.RelationsSevered, "initiator", "target"),
    v.RelationsDowngraded: _two(
        v.RelationsDowngraded,
        "initiator",
        "target",
        measure=get_args(politics.DowngradeMeasure),
    ),
    v.RelationsRestored: _parties(v.RelationsRestored, 2),
    v.SanctionImposed: _two(v.SanctionImposed, "sender", "target", programme=PROGRAMMES),
    v.SanctionLifted: _lifting,
    v.AccusationMade: _two(v.AccusationMade, "accuser", "accused"),
    v.StatementMade: lambda h: v.StatementMade(
        speaker=h.actor(),
        about=h.some(1, 3),
        tone=h.rng.choice(get_args(politics.Tone)),
    ),
    v.AllianceFormed: lambda h: formation(h, h.rng.choice(h.alliances)),
    v.AllianceJoined: _alliance(v.AllianceJoined, member=True),
    v.AllianceLeft: _alliance(v.AllianceLeft, member=True),
    v.AllianceEnded: _alliance(v.AllianceEnded, member=False),
    v.CeasefireAgreed: _parties(v.CeasefireAgreed, scope=("full", "full", "partial")),
    v.AgreementSigned: _parties(v.AgreementSigned, kind=("cooperation", "peace", "limited")),
    v.AgreementEnded: _parties(v.AgreementEnded),
    v.AgreementBroken: _two(v.AgreementBroken, "accuser", "accused"),
    v.HostilitiesEnded: _parties(v.HostilitiesEnded, how=(None, "victory")),
    v.ForcesDeployed: _against(v.ForcesDeployed, "sender", "host", role=("combat", "training")),
    v.ForcesExpelled: _two(v.ForcesExpelled, "host", "expelled"),
    v.ForcesWithdrawn: _two(v.ForcesWithdrawn, "sender", "host"),
    v.BattleReported: _battle,
    v.AttackReported: _two(v.AttackReported, "attacker", "target", killed=COUNTS),
    v.PrisonersTaken: _two(v.PrisonersTaken, "captor", "captives_of", count=COUNTS),
    v.PrisonersReleased: _two(v.PrisonersReleased, "captor", "captives_of", exchange=(None, True)),
    v.EquipmentSeized: _two(v.EquipmentSeized, "seizer", "owner"),
    v.AircraftLost: _two(
        v.AircraftLost,
        "operator",
        "shooter",
        cause=("shot-down", "accident", "unknown"),
        killed=COUNTS,
    ),
    v.CasualtiesReported: _two(
        v.CasualtiesReported, "suffered_by", "inflicted_by", killed=COUNTS, missing=COUNTS
    ),
    v.TerritoryChanged: _two(v.TerritoryChanged, "gainer", "loser", by_force=(True, False)),
    v.SupportProvided: _against(v.SupportProvided, "supporter", "recipient", kinds=_KINDS),
    v.SupportAlleged: _accusing(
        v.SupportAlleged, "accuser", "supporter", "recipient", kinds=_KINDS
    ),
    v.AbuseAlleged: _accusing(v.AbuseAlleged, "accuser", "perpetrator", "victims"),
}

LOSSES = (
    v.BattleReported,
    v.AttackReported,
    v.PrisonersTaken,
    v.AircraftLost,
    v.EquipmentSeized,
    v.CasualtiesReported,
)
"""Most events of these types are reports of an incident."""

_FREQUENT = (
    v.AllianceJoined,
    v.AllianceLeft,
    v.AllianceFormed,
    v.SanctionImposed,
    v.SanctionLifted,
    v.SupportProvided,
    v.SupportAlleged,
    v.BattleReported,
    v.CeasefireAgreed,
    v.AgreementSigned,
    v.ForcesDeployed,
    v.ForcesWithdrawn,
    v.StatementMade,
    v.MembershipStarted,
    v.ActorSucceeded,
    v.ActorsJudged,
)
_RARE = (v.ActorDissolved, v.RegimeChanged, v.AllianceEnded)
BUILDERS = [
    build
    for cls, build in BUILDER_OF.items()
    for _ in range(6 if cls in _FREQUENT else 1 if cls in _RARE else 2)
]
