"""A long log for the questions: who stood how to whom, as a region's watchers claimed it.

Where `history` only opens lines, this one opens and closes them: fighting and ceasefires, troops
sent and expelled, sanctions imposed and lifted, alliances joined and left. Some days are known to
the month or the year only, claims are of several modalities and grades, some are denied,
corroborated, corrected or retracted. Actors live in theatres of fifty, where everybody has to do
with everybody, so that some actors chosen in one have lines between them. One pair has a fiftieth
of all events to itself.

The events are made as `history` makes them: real ones are encoded and tagged once, and only
names, ids and dates are replaced. A test appends them through the domain's decisions.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from typing import NamedTuple

from benchmarks.history import actor_id
from benchmarks.material import Draft
from domain.claims import Claim
from domain.event import Event
from domain.tags import own_tags
from domain.vocabulary import (
    AbuseAlleged,
    AccusationMade,
    ActorRegistered,
    AgreementEnded,
    AgreementSigned,
    AllianceFormed,
    AllianceJoined,
    AllianceLeft,
    AttackReported,
    BattleReported,
    CeasefireAgreed,
    EventData,
    ForcesDeployed,
    ForcesExpelled,
    ForcesWithdrawn,
    HostilitiesEnded,
    RelationsRestored,
    RelationsSevered,
    ReportCorroborated,
    ReportDenied,
    ReportRetracted,
    SanctionImposed,
    SanctionLifted,
    StatementMade,
    SupportProvided,
)
from domain.vocabulary.forces import Side
from infrastructure.codec import encode

THEATRE = 50
"""2,000 actors know each other in 49,000 pairs."""
FIRST_DAY = date(2000, 1, 1)
DAYS = 9_000

_ONE, _OTHER, _DAY = "actor-aaaa", "actor-bbbb", "1999-12-31"
_FOUNDERS = (_ONE, _OTHER, "actor-cccc", "actor-dddd")
_ALLIANCE = "alliance-aaaa"
_ID = "aaaaaaaa-0000-4000-8000-000000000000"
_EARLIER = "bbbbbbbb-0000-4000-8000-000000000000"

_TOLD = Claim(publisher="A news agency", reliability="B", credibility=2)
_CLAIMED = Claim(claimant=_ONE, publisher="A newspaper", reliability="C", credibility=3)
_RUMOURED = Claim(publisher="A weblog", modality="alleged", reliability="D", credibility=4)
_OFFICIAL = Claim(claimant=_OTHER, reliability="A", credibility=1)
_UNGRADED = Claim(publisher="A radio station")

_BOTH = (_ONE, _OTHER)
_SIDES = (Side(parties=(_ONE,), outcome="victory"), Side(parties=(_OTHER,)))
_CLAIMS: tuple[tuple[int, EventData, Claim], ...] = (
    (12, AttackReported(attacker=_ONE, target=_OTHER, method="an ambush"), _TOLD),
    (6, AttackReported(attacker=_ONE, target=_OTHER, method="shelling"), _RUMOURED),
    (12, BattleReported(sides=_SIDES), _CLAIMED),
    (10, StatementMade(speaker=_ONE, about=(_OTHER,), tone="criticism"), _CLAIMED),
    (6, StatementMade(speaker=_ONE, about=(_OTHER,), tone="support"), _UNGRADED),
    (8, AccusationMade(accuser=_ONE, accused=_OTHER, about="arming the other side"), _TOLD),
    (5, AbuseAlleged(accuser=_ONE, perpetrator=_OTHER, victims=_ONE), _CLAIMED),
    (12, SupportProvided(supporter=_ONE, recipient=_OTHER, kinds=("arms", "money")), _RUMOURED),
    (6, ForcesDeployed(sender=_ONE, host=_OTHER, role="combat"), _OFFICIAL),
    (4, SanctionImposed(sender=_ONE, target=_OTHER, programme="travel-ban"), _TOLD),
    (4, AgreementSigned(parties=_BOTH), _OFFICIAL),
    # What closes.
    (4, CeasefireAgreed(parties=_BOTH), _TOLD),
    (2, HostilitiesEnded(parties=_BOTH, how="low-activity"), _UNGRADED),
    (2, ForcesExpelled(host=_OTHER, expelled=_ONE), _OFFICIAL),
    (2, ForcesWithdrawn(sender=_ONE, host=_OTHER), _TOLD),
    (2, RelationsSevered(initiator=_ONE, target=_OTHER), _CLAIMED),
    (1, RelationsRestored(parties=_BOTH), _OFFICIAL),
    (1, SanctionLifted(sender=_ONE, target=_OTHER, programme="travel-ban"), _TOLD),
    (1, AgreementEnded(parties=_BOTH), _UNGRADED),
)
"""Of a hundred claims so many each."""
_CURATION = {
    70: (ReportDenied(event=_EARLIER), Claim(claimant=_OTHER)),
    80: (ReportCorroborated(event=_EARLIER), Claim(publisher="Another newspaper")),
    90: (ReportRetracted(event=_EARLIER, reason="the source withdrew it"), Claim()),
}
"""By the last two digits of the position, so that no event is ended twice."""
_CORRECTED = 60
_BACK = 7
"""What an event curates or corrects came so many positions before it."""
_JOINS, _LEAVES, _ALLIANCE_EVERY = 45, 1_045, 2_000
_HEAVY, _HEAVY_EVERY = 7, 50
"""The heavy pair's positions, none of which is curated."""


