"""Random histories, dense enough that every clause of the policy matters.

Few actors, few days and many curating events, so that order within a day, vague dates,
correction chains and denials collide all the time. Every history is one that the log accepts:
candidates that `domain.decisions` refuses are thrown away.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any, get_args
from uuid import UUID

from domain import vocabulary as v
from domain.checks import problems
from domain.claims import Claim
from domain.decisions import Register, decide
from domain.event import Event, Place
from domain.fields import Count
from domain.viewpoint import Viewpoint
from domain.vocabulary import alliances, politics, support

FIRST_DAY = date(2020, 1, 30)
DAYS = 6
ACTORS = 5
ORGANISATION = "-e"
"""The last actor of a history is an international organisation, unless its registration is corrected."""
ALLIANCES = 2
PROGRAMMES = (None, "p", "q")
EVENTS = 40
COUNTS = (
    None,
    Count(low=2),
    Count(best=1),
    Count(best=2),
    Count(high=1),
    Count(low=2, best=3, high=5),
    Count(text="many"),
)
YEARS_ON = (0, 0, 0, 0, -400, 365, 730)
"""How many days after the history's own to ask: mostly none, sometimes about when evidence goes stale."""

_ids = count(1)
_prefixes = count(1)


@dataclass
class History:
    """A history under construction. `actors` and `alliances` are ids that nobody else uses."""

    rng: Random
    prefix: str = field(default_factory=lambda: f"h{next(_prefixes)}")
    events: list[Event] = field(default_factory=list)
    register: Register = field(default_factory=Register)

    @property
    def actors(self) -> list[str]:
        return [f"{self.prefix}-{letter}" for letter in "abcdefgh"[:ACTORS]]

    @property
    def alliances(self) -> list[str]:
        return [f"{self.prefix}-{letter}" for letter in "xyz"[:ALLIANCES]]

    @property
    def incidents(self) -> list[str]:
        return [f"{self.prefix}-{letter}" for letter in "ij"]

    def offer(self, event: Event) -> bool:
        """Add the event if the log would accept it."""
        if problems(event) or decide(event, self.register):
            return False
        self.register.evolve(event, self.register.tags_for(event))
        self.events.append(event)
        return True

    def actor(self) -> str:
        return self.rng.choice(self.actors)

    def some(self, least: int, most: int) -> tuple[str, ...]:
        return tuple(self.rng.sample(self.actors, self.rng.randint(least, most)))

    def maybe(self, value: Any, otherwise: Any = None) -> Any:
        return value if self.rng.random() < 0.5 else otherwise


def random_history(rng: Random, events: int = EVENTS) -> History:
    """A history of at least `events` events over all types."""
    history = History(rng)
    late = rng.randrange(ACTORS)
    for index, actor in enumerate(history.actors):
        if index != late:
            history.offer(_event(history, _registration(actor), Claim()))
    for alliance in history.alliances:
        history.offer(_event(history, _formation(history, alliance), _claim(history)))
    while len(history.events) < events:
        if (
            len(history.events) > events // 4
            and history.actors[late] not in history.register.registrations
        ):
            history.offer(_event(history, _registration(history.actors[late]), Claim()))
        history.offer(_candidate(history))
    return history


def random_viewpoint(rng: Random, history: History, first: int) -> Viewpoint:
    """Any viewpoint on the history, whose first event stands at position `first`."""
    return Viewpoint(
        valid_at=FIRST_DAY + timedelta(days=rng.randrange(-1, DAYS) + rng.choice(YEARS_ON)),
        position=first - 1 + rng.choice((len(history.events), rng.randint(0, len(history.events)))),
        according_to=rng.choice((None, None, *history.actors)),
        reliability=rng.choice((None, None, None, "A", "B", "C", "E")),
        credibility=rng.choice((None, None, None, 1, 2, 3, 5)),
        alleged=rng.random() < 0.4,
        parts=rng.random() < 0.4,
    )


def _candidate(history: History) -> Event:
    if history.rng.random() < 0.3:
        return _curation(history)
    build = history.rng.choice(_BUILDERS)
    return _event(history, build(history), _claim(history))


