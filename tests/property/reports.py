"""Random histories of one or two incidents: few tellers, few sides, many changes of mind."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from random import Random
from typing import get_args
from uuid import UUID

from domain import vocabulary as v
from domain.claims import Claim
from domain.event import Event, Place
from domain.fields import Count
from domain.viewpoint import Viewpoint, Without
from tests.property.histories import FIRST_DAY, History

EVENTS = 45

_ids = count(1)


def reporting_history(rng: Random, events: int = EVENTS) -> History:
    """A history of at least `events` events, mostly reports of its incidents and reports on them."""
    history = History(rng)
    for actor in history.actors:
        data = v.ActorRegistered(actor=actor, kind="state", name=actor)
        history.offer(_event(history, data, Claim(), "1900"))
    while len(history.events) < events:
        reports = [one for one in history.events if one.incident]
        if reports and rng.random() < 0.45:
            history.offer(_curation(history, rng.choice(history.events[len(history.actors) :])))
        else:
            history.offer(_event(history, _report(history), _claim(history)))
    return history


def reporting_viewpoint(rng: Random, history: History, first: int) -> Viewpoint:
    """Mostly all that is known, of everybody; else any filter."""
    last = len(history.events)
    return Viewpoint(
        valid_at=FIRST_DAY + timedelta(days=rng.choice((-1, 0, 1, 9, 9, 9, 9))),
        position=first - 1 + rng.choice((last, last, rng.randint(0, last))),
        according_to=rng.choice((None, None, None, *history.actors[:2])),
        reliability=rng.choice((None, None, None, "B")),
        credibility=rng.choice((None, None, None, None, 3)),
        alleged=rng.random() < 0.3,
        without=_without(rng, history) if rng.random() < 0.4 else (),
    )


def _without(rng: Random, history: History) -> tuple[Without, ...]:
    """An event, a teller or a publisher that is left out of the log, or two."""
    some = (
        Without("claimant", rng.choice(history.actors[:2])),
        Without("publisher", "wire"),
        Without("event", rng.choice(history.events).id),
        Without("event", rng.choice(history.events).id),
    )
    return tuple(sorted(set(rng.sample(some, rng.randint(1, 2)))))


def _report(history: History) -> v.EventData:
    rng = history.rng
    one, other, third = history.actors[:3]
    killed, wounded = _count(rng), _count(rng)
    match rng.randrange(8):
        case 0 | 1 | 2:
            ours, theirs = rng.choice((((one,), (other,)), ((one, third), (other,))))
            words = (None, "victory", "Victory", "defeat", "unclear")
            return v.BattleReported(
                sides=(
                    v.Side(parties=ours[:1], supporters=ours[1:], killed=killed,
                           outcome=rng.choice(words)),
                    v.Side(parties=theirs, killed=wounded, outcome=rng.choice(words)),
                ),
                civilians_killed=_count(rng),
            )  # fmt: skip
        case 3 | 4:
            return v.CasualtiesReported(suffered_by=one, killed=killed, missing=wounded)
        case 5:
            cause = rng.choice(get_args(v.forces.LossCause))
            return v.AircraftLost(operator=one, cause=cause, killed=killed)
        case 6:
            return v.PrisonersTaken(captor=other, captives_of=one, count=killed)
        case _:
            item = v.forces.SeizedItem(what="trucks", count=killed)
            return v.EquipmentSeized(seizer=one, owner=other, items=(item,))


def _count(rng: Random) -> Count | None:
    return rng.choice(
        (
            None,
            Count(low=3),
            Count(best=2),
            Count(best=5),
            Count(high=1),
            Count(low=2, best=3, high=5),
            Count(text="many"),
        )
    )


def _curation(history: History, target: Event) -> Event:
    """The claimant's own change of mind, somebody's denial, or a corroboration."""
    rng = history.rng
    own = replace(_claim(history), claimant=target.claim.claimant, publisher=target.claim.publisher)
    match rng.randrange(8):
        case 0 | 1:
            claim = rng.choice((own, own, replace(own, claimant=None)))
            return _event(history, v.ReportRetracted(event=target.id, reason="r"), claim)
        case 2:
            return _event(history, v.ReportDenied(event=target.id), own)
        case 3:
            return _event(history, v.ReportDenied(event=target.id), _claim(history))
        case 4:
            return _event(history, v.ReportCorroborated(event=target.id), _claim(history))
        case _:
            return replace(
                _event(history, _corrected(history, target.data), own),
                supersedes=target.id,
                reason="a better count",
            )


def _corrected(history: History, data: v.EventData) -> v.EventData:
    reports = [one for one in history.events if one.incident]
    if isinstance(data, v.ReportDenied):
        return v.ReportDenied(event=history.rng.choice(reports).id)
    made = (_report(history) for _ in range(40))
    return next((one for one in made if type(one) is type(data)), data)


def _event(history: History, data: v.EventData, claim: Claim, occurred: str = "") -> Event:
    rng = history.rng
    reports = not isinstance(data, v.ActorRegistered)
    day = FIRST_DAY + timedelta(days=rng.randrange(3))
    return Event(
        id=str(UUID(int=(1 << 120) + (next(_ids) << 64))),
        occurred=occurred or rng.choice((day.isoformat(), f"{day}/2020-03", "2020-01")),
        data=data,
        claim=claim,
        incident=rng.choice((*history.incidents[:1] * 6, history.incidents[1], None))
        if reports
        else None,
        place=rng.choice((None, Place(name="Kidal"), Place(name="In Khalil", latitude=21.0))),
    )


def _claim(history: History) -> Claim:
    rng = history.rng
    return Claim(
        claimant=rng.choice((*history.actors[:2] * 2, None)),
        modality=rng.choice(("asserted",) * 8 + ("acknowledged", "alleged", "denied")),
        publisher=rng.choice((None, "wire", "post")),
        reliability=rng.choice(("A", "B", "B", "C", "F", None)),
        credibility=rng.choice((1, 2, 3, 4, 6, None)),
        origin=rng.choice((None, None, "common")),
    )
