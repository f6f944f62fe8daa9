"""The read models follow the log, batch by batch, and stop loudly at what they cannot read."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier
from typing import Any

import pytest
from eventsourcing.dcb.api import DCBEvent
from sqlalchemy import delete, select, update

from domain.vocabulary import AccusationMade
from infrastructure.audit import Replayed, replay
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.event_store.envelope import NewEvent
from infrastructure.event_store.tracking import Checkpoint
from infrastructure.live_models import live_models
from infrastructure.projecting import (
    Unprojectable,
    projector,
    rebuilding,
)
from infrastructure.projecting.batch import Batch
from infrastructure.projecting.sweeping import Sweeping
from infrastructure.schema.log import checkpoints, events
from infrastructure.schema.read_models import VERSION
from tests.builders import denied, event, registered
from tests.property.comparing import World
from tests.property.histories import random_history
from tests.waiting import eventually

WAIT = 20


def contents(database: Database) -> dict[str, list[str]]:
    """The rows of the live set, by the short names of its tables."""
    with database.read() as conn:
        models, _ = live_models(conn)
        return {
            name: sorted(json.dumps(dict(row)) for row in conn.execute(select(table)).mappings())
            for name, table in models.tables.items()
        }


def standing(database: Database) -> Checkpoint:
    """The live set's checkpoint."""
    with database.read() as conn:
        _, found = live_models(conn)
    assert found is not None
    return found


def unreadable(event_id: str = "0") -> NewEvent:
    return NewEvent("BattleReported", b"{}", ["actor:x"], event_id, 1, None)


def recorder(world: World) -> SqlRecorder:
    return SqlRecorder(world.database)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_batches_of_any_size_and_a_rebuild_give_the_same_rows(
    world: World, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projector, "FAR_BEHIND", size)
    for seed in range(3):
        world.log.append(random_history(Random(seed), events=60).events)
    world.projector.catch_up()
    followed = contents(world.database)
    assert len(followed["reports"]) == 180
    assert followed["denials"]
    assert followed["successions"]
    monkeypatch.setattr(rebuilding, "BATCH", 50)
    assert world.projector.rebuild() == 180
    assert contents(world.database) == followed


def test_projectors_at_work_together_apply_every_event_once(
    world: World, other_process: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projector, "FAR_BEHIND", 3)
    world.projector.prepare()
    for seed in range(3):
        world.log.append(random_history(Random(seed)).events)
    together = Barrier(2)

    def follow(one: World) -> int:
        together.wait(WAIT)
        return one.projector.catch_up()

    with ThreadPoolExecutor(2) as threads:
        reached = list(threads.map(follow, (world, other_process)))
    assert reached == [120, 120]
    followed = contents(world.database)
    world.projector.rebuild()
    assert contents(world.database) == followed


def test_other_applications_events_are_passed_over(world: World) -> None:
    recorder(world).append([DCBEvent("Anything", b"\xff", ["actor:a"])])
    world.log.append([registered("a")])
    assert world.projector.catch_up() == 2
    assert len(contents(world.database)["reports"]) == 1


def test_an_unreadable_event_stops_the_projection_before_it(world: World) -> None:
    world.log.append([registered("a"), registered("b")])
    recorder(world).record([unreadable()])
    world.log.append([registered("c")])
    with pytest.raises(Unprojectable, match="position 3"):
        world.projector.catch_up()
    found = standing(world.database)
    assert found.position == 2
    assert found.error is not None
    assert "position 3" in found.error
    assert len(contents(world.database)["reports"]) == 2


def test_a_stopped_projector_says_why(world: World) -> None:
    world.projector.start()
    try:
        recorder(world).record([unreadable("the-bad-one")])
        said = eventually(lambda: world.projector.failure)
        assert "position 1, BattleReported the-bad-one: " in said
        assert said == f"the projection stopped: {standing(world.database).error}"
    finally:
        world.projector.stop()


def test_a_running_projector_follows_this_process_and_others(
    world: World, other_process: World
) -> None:
    world.projector.start()
    try:
        world.log.append([registered("a")])
        assert world.projector.reached(1).result(WAIT) >= 1
        other_process.log.append([registered("b")])
        assert world.projector.reached(2).result(WAIT) == 2
        abandoned = world.projector.reached(9)
        assert abandoned.cancel()
        world.log.append([registered("c")])
        assert world.projector.reached(3).result(WAIT) == 3
    finally:
        world.projector.stop()
    assert world.projector.failure is None


@pytest.mark.parametrize("version", [VERSION - 1, VERSION + 1, None])
def test_a_running_projector_stops_when_its_checkpoint_is_not_its_own(
    world: World, version: int | None
) -> None:
    world.projector.start()
    try:
        eventually(lambda: world.projector.leads)
        with world.database.write() as conn:
            ours = (
                update(checkpoints).values(version=version)
                if version is not None
                else delete(checkpoints)
            )
            conn.execute(ours)
        world.log.append([registered("a")])
        assert eventually(lambda: world.projector.failure)
    finally:
        world.projector.stop()


@pytest.mark.parametrize("version", [VERSION - 1, VERSION + 1])
def test_a_sweep_passes_over_read_models_of_another_version(world: World, version: int) -> None:
    world.log.append([registered("a"), registered("b")])
    world.log.append([event(AccusationMade(accuser="a", accused="b"))])
    world.projector.catch_up()
    with world.database.write() as conn:
        conn.execute(update(checkpoints).values(version=version))
    assert not Sweeping(world.database).step()


def test_whoever_waits_cuts_a_rest_short(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one who began to wait before there was anything to be projected."""
    monkeypatch.setattr(projector, "LONGEST_REST", 1_000)
    monkeypatch.setattr(projector, "RESTS", 1_000_000)
    world.projector.start()
    try:
        assert eventually(lambda: world.projector.leads)
        early = world.projector.reached(1)
        world.log.append([registered("a")])
        assert early.result(WAIT) == 1
        world.log.append([registered("b")])
        assert world.projector.reached(2).result(WAIT) == 2
    finally:
        world.projector.stop()


def test_an_unforeseen_error_stops_the_projector_and_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise TypeError("unforeseen")

    monkeypatch.setattr(Batch, "of", fail)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    world.projector.start()
    try:
        world.log.append([registered("a")])
        assert "unforeseen" in eventually(lambda: world.projector.failure)
    finally:
        world.projector.stop()


def test_events_erased_after_they_were_corrected_or_denied_are_passed_over(world: World) -> None:
    """A lawful erasure leaves the leaf; what names the event stays readable (DESIGN section 1)."""
    world.log.append(
        [
            registered("a"),
            registered("b"),
            event(AccusationMade(accuser="a", accused="b"), called="said"),
            event(AccusationMade(accuser="a", accused="b"), called="better", corrects="said"),
            denied("said", "b"),
        ]
    )
    with world.database.write() as conn:
        conn.execute(update(events).where(events.c.position == 3).values(data=None, salt=None))
    assert world.projector.catch_up() == 5
    followed = contents(world.database)
    assert len(followed["reports"]) == 4
    world.projector.rebuild()
    assert contents(world.database) == followed
    *_, replayed = replay(world.database)
    assert isinstance(replayed, Replayed)
    assert replayed.ok
