"""Every question takes a constant number of statements, and none reads a whole table."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count, pairwise
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from domain.event import Event
from domain.viewpoint import Viewpoint, Without
from domain.vocabulary import ActorSucceeded, AllianceFormed, MembershipStarted
from infrastructure.database import Database
from infrastructure.questions.actors import actor, actors
from infrastructure.questions.alignments import alignments
from infrastructure.questions.alliances import alliance, alliances
from infrastructure.questions.events import EventFilter, events
from infrastructure.questions.events import event as one_event
from infrastructure.questions.explanation import explain
from infrastructure.questions.judgements import beside, judgements
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.viewpoints import ViewpointRequest, resolve
from tests.builders import event, registered
from tests.integration.statements import said
from tests.property.comparing import World
from tests.property.histories import History, random_history

Ask = Callable[[Snapshot, Viewpoint, History], object]

NOW = datetime(2026, 11, 22, tzinfo=UTC)
REQUEST = ViewpointRequest(known_at=NOW, according_to=None)

QUESTIONS: dict[str, Ask] = {
    "viewpoint": lambda s, v, h: resolve(
        s,
        replace(REQUEST, known_at=v.known_at, according_to=h.actors[0]),
        today=NOW.date(),
        now=NOW,
    ),
    "alignments": lambda s, v, h: alignments(s, v, h.actors),
    "alliances": lambda s, v, h: alliances(s, v, limit=3),
    "alliances of a member": lambda s, v, h: alliances(s, v, member=h.actors[0]),
    "alliance": lambda s, v, h: alliance(s, v, formed(h)),
    "actors": lambda s, v, h: actors(s, v, limit=3),
    "actors by name and kind": lambda s, v, h: actors(s, v, name="name of", kind="state"),
    "actor": lambda s, v, h: actor(s, v, h.actors[0]),
    "judgements": lambda s, v, h: judgements(s, v, after=3, limit=5),
    "judgements on an actor": lambda s, v, h: judgements(s, v, actor=h.actors[0], judgement="same"),
    "judgements of a kind": lambda s, v, h: judgements(s, v, judgement="same"),
    "actors judged the same": lambda s, v, h: beside(s, v, actors(s, v, limit=5)[0]),
    "events": lambda s, v, h: events(s.conn, EventFilter(), after=3, limit=5),
    "events of a type": lambda s, v, h: events(s.conn, EventFilter(type="BattleReported")),
    "events by tags": lambda s, v, h: events(
        s.conn, EventFilter(actor=h.actors[0], alliance=h.alliances[0])
    ),
    "events by claimant": lambda s, v, h: events(s.conn, EventFilter(claimant=h.actors[0])),
    "events by day": lambda s, v, h: events(
        s.conn,
        EventFilter(
            actor=h.actors[0], occurred_from=date(2020, 1, 1), occurred_to=date(2020, 2, 1)
        ),
    ),
    "event": lambda s, v, h: one_event(s.conn, h.events[0].id),
}

WALKS: dict[str, Ask] = {
    "alignments in parts": lambda s, v, h: alignments(s, replace(v, parts=True), h.actors),
    "explain": lambda s, v, h: explain(s, v, *h.actors[:2], limit=5),
    "explain in parts": lambda s, v, h: explain(s, replace(v, parts=True), *h.actors[:2], limit=5),
}
"""Questions that go from actor to actor, by memberships or successions."""

LEFT_OUT = "wire"
VIEWPOINTS: dict[str, dict[str, Any]] = {
    "default": {},
    "every filter": {"reliability": "C", "credibility": 3, "alleged": True},
    "without some": {"without": (Without("publisher", LEFT_OUT),)},
}


def with_an_alliance(events: int) -> History:
    """A history of actors that are registered in the end, and of an alliance."""
    made = (random_history(Random(seed), events) for seed in count(99))
    known = (one for one in made if all(map(one.register.registration, one.actors)))
    return next(one for one in known if any(formed_ones(one)))


def formed_ones(history: History) -> Iterator[str]:
    """Alliances that are formed from each of the viewpoints."""
    for one in history.events:
        formation = one.data
        if isinstance(formation, AllianceFormed) and one.claim.publisher != LEFT_OUT:
            yield from filter(history.register.is_formed, [formation.alliance])


def formed(history: History) -> str:
    return next(formed_ones(history))


def umbrella_of(members: int) -> list[Event]:
    """An umbrella with so many members, each after another: to read all of them would take long."""
    names = [f"one-of-{n}" for n in range(members)]
    stays = [MembershipStarted(umbrella="many", member=name) for name in names]
    successions = [
        ActorSucceeded(predecessors=(one,), successors=(other,), continuity="full")
        for one, other in pairwise(names)
    ]
    return [*map(registered, ("many", *names)), *map(event, (*stays, *successions))]


class Crowded:
    """A database of many histories; the first actor of `history` has the most to tell."""

    def __init__(self, url: str, *, members: int = 1) -> None:
        self.world = World.of(url)
        self.world.log.append(umbrella_of(members))
        for seed in range(12):
            self.world.append(random_history(Random(seed)))
        self.history = with_an_alliance(events=120)
        last = self.world.append(self.history) + len(self.history.events) - 1
        self.viewpoint = Viewpoint(valid_at=date(2020, 2, 2), position=last)
        if self.world.database.dialect == "postgresql":
            with self.world.database.write() as conn:
                conn.execute(text("ANALYZE"))


@pytest.fixture
def crowded(fresh_url: str) -> Iterator[Crowded]:
    made = Crowded(fresh_url)
    yield made
    made.world.database.dispose()


@pytest.fixture
def walked(fresh_url: str) -> Iterator[Crowded]:
    made = Crowded(fresh_url, members=400)
    yield made
    made.world.database.dispose()


def test_every_question_goes_by_indexes(crowded: Crowded) -> None:
    all_go_by_indexes(crowded, QUESTIONS)


def test_walks_from_actor_to_actor_go_by_indexes(walked: Crowded) -> None:
    all_go_by_indexes(walked, WALKS)


def all_go_by_indexes(crowded: Crowded, questions: dict[str, Ask]) -> None:
    for name, more in VIEWPOINTS.items():
        according_to = crowded.history.actors[0] if more else None
        viewpoint = replace(crowded.viewpoint, according_to=according_to, **more)
        for question, ask in questions.items():
            with crowded.world.database.read() as conn, said(conn) as heard:
                ask(Snapshot.of(conn), viewpoint, crowded.history)
            asked = [one for one in heard if one[0].startswith(("SELECT", "WITH"))]
            assert asked
            for statement, values in asked:
                found = scans(crowded.world.database, statement, values)
                assert not found, f"{question}, {name}: {found}\n{statement}"


def scans(database: Database, statement: str, values: Any) -> list[str]:
    """The tables that a statement reads from end to end."""
    with database.write() as conn:
        if database.dialect == "sqlite":
            plan = conn.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, values).all()
            lines = [str(row[-1]) for row in plan]
            return [one for one in lines if re.match(r"SCAN (rm_|event|store|checkpoints)", one)]
        # Where an index can serve, it is taken now, however short the table is.
        for way in ("seqscan", "hashjoin", "mergejoin"):
            conn.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        plan = conn.exec_driver_sql("EXPLAIN (FORMAT JSON) " + statement, values).scalar_one()
        tree = plan if isinstance(plan, list) else json.loads(plan)
        return list(_unguided(tree[0]["Plan"]))


def _unguided(node: dict[str, Any]) -> Iterator[str]:
    """Nodes that read a table without any condition on an index."""
    kind = node["Node Type"]
    guided = kind != "Seq Scan" and (not kind.startswith("Index") or "Index Cond" in node)
    if not guided:
        yield f"{kind} on {node.get('Relation Name')}"
    for child in node.get("Plans", ()):
        yield from _unguided(child)


def test_the_number_of_statements_does_not_depend_on_what_is_found(crowded: Crowded) -> None:
    busy, quiet = crowded.history, with_an_alliance(events=8)
    last = crowded.world.append(quiet) + len(quiet.events) - 1
    viewpoint = replace(crowded.viewpoint, position=last)
    for question, ask in (QUESTIONS | WALKS).items():
        counts = []
        for history in (busy, quiet):
            with crowded.world.database.read() as conn, said(conn) as heard:
                ask(Snapshot.of(conn), viewpoint, history)
            counts.append(len([one for one in heard if one[0].startswith("SELECT")]))
        assert counts[1] <= counts[0] <= min(counts[1] + MOST_LEFT_OUT, MOST_STATEMENTS), question


MOST_STATEMENTS = 30
MOST_LEFT_OUT = 2
"""Where nothing is open, nobody asks for corroborations of it, nor for obligations."""


def test_more_actors_take_no_more_statements(crowded: Crowded) -> None:
    counts = []
    for actors_asked in (crowded.history.actors[:2], crowded.history.actors):
        with crowded.world.database.read() as conn, said(conn) as heard:
            alignments(Snapshot.of(conn), crowded.viewpoint, actors_asked)
        counts.append(len(heard))
    assert counts[0] <= counts[1] <= counts[0] + MOST_LEFT_OUT
