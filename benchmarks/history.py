"""A long log as a region's watchers would have kept it: actors, then claims about pairs of them.

Ten types of events, among them denials, corroborations, corrections and retractions. Each is
patterned on one real event, encoded by the codec and tagged by the domain; of it only names,
ids and dates are replaced, so that a million of them are made in seconds. A test appends the
same events through the domain's decisions and finds the same bytes and tags.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from benchmarks.material import Draft
from domain.claims import Claim
from domain.event import Event
from domain.tags import own_tags
from domain.vocabulary import (
    AccusationMade,
    ActorRegistered,
    AttackReported,
    BattleReported,
    EventData,
    ReportCorroborated,
    ReportDenied,
    ReportRetracted,
    SanctionImposed,
    StatementMade,
    SupportProvided,
)
from domain.vocabulary.forces import Side
from infrastructure.codec import encode

PAIRS_AN_ACTOR = 25
"""2,000 actors know each other in 50,000 pairs."""

_ONE, _OTHER, _DAY = "actor-aaaa", "actor-bbbb", "1999-12-31"
_ID = "aaaaaaaa-0000-4000-8000-000000000000"
_EARLIER = "bbbbbbbb-0000-4000-8000-000000000000"
_FIRST_DAY = date(2000, 1, 1)
_DAYS = 9_000

_JUDGED = Claim(publisher="A news agency", reliability="B", credibility=2, reported_on=_DAY)
_CLAIMED = Claim(claimant=_ONE, publisher="A newspaper", reliability="C", credibility=3)

_CLAIMS: tuple[tuple[EventData, Claim], ...] = (
    (AttackReported(attacker=_ONE, target=_OTHER, method="ambush of a convoy"), _JUDGED),
    (StatementMade(speaker=_ONE, about=(_OTHER,), tone="criticism"), _CLAIMED),
    (SupportProvided(supporter=_ONE, recipient=_OTHER, kinds=("arms", "money")), _JUDGED),
    (
        BattleReported(sides=(Side(parties=(_ONE,), outcome="victory"), Side(parties=(_OTHER,)))),
        _CLAIMED,
    ),
    (AccusationMade(accuser=_ONE, accused=_OTHER, about="arming the other side"), _JUDGED),
    (SanctionImposed(sender=_ONE, target=_OTHER, programme="travel-ban"), _JUDGED),
)
_CURATION = {
    70: (ReportDenied(event=_EARLIER), Claim(claimant=_OTHER)),
    80: (ReportCorroborated(event=_EARLIER), Claim(publisher="Another newspaper")),
    90: (ReportRetracted(event=_EARLIER, reason="the source withdrew it"), Claim()),
}
"""By the last two digits of the position, so that no event is ended twice."""
_CORRECTED = 60
_BACK = 7
"""What an event curates or corrects came so many positions before it."""


class History:
    """The first so many events of one history. `pairs` are the actors it speaks of together."""

    def __init__(self, actors: int) -> None:
        self._actors = actors
        dice = random.Random(actors)
        wanted = min(actors * PAIRS_AN_ACTOR, actors * (actors - 1) // 2)
        self.pairs: list[tuple[str, str]] = []
        while len(self.pairs) < wanted:
            one, other = dice.sample(range(actors), 2)
            self.pairs.append((actor_id(one), actor_id(other)))
        self._days = [str(_FIRST_DAY + timedelta(days=day)) for day in range(_DAYS)]

    def drafts(self, count: int, *, after: int = 0) -> Iterator[Draft]:
        """The events at the positions beyond `after` up to `count`."""
        return (self._at(position) for position in range(after + 1, count + 1))

    def _at(self, position: int) -> Draft:
        if position <= self._actors:
            return _REGISTRATION.filled(position, (actor_id(position - 1), ""), self._days[0])
        pattern, pair, earlier = self._pattern(position), self.pair(position), 0
        if pattern.curates:
            earlier = position - _BACK
            pair = self.pair(earlier)
        return pattern.filled(position, pair, self._days[position % _DAYS], earlier)

    def _pattern(self, position: int) -> "_Pattern":
        slot = position % 100
        if position - _BACK > self._actors:
            if slot == _CORRECTED:
                return _CORRECTIONS[(position - _BACK) % len(_CORRECTIONS)]
            if slot in _CURATIONS:
                return _CURATIONS[slot][(position - _BACK) % len(_CLAIMS)]
        return _PATTERNS[position % len(_PATTERNS)]

    def pair(self, position: int) -> tuple[str, str]:
        """The two actors of the claim at this position."""
        return self.pairs[(position * 7_919) % len(self.pairs)]


def actor_id(number: int) -> str:
    return f"actor-{number:04}"


class _Pattern(NamedTuple):
    """A stored event with places to fill in."""

    type: str
    data: bytes
    tags: tuple[str, ...]
    curates: bool

    def filled(self, position: int, pair: tuple[str, str], day: str, earlier: int = 0) -> Draft:
        """The event at a position, about a pair of actors, and about an earlier one if it curates."""
        event_id, target = _id(position), _id(earlier)
        data = self.data.replace(b"actor-aaaa", pair[0].encode())
        data = data.replace(b"actor-bbbb", pair[1].encode()).replace(b"1999-12-31", day.encode())
        if self.curates:
            data = data.replace(_EARLIER.encode(), target.encode())
        filling = {
            f"actor:{_ONE}": f"actor:{pair[0]}",
            f"actor:{_OTHER}": f"actor:{pair[1]}",
            f"event:{_ID}": f"event:{event_id}",
            f"event:{_EARLIER}": f"event:{target}",
        }
        tags = sorted(filling[tag] for tag in self.tags)
        return Draft(event_id, self.type, data, tuple(tags))


def _id(position: int) -> str:
    return f"{position:08x}-0000-4000-8000-000000000000"


def _pattern(event: Event, carried: frozenset[str] = frozenset()) -> _Pattern:
    form = encode(event)
    tags = own_tags(event) | {tag for tag in carried if not tag.startswith("event:")}
    return _Pattern(form.type, form.data, tuple(sorted(tags)), curates=bool(carried))


def _claimed(data: EventData, claim: Claim) -> Event:
    return Event(id=_ID, occurred=_DAY, data=data, claim=claim)


_EVENTS = [_claimed(data, claim) for data, claim in _CLAIMS]
_PATTERNS = [_pattern(event) for event in _EVENTS]
_CURATIONS = {
    slot: [_pattern(_claimed(data, claim), own_tags(event)) for event in _EVENTS]
    for slot, (data, claim) in _CURATION.items()
}
_CORRECTIONS = [
    _pattern(replace(event, supersedes=_EARLIER, reason="a better source"), own_tags(event))
    for event in _EVENTS
]
_REGISTRATION = _pattern(
    _claimed(ActorRegistered(actor=_ONE, kind="rebel-group", name=f"The {_ONE}"), Claim())
)
