"""Judgements and successions move no stance, and judgements taken back leave nothing behind."""

from dataclasses import replace
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.claims import Claim
from domain.event import Event
from domain.viewpoint import Viewpoint
from domain.vocabulary import ActorsJudged, ActorSucceeded, EventData, ReportRetracted
from infrastructure.answering import answer_hash, plain
from infrastructure.questions.actors import actor, actors
from infrastructure.questions.alignments import alignments
from infrastructure.questions.judgements import beside, judgements
from infrastructure.questions.snapshots import Snapshot
from tests.property.comparing import World, examples
from tests.property.histories import History, random_history, random_viewpoint

HISTORIES = 6

_ids = count(1)


def begun(opened: list[World], rng: Random) -> tuple[History, Viewpoint, list[str]]:
    """A history in every database, a viewpoint on it, and those of its actors that are registered."""
    history = random_history(rng)
    [first] = {world.append(history) for world in opened}
    known = [one for one in history.actors if history.register.registration(one)]
    return history, random_viewpoint(rng, history, first), known


def added(opened: list[World], events: list[Event]) -> None:
    for world in opened:
        world.log.append(events)
        world.projector.catch_up()


def said(rng: Random, data: EventData, claimant: str | None) -> Event:
    occurred = rng.choice(("2020-01", "2020-01-31", "2020-02-02", "2019"))
    new = str(UUID(int=next(_ids)))
    return Event(id=new, occurred=occurred, data=data, claim=Claim(claimant=claimant))


def judgement(rng: Random, known: list[str]) -> Event:
    pair: Any = tuple(rng.sample(known, 2))
    says: Any = rng.choice(("same", "different", "unsure"))
    claimant = rng.choice((None, *known))
    return said(rng, ActorsJudged(actors=pair, judgement=says), claimant)


def stances(world: World, viewpoint: Viewpoint, known: list[str]) -> str:
    """The hash of how the actors stand, as the log has it by now."""
    with world.database.read() as conn:
        snapshot = Snapshot.of(conn)
        now = replace(viewpoint, position=snapshot.position)
        return answer_hash(viewpoint, alignments(snapshot, now, known)[1])


def identities(world: World, viewpoint: Viewpoint, known: list[str]) -> list[Any]:
    """All that answers say of who is who, as the log has it by now."""
    with world.database.read() as conn:
        snapshot = Snapshot.of(conn)
        now = replace(viewpoint, position=snapshot.position)
        found, _ = actors(snapshot, now, name="name of", limit=1000)
        return [
            [plain(actor(snapshot, now, one)) for one in known],
            [plain(one) for one in beside(snapshot, now, found) if one.id in known],
            [plain(judgements(snapshot, now, actor=one)[0]) for one in known],
        ]


def test_judgements_and_their_retractions_leave_every_answer_as_it_was(
    opened: list[World],
) -> None:
    shown = []

    @settings(examples(HISTORIES))
    @given(st.randoms(use_true_random=False))
    def compare(rng: Random) -> None:
        _, viewpoint, known = begun(opened, rng)
        if len(known) < 2:
            return
        before = [
            (stances(one, viewpoint, known), identities(one, viewpoint, known)) for one in opened
        ]
        judged = [judgement(rng, known) for _ in range(rng.randint(1, 8))]
        added(opened, judged)
        for one, (stance, identity) in zip(opened, before, strict=True):
            assert stances(one, viewpoint, known) == stance
            shown.append(identities(one, viewpoint, known) != identity)
        rng.shuffle(judged)
        added(
            opened,
            [
                said(rng, ReportRetracted(event=one.id, reason="r"), one.claim.claimant)
                for one in judged
            ],
        )
        for one, was in zip(opened, before, strict=True):
            assert (stances(one, viewpoint, known), identities(one, viewpoint, known)) == was

    compare()
    assert shown
    assert all(shown)


def test_successions_change_no_figure(opened: list[World]) -> None:
    @settings(examples(HISTORIES))
    @given(st.randoms(use_true_random=False))
    def compare(rng: Random) -> None:
        _, viewpoint, known = begun(opened, rng)
        if len(known) < 2:
            return
        before = [stances(one, viewpoint, known) for one in opened]
        successions = []
        for _ in range(rng.randint(1, 8)):
            predecessor, successor = rng.sample(known, 2)
            data = ActorSucceeded(
                predecessors=(predecessor,), successors=(successor,), continuity="full"
            )
            successions.append(said(rng, data, rng.choice((None, *known))))
        added(opened, successions)
        assert [stances(one, viewpoint, known) for one in opened] == before

    compare()
