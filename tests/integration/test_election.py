"""Of all processes on a database one projects; the others follow it and take over from it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text, update

from infrastructure.event_store import SqlRecorder
from infrastructure.event_store.wakeups import READ_MODELS_CHANNEL, Watch
from infrastructure.projecting import NewerProjection, Projector, projector
from infrastructure.projecting.advancing import advance
from infrastructure.questions.snapshots import OtherReadModels, Snapshot
from infrastructure.schema.log import checkpoints, events
from infrastructure.schema.read_models import VERSION
from tests.builders import registered
from tests.integration.test_projecting import contents, recorder, standing, unreadable
from tests.property.comparing import World
from tests.waiting import eventually

WAIT = 20


@contextmanager
def running(*projectors: Projector) -> Iterator[None]:
    for one in projectors:
        one.start()
    try:
        yield
    finally:
        for one in projectors:
            one.stop()


def goes_on(one: Projector) -> bool:
    return one.failure is None


def test_one_leads_and_the_other_follows_and_takes_over(world: World, other_process: World) -> None:
    one, two = world.projector, other_process.projector
    with running(one):
        eventually(lambda: one.leads)
        with running(two):
            world.log.append([registered("a")])
            assert two.reached(1).result(WAIT) == 1
            assert not two.leads
            one.stop()
            assert not one.leads
            eventually(lambda: two.leads)
            world.log.append([registered("b")])
            assert two.reached(2).result(WAIT) == 2


def test_one_that_does_not_stand_only_follows(world: World, other_process: World) -> None:
    apart = Projector(world.database, SqlRecorder(world.database), stands=False)
    leader = other_process.projector
    with running(apart):
        world.log.append([registered("a")])
        with running(leader):
            eventually(lambda: leader.leads)
            assert apart.reached(1).result(WAIT) == 1
        world.log.append([registered("b")])
        assert apart.reached(1).result(WAIT) == 1
        assert not apart.leads
        assert standing(world.database).position == 1


def test_a_command_catches_up_beside_a_leader(world: World, other_process: World) -> None:
    with running(world.projector):
        eventually(lambda: world.projector.leads)
        for n in range(20):
            other_process.log.append([registered(f"a{n}")])
            assert other_process.projector.catch_up() >= n + 1
        assert len(contents(world.database)["reports"]) == 20


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_follower_is_told_when_the_leader_moved(
    world: World, other_process: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projector, "POLL_SECONDS", 3600.0)
    leader, follower = world.projector, other_process.projector
    watch = Watch(other_process.database, {READ_MODELS_CHANNEL: follower.wake})
    with running(leader):
        eventually(lambda: leader.leads)
        with running(follower):
            watch.start()
            try:
                reached = follower.reached(1)
                world.log.append([registered("a")])
                assert reached.result(WAIT) == 1
            finally:
                watch.stop()


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_leader_that_lost_its_lock_notices(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with running(world.projector):
        eventually(lambda: world.projector.leads)
        with world.database.write() as conn:
            locks = "SELECT pid FROM pg_stat_activity WHERE application_name = 'foedus lock' "
            locks += "AND datname = current_database()"
            conn.execute(text(f"SELECT pg_terminate_backend(pid) FROM ({locks}) holders"))
        eventually(lambda: "was lost" in caplog.text)
        other = Projector(world.database, SqlRecorder(world.database))
        with running(other):
            eventually(lambda: world.projector.leads != other.leads)
            world.log.append([registered("a")])
            assert world.projector.reached(1).result(WAIT) == 1
            assert other.reached(1).result(WAIT) == 1


def test_everybody_tells_which_event_stopped_the_projection_and_goes_on_when_it_is_readable(
    world: World, other_process: World
) -> None:
    one, two = world.projector, other_process.projector
    world.log.append([registered("a")])
    recorder(world).record([unreadable("the-bad-one")])
    with running(one, two):
        for each in (one, two):
            said = eventually(partial(getattr, each, "failure"))
            assert "position 2, BattleReported the-bad-one: " in said
            assert each.reached(1).result(WAIT) == 1
        eventually(lambda: not one.leads and not two.leads)
        with world.database.write() as conn:  # as if a newer program had learned to read it
            conn.execute(update(events).where(events.c.position == 2).values(event_id=None))
        upgraded = Projector(world.database, SqlRecorder(world.database))
        with running(upgraded):
            assert upgraded.reached(2).result(WAIT) == 2
            for each in (one, two):
                assert each.reached(2).result(WAIT) == 2
                eventually(partial(goes_on, each))
        assert standing(world.database).error is None
        eventually(lambda: one.leads or two.leads)


def test_a_stopped_projector_is_not_elected_again_until_somebody_got_further(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    follow = Projector._follow

    def advancing(*args: Any, **named: Any) -> Any:
        steps.append("tried")
        return advance(*args, **named)

    def following(one: Projector) -> Any:
        steps.append("followed")
        return follow(one)

    monkeypatch.setattr(projector, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(projector, "advance", advancing)
    monkeypatch.setattr(Projector, "_follow", following)
    recorder(world).record([unreadable()])
    with running(world.projector):
        eventually(lambda: steps.count("followed") > 10)
        assert steps.count("tried") == 1
        assert not world.projector.leads
        assert world.projector.runs


def test_older_read_models_are_not_asked_but_rebuilt_by_who_leads(world: World) -> None:
    world.log.append([registered("a")])
    world.projector.catch_up()
    with world.database.write() as conn:
        conn.execute(text("DELETE FROM rm_a_reports"))
        conn.execute(update(checkpoints).values(version=VERSION - 1))
    with world.database.read() as conn, pytest.raises(OtherReadModels, match="to be rebuilt"):
        Snapshot.of(conn)
    apart = Projector(world.database, SqlRecorder(world.database), stands=False)
    with running(apart):
        assert f"version {VERSION - 1}" in eventually(lambda: apart.failure)
        with running(world.projector):
            assert world.projector.reached(1).result(WAIT) == 1
            eventually(partial(goes_on, apart))
    assert len(contents(world.database)["reports"]) == 1


def test_newer_read_models_are_neither_asked_nor_touched(world: World) -> None:
    world.log.append([registered("a")])
    world.projector.catch_up()
    before = contents(world.database)
    with world.database.write() as conn:
        conn.execute(update(checkpoints).values(version=VERSION + 1))
    fresh = Projector(world.database, SqlRecorder(world.database))
    for touch in (fresh.catch_up, fresh.start, fresh.rebuild):
        with pytest.raises(NewerProjection, match="upgrade"):
            touch()
    with world.database.read() as conn, pytest.raises(OtherReadModels, match="upgrade"):
        Snapshot.of(conn)
    assert contents(world.database) == before