class Relations:
    """The first so many events of one history of some actors.

    `heavy` is the pair with a fiftieth of the events; `claims_after` the last position before them.
    """

    def __init__(self, actors: int) -> None:
        self._actors = actors
        ids = [actor_id(number) for number in range(actors)]
        self.theatres = [ids[at : at + THEATRE] for at in range(0, actors, THEATRE)]
        self.heavy = ids[0], ids[1]
        self.claims_after = actors + len(self.theatres)
        self._pairs = [pair for theatre in self.theatres for pair in combinations(theatre, 2)]

    def drafts(self, count: int, *, after: int = 0) -> Iterator[Draft]:
        """The events at the positions beyond `after` up to `count`."""
        return (self._at(position) for position in range(after + 1, count + 1))

    def pair(self, position: int) -> tuple[str, str]:
        """The two actors of the claim at this position, the smaller id first."""
        if position % _HEAVY_EVERY == _HEAVY:
            return self.heavy
        return self._pairs[_scattered(position, 0) % len(self._pairs)]

    def _at(self, position: int) -> Draft:
        if position <= self._actors:
            names = {_ONE: actor_id(position - 1)}
            return _REGISTRATION.filled(position, names, str(FIRST_DAY))
        day = _precise(position)
        if position <= self.claims_after:
            return self._founding(position, day)
        if position % _ALLIANCE_EVERY in _MOVES:
            return self._move(position, day)
        pattern, told, earlier = self._pattern(position), position, 0
        if pattern.curates:
            told = earlier = position - _BACK
        pair = self.pair(told)
        if _scattered(told, 1) % 2:
            pair = pair[1], pair[0]
        return pattern.filled(position, dict(zip(_BOTH, pair, strict=True)), day, earlier)

    def _founding(self, position: int, day: str) -> Draft:
        number = position - self._actors - 1
        names = dict(zip(_FOUNDERS, self.theatres[number], strict=False))
        pattern = _FOUNDINGS[number % len(_FOUNDINGS)]
        return pattern.filled(position, names | {_ALLIANCE: _alliance_id(number)}, day)

    def _move(self, position: int, day: str) -> Draft:
        """Somebody joins the theatre's alliance, or leaves it."""
        number = _scattered(position, 2) % len(self.theatres)
        theatre = self.theatres[number]
        mover = theatre[_scattered(position, 3) % len(theatre)]
        names = {_ONE: mover, _ALLIANCE: _alliance_id(number)}
        return _MOVES[position % _ALLIANCE_EVERY].filled(position, names, day)

    def _pattern(self, position: int) -> "_Pattern":
        slot = position % 100
        if position - _BACK > self.claims_after:
            curated = _scattered(position - _BACK, 4) % 100
            if slot == _CORRECTED:
                return _CORRECTIONS[_HUNDRED[curated]]
            if slot in _CURATIONS:
                return _CURATIONS[slot][_HUNDRED[curated]]
        return _PATTERNS[_HUNDRED[_scattered(position, 4) % 100]]


class _Pattern(NamedTuple):
    """A stored event with places to fill in."""

    type: str
    data: bytes
    tags: tuple[str, ...]
    curates: bool

    def filled(self, position: int, names: dict[str, str], day: str, earlier: int = 0) -> Draft:
        """The event at a position, with these names in their places, perhaps about an earlier one."""
        event_id = _event_id(position)
        filling = names | {_ID: event_id, _DAY: day}
        if self.curates:
            filling[_EARLIER] = _event_id(earlier)
        data = self.data
        for place, value in filling.items():
            data = data.replace(place.encode(), value.encode())
        tags = [
            f"{kind}:{filling[place]}" for kind, _, place in (t.partition(":") for t in self.tags)
        ]
        return Draft(event_id, self.type, data, tuple(sorted(tags)))


def day_of(number: int) -> date:
    """One of the days of which the history tells, by its number, 0 to DAYS - 1."""
    return FIRST_DAY + timedelta(days=number)


def _precise(position: int) -> str:
    """The day of an event; of every tenth only the month is known, of every thirtieth the year."""
    day = str(day_of(_scattered(position, 5) % DAYS))
    precision = _scattered(position, 6) % 30
    return day[:4] if precision == 0 else day[:7] if precision <= 3 else day


def _scattered(position: int, purpose: int) -> int:
    """A number that looks like chance, the same for the same position and purpose."""
    mixed = (position * 8 + purpose + 1) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
    mixed = (mixed ^ mixed >> 31) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
    return mixed >> 27


def _event_id(position: int) -> str:
    return f"{position:08x}-0000-4000-8000-000000000000"


def _alliance_id(number: int) -> str:
    return f"alliance-{number:04}"


def _claimed(data: EventData, claim: Claim) -> Event:
    return Event(id=_ID, occurred=_DAY, data=data, claim=claim)


def _pattern(event: Event, carried: frozenset[str] = frozenset()) -> _Pattern:
    form = encode(event)
    tags = own_tags(event) | {tag for tag in carried if not tag.startswith("event:")}
    return _Pattern(form.type, form.data, tuple(sorted(tags)), curates=bool(carried))


_EVENTS = [_claimed(data, claim) for _, data, claim in _CLAIMS]
_HUNDRED = [number for number, (share, _, _) in enumerate(_CLAIMS) for _ in range(share)]
random.Random(1).shuffle(_HUNDRED)
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
_FOUNDINGS = [
    _pattern(
        _claimed(
            AllianceFormed(alliance=_ALLIANCE, members=_FOUNDERS, obligations=obligations), _TOLD
        )
    )
    for obligations in (("defence", "consultation"), ("security-assistance",))
]
_MOVES = {
    _JOINS: _pattern(_claimed(AllianceJoined(alliance=_ALLIANCE, member=_ONE), _TOLD)),
    _LEAVES: _pattern(_claimed(AllianceLeft(alliance=_ALLIANCE, member=_ONE), _TOLD)),
}
