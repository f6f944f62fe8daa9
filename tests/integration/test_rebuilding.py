"""A rebuild fills the set that nobody asks, beside everything that goes on, and swaps in one step."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select, text

from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.live_models import live_models
from infrastructure.process_locks import process_lock
from infrastructure.projecting import Projector, RebuildUnderWay, Unprojectable, rebuilding
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.read_models import ReadModels, other
from tests.builders import registered
from tests.integration.test_projecting import contents, recorder, standing, unreadable
from tests.property.comparing import World
from tests.property.histories import random_history

WAIT = 20


class Interrupted(Exception):
    """What a test raises in the middle of a rebuild, as a kill would end it."""


def live(database: Database) -> ReadModels:
    with database.read() as conn:
        return live_models(conn)[0]


def rows(database: Database, models: ReadModels) -> int:
    with database.read() as conn:
        counts = (select(func.count()).select_from(table) for table in models.tables.values())
        return sum(conn.execute(count).scalar_one() for count in counts)


def told(world: World, histories: int = 2) -> None:
    for seed in range(histories):
        world.log.append(random_history(Random(seed)).events)
    world.projector.catch_up()


def at_each_batch(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(rebuilding, "BATCH", size)


def test_the_sets_are_swapped_and_the_old_one_is_emptied(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "REMOVED", 7)
    told(world)
    before, kept = live(world.database), contents(world.database)
    for _ in range(2):
        assert world.projector.rebuild() == 80
        now = live(world.database)
        assert now is other(before)
        assert contents(world.database) == kept
        assert rows(world.database, before) == 0
        before = now
    assert world.append(random_history(Random(9))) == 81
    assert standing(world.database).position == 120


def test_questions_appends_and_projection_go_on_meanwhile(
    world: World, other_process: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What happens at each step of the rebuild would wait for a lock that it held."""
    told(world)
    at_each_batch(monkeypatch, 20)
    more = [registered(f"late-{n}") for n in range(4)]
    positions = []

    def meanwhile(position: int, _head: int) -> None:
        if more:
            other_process.log.append([more.pop()])
            positions.append(other_process.projector.catch_up())
        assert position <= positions[-1]

    reached = world.projector.rebuild(meanwhile)
    assert not more
    assert reached == positions[-1] == 84
    assert standing(world.database).position == 84
    rebuilt = contents(world.database)
    world.projector.rebuild()
    assert contents(world.database) == rebuilt


def touched(database: Database) -> dict[tuple[str, str], int]:
    """The pairs of the live set, with where they were last touched."""
    with database.read() as conn:
        pairs = live_models(conn)[0].pairs
        return {
            (a, b): at for a, b, at in conn.execute(select(pairs.c.a, pairs.c.b, pairs.c.touched))
        }


