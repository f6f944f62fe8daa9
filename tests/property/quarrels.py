"""Random histories of two actors only, in which every origin, denial and retraction may decide.

Few claimants, origins and days, every claim admitted: what is left out of such a history often
changes how the two stand, and brings back what had been retracted, corrected or denied.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from uuid import UUID

from domain import vocabulary as v
from domain.claims import Claim
from domain.event import Event
from domain.viewpoint import Viewpoint
from tests.property.histories import FIRST_DAY, History
from tests.property.random_data import BUILDER_OF, formation, ids, registration

DAYS = 4
MOVES = (
    *(v.BattleReported, v.AttackReported, v.SupportProvided, v.ForcesDeployed, v.ForcesExpelled)
    * 2,
    *(v.CeasefireAgreed, v.HostilitiesEnded, v.ForcesWithdrawn, v.AgreementSigned) * 2,
    *(v.StatementMade, v.RelationsSevered, v.RelationsRestored, v.AgreementEnded),
    *(v.SanctionImposed, v.SanctionLifted, v.AllianceJoined, v.AllianceLeft, v.AllianceFormed),
    *(v.ActorDissolved, v.RegimeChanged),
)
ORIGINS = (None, None, None, "agency", "wire")


@dataclass
class Quarrel(History):
    """A history whose events are mostly about its first two actors."""

    def some(self, least: int, most: int) -> tuple[str, ...]:
        first, second, *others = self.actors
        two = self.rng.sample((first, second), 2)
        if self.rng.random() < 0.2:
            two[self.rng.randrange(2)] = others.pop()
        return (*two, *others)[: self.rng.randint(least, min(most, least + 1))]

    def actor(self) -> str:
        return self.rng.choice(self.actors[:2])

    @property
    def tellers(self) -> Sequence[str | None]:
        """Who claims anything: the two, another, and the recorder."""
        return None, *self.actors[:3]


def random_quarrel(rng: Random, events: int) -> Quarrel:
    """A quarrel of so many events, besides the registrations."""
    quarrel = Quarrel(rng)
    for actor in quarrel.actors:
        quarrel.offer(_event(quarrel, registration(actor), Claim()))
    for alliance in quarrel.alliances:
        quarrel.offer(_event(quarrel, formation(quarrel, alliance), _claim(quarrel)))
    most = len(quarrel.events) + events
    while len(quarrel.events) < most:
        told = [one for one in quarrel.events if not isinstance(one.data, v.ActorRegistered)]
        curating = [one for one in told if one.supersedes or isinstance(one.data, v.ReportDenied)]
        told = curating if curating and rng.random() < 0.3 else told
        if told and rng.random() < 0.4:
            quarrel.offer(_curation(quarrel, rng.choice(told)))
        else:
            quarrel.offer(_event(quarrel, BUILDER_OF[rng.choice(MOVES)](quarrel), _claim(quarrel)))
    return quarrel


def random_question(rng: Random, quarrel: Quarrel, first: int) -> Viewpoint:
    """A viewpoint that sees most of the quarrel, whose first event stands at position `first`."""
    last = first - 1 + len(quarrel.events)
    return Viewpoint(
        valid_at=FIRST_DAY + timedelta(days=rng.choice((DAYS, DAYS, 2, 1))),
        position=last - rng.choice((0, 0, 0, rng.randrange(5))),
        according_to=rng.choice((None, None, *quarrel.tellers)),
        alleged=rng.random() < 0.3,
    )


def _curation(quarrel: Quarrel, target: Event) -> Event:
    own = replace(_claim(quarrel), claimant=target.claim.claimant)
    match quarrel.rng.choice(("retract", "retract", "deny", "deny", "correct", "correct")):
        case "retract":
            claim = quarrel.rng.choice((own, replace(own, claimant=None)))
            return _event(quarrel, v.ReportRetracted(event=target.id, reason="r"), claim)
        case "deny":
            return _event(quarrel, v.ReportDenied(event=target.id), _claim(quarrel))
        case _:
            data = target.data
            if type(data) in MOVES and quarrel.rng.random() < 0.5:
                data = BUILDER_OF[type(data)](quarrel)
            corrected = _event(quarrel, data, own)
            occurred = quarrel.rng.choice((corrected.occurred, target.occurred))
            return replace(corrected, occurred=occurred, supersedes=target.id, reason="r")


def _event(quarrel: Quarrel, data: v.EventData, claim: Claim) -> Event:
    day = FIRST_DAY + timedelta(days=quarrel.rng.randrange(DAYS))
    exact = day.isoformat()
    occurred = quarrel.rng.choice((exact, exact, exact, f"{exact}/{day + timedelta(days=1)}"))
    return Event(id=str(UUID(int=next(ids) << 64)), occurred=occurred, data=data, claim=claim)


def _claim(quarrel: Quarrel) -> Claim:
    rng = quarrel.rng
    return Claim(
        claimant=rng.choice(quarrel.tellers),
        modality=rng.choice(("asserted",) * 6 + ("alleged",)),
        origin=rng.choice(ORIGINS),
    )