def _curation(history: History) -> Event:
    """A retraction, denial, corroboration or correction of an earlier event."""
    rng = history.rng
    target = rng.choice(history.events)
    own = replace(_claim(history), claimant=target.claim.claimant)
    match rng.choice(("retract", "deny", "deny", "corroborate", "correct", "correct", "correct")):
        case "retract":
            claim = rng.choice((own, replace(own, claimant=None)))
            return _event(history, v.ReportRetracted(event=target.id, reason="r"), claim)
        case "deny":
            return _event(history, v.ReportDenied(event=target.id), _claim(history))
        case "corroborate":
            return _event(history, v.ReportCorroborated(event=target.id), _claim(history))
        case _:
            corrected = _event(history, _corrected(history, target), own)
            return replace(corrected, supersedes=target.id, reason="r")


def _corrected(history: History, target: Event) -> v.EventData:
    """Other data of the target's type, or its own on another date."""
    data = target.data
    if isinstance(data, v.ActorRegistered):
        kind = history.rng.choice((data.kind, data.kind, "international-organisation", "umbrella"))
        return replace(data, name=f"corrected {next(_ids)}", kind=kind)
    if isinstance(data, v.ReportDenied | v.ReportCorroborated):
        return replace(data, event=history.rng.choice(history.events).id)
    builder = _BUILDER_OF.get(type(data))
    return builder(history) if builder and history.rng.random() < 0.6 else data


def _event(history: History, data: v.EventData, claim: Claim) -> Event:
    rng = history.rng
    incident = rng.choice((*history.incidents, None) if type(data) in _LOSSES else (None,))
    place = rng.choice((None, Place(name="Kidal"), Place(name="In Khalil", latitude=21.0)))
    return Event(
        id=str(UUID(int=next(_ids) << 64)),
        occurred=_occurred(rng),
        data=data,
        claim=claim,
        incident=incident,
        place=place if incident else None,
    )


def _occurred(rng: Random) -> str:
    day = FIRST_DAY + timedelta(days=rng.randrange(DAYS))
    other = day + timedelta(days=rng.randrange(3))
    exact, month = day.isoformat(), f"{day:%Y-%m}"
    vague = (
        month,
        f"{exact}/{other.isoformat()}",
        f"{exact}/{other:%Y-%m}",
        f"{month}~",
        "2020",
        f"2019/{exact}",
    )
    return rng.choice((exact, exact, exact, f"{exact}?", *vague))


def _claim(history: History) -> Claim:
    rng = history.rng
    return Claim(
        claimant=rng.choice((None, None, history.actor())),
        modality=rng.choice(
            ("asserted",) * 6 + ("acknowledged", "alleged", "speculated", "denied", "planned")
        ),
        publisher=rng.choice((None, "wire", "post")),
        reliability=rng.choice((None, "A", "B", "C", "E", "F")),
        credibility=rng.choice((None, 1, 2, 3, 5, 6)),
        origin=rng.choice((None, None, "wire", history.actor())),
    )


def _registration(actor: str) -> v.ActorRegistered:
    kind = "international-organisation" if actor.endswith(ORGANISATION) else "state"
    return v.ActorRegistered(actor=actor, kind=kind, name=f"Name of {actor}")


def _formation(history: History, alliance: str) -> v.AllianceFormed:
    obligations = history.rng.sample(get_args(alliances.Obligation), history.rng.randint(1, 2))
    return v.AllianceFormed(
        alliance=alliance,
        members=history.some(2, 4),
        obligations=tuple(obligations),
        name=history.maybe(f"name {next(_ids)}"),
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


_KINDS = (*((kind,) for kind in get_args(support.SupportKind)), ("arms", "troops"))

_BUILDER_OF: dict[type[v.EventData], Callable[[History], v.EventData]] = {
    v.ActorRenamed: lambda h: v.ActorRenamed(actor=h.actor(), name=f"renamed {next(_ids)}"),
    v.ActorDissolved: lambda h: v.ActorDissolved(actor=h.actor()),
    v.ActorSucceeded: lambda h: v.ActorSucceeded(
        predecessors=h.some(1, 2),
        successors=h.some(1, 2),
        continuity=h.rng.choice(("full", "claimed")),
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
    v.SanctionLifted: _two(v.SanctionLifted, "sender", "target", programme=PROGRAMMES),
    v.AccusationMade: _two(v.AccusationMade, "accuser", "accused"),
    v.StatementMade: lambda h: v.StatementMade(
        speaker=h.actor(),
        about=h.some(1, 3),
        tone=h.rng.choice(get_args(politics.Tone)),
    ),
    v.AllianceFormed: lambda h: _formation(h, h.rng.choice(h.alliances)),
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

_LOSSES = (
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
_BUILDERS = [
    build
    for cls, build in _BUILDER_OF.items()
    for _ in range(6 if cls in _FREQUENT else 1 if cls in _RARE else 2)
]