def test_pairs_are_marked_as_batches_mark_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Retractions long after, and ends of all lines of an actor, before and behind its pairs."""
    monkeypatch.setattr(rebuilding, "MARKED", {"sqlite": 7, "postgresql": 7})
    told(world, histories=12)
    marked = touched(world.database)
    assert len(marked) > 20
    world.projector.rebuild()
    assert touched(world.database) == marked


def test_what_comes_while_pairs_are_marked_marks_them_too(
    world: World, other_process: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends events whose pairs were marked before, and begins new ones."""
    histories = [random_history(Random(seed)).events for seed in range(6)]
    mark = rebuilding._mark
    for events in histories:
        world.log.append(events[: len(events) // 2])

    def then_more(database: Database, models: ReadModels, upto: int) -> None:
        mark(database, models, upto)
        for events in histories:
            other_process.log.append(events[len(events) // 2 :])

    monkeypatch.setattr(rebuilding, "_mark", then_more)
    world.projector.prepare()
    head = world.projector.rebuild()
    rebuilt = touched(world.database)
    monkeypatch.undo()
    assert world.projector.catch_up() == head == 240
    world.projector.rebuild()
    assert touched(world.database) == rebuilt


def test_a_live_set_that_ran_ahead_is_caught_up_with_before_the_swap(
    world: World, other_process: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the last batch and the swap the live set moves: a little, and too far."""
    told(world)
    at_each_batch(monkeypatch, 1_000)
    monkeypatch.setattr(rebuilding, "LEFT_FOR_THE_SWAP", 3)
    swap, runs_ahead = rebuilding._swap, [5, 3]
    found = []

    def later(database: Database, models: ReadModels) -> int | None:
        if runs_ahead:
            for n in range(runs_ahead.pop(0)):
                other_process.log.append([registered(f"ahead-{len(runs_ahead)}-{n}")])
            other_process.projector.catch_up()
        found.append(swap(database, models))
        return found[-1]

    monkeypatch.setattr(rebuilding, "_swap", later)
    assert world.projector.rebuild() == 88
    assert found == [None, 88]
    rebuilt = contents(world.database)
    world.projector.rebuild()
    assert contents(world.database) == rebuilt


def test_a_reader_never_sees_a_half_built_set(
    world: World, other_process: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every position each event has its report: no more and no fewer."""
    told(world)
    at_each_batch(monkeypatch, 10)
    done = threading.Event()

    def read() -> int:
        seen, last = 0, 0
        while not done.is_set():
            with other_process.database.read() as conn:
                snapshot = Snapshot.of(conn)
                reports = snapshot.models.reports
                count, high = conn.execute(select(func.count(), func.max(reports.c.position))).one()
            assert (count, high) == (snapshot.position, snapshot.position)
            assert snapshot.position >= last
            seen, last = seen + 1, snapshot.position
        return seen

    def append() -> None:
        for n in range(30):
            world.append(random_history(Random(100 + n), events=2))

    with ThreadPoolExecutor(2) as threads:
        reader, appender = threads.submit(read), threads.submit(append)
        try:
            swaps = 0
            while not appender.done() or swaps < 3:
                Projector(other_process.database, SqlRecorder(other_process.database)).rebuild()
                swaps += 1
        finally:
            done.set()
        appender.result(WAIT)
        assert reader.result(WAIT) > swaps


def stopped_at(batch: int) -> Callable[[int, int], None]:
    left = [batch]

    def stop(_position: int, _head: int) -> None:
        left[0] -= 1
        if not left[0]:
            raise Interrupted

    return stop


def test_a_rebuild_that_was_interrupted_changes_nothing_and_the_next_begins_cleanly(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(world)
    at_each_batch(monkeypatch, 30)
    before, kept = live(world.database), contents(world.database)
    with pytest.raises(Interrupted):
        world.projector.rebuild(stopped_at(2))
    assert live(world.database) is before
    assert contents(world.database) == kept
    assert rows(world.database, other(before)) > 60
    assert world.projector.rebuild() == 80
    assert live(world.database) is other(before)
    assert contents(world.database) == kept


def test_a_rebuild_that_fails_leaves_the_read_models_as_they_were(world: World) -> None:
    world.log.append([registered("a")])
    world.projector.catch_up()
    before = contents(world.database)
    recorder(world).record([unreadable()])
    with pytest.raises(Unprojectable, match="position 2"):
        world.projector.rebuild()
    assert contents(world.database) == before
    assert standing(world.database).error is None


def test_a_second_rebuild_at_once_is_refused(world: World, other_process: World) -> None:
    world.log.append([registered("a"), registered("b")])
    world.projector.catch_up()
    followed = contents(world.database)
    refused: list[BaseException] = []

    def rebuild_too(*_: int) -> None:
        with pytest.raises(RebuildUnderWay, match="under way") as error:
            other_process.projector.rebuild()
        refused.append(error.value)

    assert world.projector.rebuild(rebuild_too) == 2
    assert len(refused) == 1
    assert contents(world.database) == followed
    assert other_process.projector.rebuild() == 2
    assert contents(world.database) == followed


def test_progress_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    at_each_batch(monkeypatch, 2)
    steps: list[tuple[Any, ...]] = []
    world.log.append([registered(actor) for actor in "abcde"])
    world.projector.rebuild(lambda *args: steps.append(args))
    assert steps == [(2, 5), (4, 5), (5, 5)]


def test_a_lock_is_held_once_and_given_back(world: World, other_process: World) -> None:
    one, two = (process_lock(each.database, "rebuild") for each in (world, other_process))
    assert not one.held()
    assert one.take()
    assert one.take()
    assert not two.take()
    another = process_lock(other_process.database, "projector")
    assert another.take()
    another.release()
    one.release()
    one.release()
    assert not one.held()
    assert two.take()
    assert two.held()
    two.release()


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_lock_ends_with_its_connection(world: World, other_process: World) -> None:
    one, two = (process_lock(each.database, "rebuild") for each in (world, other_process))
    assert one.take()
    with world.database.write() as conn:
        ours = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND database = "
        ours += "(SELECT oid FROM pg_database WHERE datname = current_database())"
        conn.execute(text(f"SELECT pg_terminate_backend(pid) FROM ({ours}) holders"))
    assert not one.held()
    assert two.take()
    two.release()
