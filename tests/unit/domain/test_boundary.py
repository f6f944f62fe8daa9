"""A decision depends on its boundary alone: on what matches it, and on nothing else in the log.

The append condition refuses when anything matching the boundary was appended meanwhile; so an
event outside the boundary must never change a decision, and one that changes it must match.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.claims import Claim
from domain.decisions import MOST_TAGS, Criterion, Refusal, Register, boundary, decide, identity
from domain.event import Event
from domain.vocabulary import (
    EVENT_TYPES,
    AccusationMade,
    ActorRegistered,
    AllianceFormed,
    AllianceJoined,
    EventData,
    ReportDenied,
    ReportRetracted,
)
from tests.builders import event, formed, registered, retracted, uid

Filed = tuple[Event, list[str]]


@dataclass(slots=True)
class Log:
    """Accepted events with their tags."""

    register: Register = field(default_factory=Register)
    filed: list[Filed] = field(default_factory=list)

    def append(self, one: Event) -> bool:
        """Take the event in if the log may accept it."""
        if decide(one, self.register):
            return False
        tags = self.register.tags_for(one)
        self.register.evolve(one, tags)
        self.filed.append((one, tags))
        return True


def log_of(events: Iterable[Event]) -> Log:
    log = Log()
    for one in events:
        log.append(one)
    return log


def boundary_of(log: Log, batch: Sequence[Event]) -> list[Criterion]:
    """As an appender finds it: first the events curated, then the boundary."""
    named = identity(batch)
    read = [one for one, tags in log.filed if matches(named, one, tags)]
    return boundary(batch, named, {one.id: one for one in read})


def matches(criteria: Iterable[Criterion], one: Event, tags: Iterable[str]) -> bool:
    return any(
        (not criterion.types or one.type in criterion.types) and criterion.tags.issubset(tags)
        for criterion in criteria
    )


def decided(filed: Iterable[Filed], batch: Sequence[Event]) -> list[list[Refusal]]:
    """What is decided on each event of the batch, in order, after these events."""
    register = Register()
    for one, tags in filed:
        register.evolve(one, tags)
    outcomes = []
    for one in batch:
        outcomes.append(decide(one, register))
        if not outcomes[-1]:
            register.evolve(one, register.tags_for(one))
    return outcomes


ACTORS = ("mali", "france", "togo")
ALLIANCES = ("pact", "mali")  # an alliance may share its slug with an actor
UNKNOWN = uid("nothing")


@dataclass(slots=True)
class Chance:
    """Makes events about three actors, dense in curation; most of them the log accepts."""

    dice: Random
    made: int = 0

    def log(self, size: int) -> Log:
        """A log of about this many events."""
        log = log_of(registered(actor) for actor in ACTORS if self.dice.random() < 0.9)
        for _ in range(size):
            log.append(self.event(log))
        return log

    def event(self, log: Log) -> Event:
        """An event that may follow on the log, or be refused."""
        self.made += 1
        target = self.one_of(log) if log.filed and self.dice.random() < 0.5 else None
        data, corrects = self.data(target), False
        if target is not None and self.dice.random() < 0.5:
            corrects = True
            data = target.data if self.dice.random() < 0.7 else self.data(None)
        whose = target.claim.claimant if target else self.dice.choice((None, None, "mali"))
        return Event(
            id=uid(f"made {self.made}"),
            occurred="2020",
            data=data,
            claim=Claim(
                claimant=whose if self.dice.random() < 0.9 else self.dice.choice(ACTORS),
                modality="denied" if self.dice.random() < 0.2 else "asserted",
            ),
            supersedes=target.id if target and corrects else None,
            reason="why" if corrects else None,
        )

    def one_of(self, log: Log) -> Event:
        """An event of the log; registrations and formations most of all."""
        events = [one for one, _ in log.filed]
        key = [one for one in events if isinstance(one.data, ActorRegistered | AllianceFormed)]
        return self.dice.choice(key if key and self.dice.random() < 0.5 else events)

    def data(self, target: Event | None) -> EventData:
        """What is claimed: a report on the target, or else something about actors."""
        one, other = self.dice.sample(ACTORS, 2)
        if target is not None:
            if self.dice.random() < 0.3:
                return ReportDenied(event=self.dice.choice((target.id, UNKNOWN)))
            return ReportRetracted(event=target.id, reason="wrong")
        alliance = self.dice.choice(ALLIANCES)
        return self.dice.choice(
            (
                ActorRegistered(actor=one, kind="state", name="x"),
                AccusationMade(accuser=one, accused=other),
                AllianceJoined(alliance=alliance, member=one),
                AllianceJoined(alliance=alliance, member=other),
                AllianceFormed(alliance=alliance, members=(one, other), obligations=("defence",)),
            )
        )


SEEDS = st.integers(0, 2**64)


@settings(max_examples=2_000, deadline=None)
@given(SEEDS)
def test_a_decision_needs_its_boundary_only(seed: int) -> None:
    chance = Chance(Random(seed))
    log = chance.log(8)
    batch = [chance.event(log)]
    ahead = log_of(one for one, _ in log.filed)
    for _ in range(chance.dice.randrange(3)):
        ahead.append(batch[-1])
        batch.append(chance.event(ahead))
    criteria = boundary_of(log, batch)
    inside = [(one, tags) for one, tags in log.filed if matches(criteria, one, tags)]
    assert decided(inside, batch) == decided(log.filed, batch)


@settings(max_examples=1_000, deadline=None)
@given(SEEDS)
def test_what_is_appended_outside_the_boundary_changes_no_decision(seed: int) -> None:
    chance = Chance(Random(seed))
    log = chance.log(6)
    batch = [chance.event(log)]
    before, criteria = decided(log.filed, batch), boundary_of(log, batch)
    for _ in range(5):
        if log.append(chance.event(log)) and matches(criteria, *log.filed[-1]):
            return
        assert decided(log.filed, batch) == before


MALI, FRANCE = registered("mali"), registered("france")
ACCUSED = event(AccusationMade(accuser="mali", accused="france"), called="accusation")
CORRECTED = event(
    AccusationMade(accuser="mali", accused="france"), called="correction", corrects="accusation"
)
PACT = formed("pact", ("mali", "france"))
JOINED = event(AllianceJoined(alliance="pact", member="mali"), called="joined")
GONE = retracted("registration of mali")

# For each way to be refused: a log, an event, and what must not slip in between unseen.
TURNS: dict[str, tuple[list[Event], Event, Event]] = {
    "an actor is registered": ([FRANCE], ACCUSED, MALI),
    "a registration is retracted": ([MALI, FRANCE], ACCUSED, GONE),
    "a registration is corrected away": (
        [MALI, FRANCE],
        ACCUSED,
        registered("mali", called="no", corrects="registration of mali", modality="denied"),
    ),
    "an alliance is formed": ([MALI, FRANCE], JOINED, PACT),
    "a formation is retracted": ([MALI, FRANCE, PACT], JOINED, retracted("formation of pact")),
    "a formation is corrected away": (
        [MALI, FRANCE, PACT],
        JOINED,
        formed("treaty", ("mali", "france"), corrects="formation of pact"),
    ),
    "an event arrives": ([MALI, FRANCE], retracted("accusation"), ACCUSED),
    "an event is retracted": (
        [MALI, FRANCE, ACCUSED],
        retracted("accusation"),
        retracted("accusation", called="a quicker one"),
    ),
    "an event is corrected": ([MALI, FRANCE, ACCUSED], retracted("accusation"), CORRECTED),
    "a corrected event is retracted": (
        [MALI, FRANCE, ACCUSED],
        CORRECTED,
        retracted("accusation"),
    ),
    "an id is taken": ([], MALI, registered("mali", called="a quicker one")),
    "an id is free again": ([MALI], registered("mali", called="anew"), GONE),
    "an actor is used": ([MALI, FRANCE], GONE, ACCUSED),
    "an actor is used as a claimant": (
        [MALI, FRANCE, registered("togo")],
        GONE,
        event(AccusationMade(accuser="togo", accused="france"), claimant="mali"),
    ),
    "an actor is used in a corrected report": (
        [MALI, FRANCE, registered("togo"), event(
            AccusationMade(accuser="togo", accused="france"), called="accusation")],
        GONE,
        event(AccusationMade(accuser="togo", accused="mali"), called="b", corrects="accusation"),
    ),
    "an actor is used no more": ([MALI, FRANCE, ACCUSED], GONE, retracted("accusation")),
    "an actor is used no more since a correction": (
        [MALI, FRANCE, registered("togo"), ACCUSED],
        GONE,
        event(AccusationMade(accuser="togo", accused="france"), called="b", corrects="accusation"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("turn", TURNS)
def test_what_turns_a_decision_lies_in_its_boundary(turn: str) -> None:
    before, decision, meanwhile = TURNS[turn]
    log = log_of(before)
    assert len(log.filed) == len(before)
    criteria = boundary_of(log, [decision])
    was = decided(log.filed, [decision])
    assert log.append(meanwhile)
    assert matches(criteria, *log.filed[-1])
    now = decided(log.filed, [decision])
    assert [not refusals for refusals in now] == [bool(refusals) for refusals in was]


def test_a_boundary_is_no_wider_than_the_names_in_it() -> None:
    """Other reports on the same actors, and their ends, are neither read nor waited for."""
    log = log_of([MALI, FRANCE, registered("togo"), registered("niger"), ACCUSED])
    criteria = boundary_of(log, [event(AccusationMade(accuser="mali", accused="france"), "1999")])
    elsewhere = [
        event(AccusationMade(accuser="togo", accused="niger")),
        registered("ghana"),
        retracted("registration of ghana"),
        event(AccusationMade(accuser="mali", accused="togo")),
        event(AccusationMade(accuser="mali", accused="france"), "2021"),
        formed("pact", ("mali", "france")),
        retracted("accusation"),
        retracted("formation of pact"),
    ]
    for one in elsewhere:
        assert log.append(one)
        assert not matches(criteria, *log.filed[-1])


def test_events_curated_in_the_batch_are_looked_up_there() -> None:
    """A batch that registers an actor and takes the registration back depends on its uses."""
    elsewhere = replace(ACCUSED, id=uid("elsewhere"))
    criteria = boundary([MALI, GONE], identity([MALI, GONE]), {})
    assert matches(criteria, elsewhere, ["actor:mali", "actor:france", f"event:{elsewhere.id}"])


def test_an_appender_looks_for_the_event_curated_first() -> None:
    """Whether the event itself is recorded is asked by its id, of which the log has each once."""
    log = log_of([MALI, FRANCE, ACCUSED])
    withdrawing = [retracted("accusation")]
    assert matches(identity(withdrawing), *log.filed[-1])
    assert matches(boundary_of(log, withdrawing), *log.filed[-1])
    assert not matches(identity(withdrawing), *log.filed[0])


def test_what_an_event_names_itself_never_makes_too_many_tags() -> None:
    """So only the tags of events that lead to others are counted."""
    others = 10  # its own id, an alliance, an incident, the events that it curates
    assert max(one.MOST_ACTORS for one in EVENT_TYPES.values()) + others <= MOST_TAGS
