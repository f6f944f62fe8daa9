"""Random histories, dense enough that every clause of the policy matters.

Few actors, few days and many curating events, so that order within a day, vague dates,
correction chains and denials collide all the time. Every history is one that the log accepts:
candidates that `domain.decisions` refuses are thrown away.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from domain import vocabulary as v
from domain.checks import problems
from domain.claims import Claim
from domain.decisions import Register, decide
from domain.event import Event, Place
from domain.viewpoint import Viewpoint, Without
from tests.property.random_data import BUILDER_OF, BUILDERS, LOSSES, formation, ids, registration

FIRST_DAY = date(2020, 1, 30)
DAYS = 6
ACTORS = 5
ALLIANCES = 2
EVENTS = 40
YEARS_ON = (0, 0, 0, 0, -400, 365, 730)
"""How many days after the history's own to ask: mostly none, sometimes about when evidence goes stale."""

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
            history.offer(_event(history, registration(actor), Claim()))
    for alliance in history.alliances:
        history.offer(_event(history, formation(history, alliance), _claim(history)))
    while len(history.events) < events:
        if (
            len(history.events) > events // 4
            and history.actors[late] not in history.register.registrations
        ):
            history.offer(_event(history, registration(history.actors[late]), Claim()))
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
        without=_without(rng, history) if rng.random() < 0.3 else (),
    )


def _without(rng: Random, history: History) -> tuple[Without, ...]:
    """Leave out an event or two, or all of a claimant or a publisher."""
    published = [one.claim.publisher for one in history.events if one.claim.publisher]
    choices = [
        *(Without("event", event.id) for event in rng.sample(history.events, 3)),
        Without("claimant", rng.choice(history.actors)),
        *(Without("publisher", one) for one in published[:1]),
    ]
    return tuple(sorted(set(rng.sample(choices, rng.randint(1, 3)))))


def _candidate(history: History) -> Event:
    if history.rng.random() < 0.3:
        return _curation(history)
    build = history.rng.choice(BUILDERS)
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
        return replace(data, name=f"corrected {next(ids)}", kind=kind)
    if isinstance(data, v.ReportDenied | v.ReportCorroborated):
        return replace(data, event=history.rng.choice(history.events).id)
    builder = BUILDER_OF.get(type(data))
    return builder(history) if builder and history.rng.random() < 0.6 else data


def _event(history: History, data: v.EventData, claim: Claim) -> Event:
    rng = history.rng
    incident = rng.choice((*history.incidents, None) if type(data) in LOSSES else (None,))
    place = rng.choice((None, Place(name="Kidal"), Place(name="In Khalil", latitude=21.0)))
    return Event(
        id=str(UUID(int=next(ids) << 64)),
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
