"""One log in every database, and each answer of SQL held against the reference fold."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, settings

from domain.event import Recorded
from domain.fold import actors as fold_actors
from domain.fold import alliances as fold_alliances
from domain.fold import judgements as fold_judgements
from domain.fold.alignment import alignments as fold_alignments
from domain.fold.explanation import explain as fold_explain
from domain.fold.ledger import Ledger
from domain.viewpoint import Viewpoint
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.log import EventLog
from infrastructure.projecting import Projector
from infrastructure.questions import (
    actors,
    alignments,
    alliances,
    explanation,
    judgements,
    lines,
    registrations,
)
from infrastructure.questions.registrations import UnknownActors
from infrastructure.questions.snapshots import Snapshot
from tests.property.histories import History, random_viewpoint

VIEWPOINTS = 3

lines.MANY = 1
"""Random histories are short: two sets are many."""


@dataclass
class World:
    """A database with its log and its read models."""

    database: Database
    log: EventLog
    projector: Projector

    @classmethod
    def of(cls, url: str) -> "World":
        database = Database(url)
        recorder = SqlRecorder(database)
        return cls(database, EventLog(recorder), Projector(database, recorder))

    def append(self, history: History) -> int:
        """Record and project the history; the position of its first event."""
        receipts = self.log.append(history.events).receipts
        self.projector.catch_up()
        return receipts[0].position


@contextmanager
def worlds(*urls: str) -> Iterator[list[World]]:
    opened = [World.of(url) for url in urls]
    try:
        yield opened
    finally:
        for world in opened:
            world.database.dispose()


def examples(number: int, *, derandomize: bool = True) -> settings:
    """So many histories; others in each run unless `derandomize`."""
    return settings(
        max_examples=number,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        derandomize=derandomize,
    )


def log_of(opened: list[World], history: History) -> list[Recorded]:
    """Record and project the history everywhere; the log as the fold reads it."""
    [first] = {world.append(history) for world in opened}
    now = datetime.now(UTC)
    return [
        Recorded(position=position, recorded_at=now, event=event)
        for position, event in enumerate(history.events, start=first)
    ]


def check(opened: list[World], history: History, rng: Random) -> None:
    """Append the history everywhere and compare a few viewpoints on it, in every field."""
    log = log_of(opened, history)
    first = log[0].position
    for _ in range(VIEWPOINTS):
        viewpoint = random_viewpoint(rng, history, first)
        pair = tuple(sorted(rng.sample(history.actors, 2)))
        compared(opened, log, history, viewpoint, pair)


def compared(
    opened: list[World],
    log: list[Recorded],
    history: History,
    viewpoint: Viewpoint,
    pair: tuple[str, ...],
) -> None:
    """Compare all answers at one viewpoint, and the explanation of one pair."""
    expected = _by_fold(log, history, viewpoint, pair)
    for world in opened:
        found = _by_sql(world, history, viewpoint, pair)
        _assert_same(viewpoint, expected, found)


Answers = dict[str, Any]


def _by_fold(
    log: list[Recorded], history: History, viewpoint: Viewpoint, pair: tuple[str, ...]
) -> Answers:
    ledger = Ledger.of(log, viewpoint)
    registered = {
        actor: fold_actors.registration_of(log, viewpoint.position, actor)
        for actor in history.actors
    }
    known = [actor for actor, registration in registered.items() if registration]
    answers: Answers = {
        f"alignment of {' and '.join(one.actors)}": one
        for one in fold_alignments(log, viewpoint, known)
    }
    for actor, registration in registered.items():
        answers[f"actor {actor}"] = registration and fold_actors.actor_state(ledger, registration)
    formed = fold_alliances.known_alliances(ledger)
    answers["alliances"] = [fold_alliances.alliance_state(ledger, one) for one in formed]
    for alliance in formed:
        answers[f"history of {alliance}"] = fold_alliances.alliance_history(ledger, alliance)
    answers["judgements"] = fold_judgements.judgements(ledger)
    answers[f"judgements on {pair[0]}"] = fold_judgements.judgements(ledger, actor=pair[0])
    answers["judgements of one kind"] = fold_judgements.judgements(ledger, judgement="same")
    named = {
        actor: fold_actors.actor_name(ledger, registration)
        for actor, registration in registered.items()
        if registration
    }
    for actor in known:
        answers[f"twins of {actor}"] = fold_judgements.twins(ledger, named[actor], named)
    if set(pair) <= set(known):
        explained = fold_explain(log, viewpoint, *pair)
        answers |= {
            f"{one.name} of {pair}": getattr(explained, one.name) for one in fields(explained)
        }
    return answers


def _by_sql(world: World, history: History, viewpoint: Viewpoint, pair: tuple[str, ...]) -> Answers:
    with world.database.read() as conn:
        snapshot = Snapshot.of(conn)
        answers: Answers = {}
        known = []
        for actor in history.actors:
            try:
                answers[f"actor {actor}"] = actors.actor(snapshot, viewpoint, actor)
                known.append(actor)
            except UnknownActors:
                answers[f"actor {actor}"] = None
        _, pairs = alignments.alignments(snapshot, viewpoint, known)
        answers |= {f"alignment of {' and '.join(one.actors)}": one for one in pairs}
        listed, _ = alliances.alliances(snapshot, viewpoint, after=history.prefix, limit=ALLIANCES)
        ours = [one for one in listed if one.id in history.alliances]
        answers["alliances"] = ours
        for one in ours:
            state, steps = alliances.alliance(snapshot, viewpoint, one.id)
            assert state == one
            answers[f"history of {one.id}"] = steps
        answers |= _judgements_by_sql(snapshot, history, viewpoint, pair[0], known)
        if set(pair) <= set(known):
            explained = explanation.explain(snapshot, viewpoint, *pair, limit=1000).explanation
            answers |= {
                f"{one.name} of {pair}": getattr(explained, one.name) for one in fields(explained)
            }
    return answers


def _judgements_by_sql(
    snapshot: Snapshot, history: History, viewpoint: Viewpoint, actor: str, known: list[str]
) -> Answers:
    answers: Answers = {}
    everything, _ = judgements.judgements(snapshot, viewpoint, limit=100_000)
    ours = [one for one in everything if set(one.actors) <= set(history.actors)]
    answers["judgements"] = ours
    answers["judgements of one kind"] = [
        one
        for one in judgements.judgements(snapshot, viewpoint, judgement="same", limit=100_000)[0]
        if one in ours
    ]
    answers[f"judgements on {actor}"] = []
    if actor in known:
        on_actor, _ = judgements.judgements(snapshot, viewpoint, actor=actor)
        answers[f"judgements on {actor}"] = on_actor
    names = registrations.named(snapshot, viewpoint, known)
    for one in judgements.beside(snapshot, viewpoint, names):
        answers[f"twins of {one.id}"] = one.also
    return answers


ALLIANCES = 10


def _assert_same(viewpoint: Viewpoint, expected: Answers, found: Answers) -> None:
    assert expected.keys() == found.keys(), viewpoint
    for name, answer in expected.items():
        assert found[name] == answer, f"{name}, {viewpoint}"
