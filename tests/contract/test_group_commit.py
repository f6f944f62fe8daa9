"""Appends that come at the same time share a commit, and nothing else."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.persistence import IntegrityError, ProgrammingError
from eventsourcing.persistence import OperationalError as LibrarysOperationalError
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder, appending, window
from infrastructure.event_store.appending import LOG_LOCK
from infrastructure.event_store.committing import Append, Committer, Entry
from infrastructure.event_store.envelope import NewEvent, StoredEvent
from infrastructure.event_store.errors import (
    AppendConditionFailed,
    DuplicateEventId,
    UnstorableEvent,
)
from infrastructure.event_store.gathering import GatheredRecorder
from infrastructure.event_store.verification import verify

WAIT = 20


def a(name: str = "Coup", *tags: str, **fields: Any) -> NewEvent:
    return NewEvent(name, b"{}", list(tags), **fields)


def unless(*tags: str, after: int | None = None) -> DCBAppendCondition:
    return DCBAppendCondition(DCBQuery([DCBQueryItem(tags=list(tags))]), after=after)


Given = tuple[Sequence[DCBEvent], DCBAppendCondition | None]


def together(recorder: SqlRecorder, given: Sequence[Given]) -> list[Any]:
    """Let the appends come, in order, while another writer keeps the log: what becomes of each."""
    queue = recorder._committer._grouping._queue
    with ThreadPoolExecutor(len(given) + 1) as pool:
        with kept(recorder.database):
            first = pool.submit(recorder.record, [a("First")])
            until(lambda: recorder._committer._grouping._led and not queue)
            calls: list[Future[list[StoredEvent]]] = []
            for events, condition in given:
                calls.append(pool.submit(recorder.record, events, condition))
                until(lambda: len(queue) == len(calls))
        first.result(WAIT)
        return [call.exception(WAIT) or call.result() for call in calls]


@contextmanager
def kept(database: Database) -> Iterator[None]:
    """Hold the lock under which positions are given."""
    with database.write() as conn:
        if database.dialect == "postgresql":
            conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOG_LOCK})")
        yield


def until(reached: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(WAIT * 200):
        if reached():
            return
        pause.wait(0.005)
    pytest.fail("it did not come to that")


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many appends each commit has had."""
    sizes: list[int] = []
    commit = Committer._commit

    def counted(committer: Committer, appends: Sequence[Append]) -> None:
        sizes.append(len(appends))
        commit(committer, appends)

    monkeypatch.setattr(Committer, "_commit", counted)
    return sizes


def test_appends_that_come_meanwhile_share_a_commit(
    recorder: SqlRecorder, groups: list[int]
) -> None:
    given: list[Given] = [([a("Coup", f"n:{n}", id=f"i{n}")] * 1, None) for n in range(30)]
    receipts = together(recorder, given)
    assert groups == [1, 30]
    assert [[one.id for one in each] for each in receipts] == [[f"i{n}"] for n in range(30)]
    assert [one.position for each in receipts for one in each] == list(range(2, 32))
    assert list(recorder.stream())[1:] == [one for each in receipts for one in each]
    assert verify(recorder.database).ok


def test_each_keeps_its_own_condition_result_and_error(
    recorder: SqlRecorder, groups: list[int]
) -> None:
    recorder.record([a("Coup", "x", id="i1")])
    given: list[Given] = [
        ([a("Coup", "y", id="i2"), a("Coup", "z", id="i3")], unless("y")),
        ([a("Coup", id="i4")], unless("x")),
        ([a("Coup", id="i5")], unless("x", after=1)),
        ([a("Coup", id="i6")], unless("z", after=1)),
        ([a("Coup", id="i2")], None),
        ([DCBEvent("Foreign", b"\x00", ["w"])], unless("x", "y")),
        ([a("Coup", id="i7")], unless("w", after=2)),
    ]
    outcomes = together(recorder, given)
    told = [
        [one.position for one in outcome] if isinstance(outcome, list) else type(outcome)
        for outcome in outcomes
    ]
    assert told == [
        [3, 4],
        AppendConditionFailed,
        [5],
        AppendConditionFailed,
        DuplicateEventId,
        [6],
        AppendConditionFailed,
    ]
    assert groups == [1, 1, 7]
    assert [stored.id for stored in recorder.stream()] == ["i1", None, "i2", "i3", "i5", None]
    assert verify(recorder.database).ok


def test_an_id_recorded_before_is_refused_for_its_append_only(recorder: SqlRecorder) -> None:
    recorder.record([a(id="i1")])
    given: list[Given] = [([a(id="i2")], None), ([a(id="i1")], None), ([a(id="i3")], None)]
    first, repeated, last = together(recorder, given)
    assert isinstance(repeated, DuplicateEventId)
    assert [one.id for one in (*first, *last)] == ["i2", "i3"]


def test_what_the_database_refuses_for_one_it_takes_from_the_others(
    recorder: SqlRecorder,
) -> None:
    with recorder.database.write() as conn:
        if conn.dialect.name == "postgresql":
            conn.execute(text("ALTER TABLE events ADD CHECK (type <> 'Bad')"))
        else:
            conn.execute(
                text(
                    "CREATE TRIGGER no_bad BEFORE INSERT ON events WHEN NEW.type = 'Bad' "
                    "BEGIN SELECT RAISE(ABORT, 'no'); END"
                )
            )
    good, bad, other = together(recorder, [([a()], None), ([a("Bad")], None), ([a(id="i1")], None)])
    assert isinstance(bad, IntegrityError)
    assert [one.position for one in (*good, *other)] == [2, 3]


def test_what_another_process_appended_meanwhile_counts(fresh_url: str) -> None:
    """Both remember the end of the log; each finds that the other has moved it."""
    databases = [Database(fresh_url) for _ in range(2)]
    one, other = (SqlRecorder(database) for database in databases)
    for turn in range(1, 6):
        seen = one.append([a("Coup", "one")])
        assert seen == 4 * turn - 3
        other.append([a("Coup", "other")], unless("other", after=seen))
        with pytest.raises(AppendConditionFailed):
            one.append([a("Coup")], unless("other", after=seen))
        assert one.append([a("Coup")], unless("one", after=seen)) == 4 * turn - 1
        assert one.append([a("Coup")]) == 4 * turn
    assert verify(databases[0]).position == 20
    for database in databases:
        database.dispose()


def test_more_than_the_window_by_another_process_counts(fresh_url: str) -> None:
    databases = [Database(fresh_url) for _ in range(2)]
    one, other = (SqlRecorder(database) for database in databases)
    seen = one.append([a("Coup", "x")])
    other.append([a("Coup", "y"), *(a() for _ in range(1_500))])
    with pytest.raises(AppendConditionFailed):
        one.append([a()], unless("y", after=seen))
    assert one.append([a()], unless("x", after=seen)) == 1_503
    for database in databases:
        database.dispose()


def test_a_failure_is_told_to_all_but_those_whose_condition_was_broken(
    recorder: SqlRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also to the one that shares an id with another of the group, which was not recorded."""
    recorder.record([a("Coup", "x", id="i1")])
    given: list[Given] = [
        ([a("Coup", id="i2")], None),
        ([a("Coup", id="i2")], None),
        ([a("Coup", id="i3")], unless("x")),
    ]
    commit = Committer._commit

    def and_fail(committer: Committer, appends: Sequence[Append]) -> None:
        if len(appends) == 1:
            commit(committer, appends)
            return
        with recorder.database.write() as conn:
            list(committer._admitted(appends, committer._follow(conn), conn))
        raise OperationalError("INSERT", {}, MemoryError("full"))

    monkeypatch.setattr(Committer, "_commit", and_fail)
    outcomes = together(recorder, given)
    assert [type(outcome) for outcome in outcomes] == [
        LibrarysOperationalError,
        LibrarysOperationalError,
        AppendConditionFailed,
    ]
    assert recorder.head().position == 2


def test_a_window_forgets_the_first_events_where_they_have_very_many_tags(
    recorder: SqlRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "MOST_TAGS", 10)
    seen = recorder.append([a("Coup", "first", *(f"t:{n}" for n in range(8)))])
    for number in range(5):
        recorder.append([a("Coup", *(f"{number}:{n}" for n in range(4)))])
    for tag in ("first", "t:3", "0:1", "4:3"):
        with pytest.raises(AppendConditionFailed):
            recorder.append([a()], unless(tag))
    assert recorder.append([a()], unless("first", after=seen)) == 7
    kept = recorder._committer._window
    assert kept is not None
    assert (kept.floor, len(kept._latest)) == (4, 8)


@pytest.fixture
def on_postgresql(new_url: Callable[..., str]) -> Iterator[SqlRecorder]:
    """A recorder that has found itself alone, so that it sends each group in one statement.

    SQLite has no such statement, and no connection to lose.
    """
    database = Database(new_url("postgresql"))
    recorder = SqlRecorder(database)
    recorder.append([a("Opened")])
    yield recorder
    database.dispose()


LOSSES = ["before the server heard of it", "after it was committed"]


@pytest.mark.parametrize("when", LOSSES)
def test_a_connection_lost_in_the_one_statement_loses_and_doubles_nothing(
    on_postgresql: SqlRecorder, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """Foreign events have no id to be found by: the hash at the position tells."""
    insert = appending.insert_if_free

    def and_lose_the_connection(conn: Connection, stored: Sequence[StoredEvent]) -> bool:
        if when == LOSSES[1]:
            assert insert(conn, stored)
        monkeypatch.undo()
        raise OperationalError("INSERT", {}, ConnectionError("gone"), connection_invalidated=True)

    monkeypatch.setattr(appending, "insert_if_free", and_lose_the_connection)
    receipts = on_postgresql.record([DCBEvent("Foreign", b"1", ["x"])], unless("x"))
    assert [one.position for one in receipts] == [2]
    assert list(on_postgresql.stream())[1:] == receipts
    assert on_postgresql.append([a()]) == 3
    assert verify(on_postgresql.database).ok


def test_connections_that_died_while_nothing_was_appended_are_replaced(
    on_postgresql: SqlRecorder,
) -> None:
    with on_postgresql.database.write() as conn:
        conn.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert on_postgresql.append([a()]) == 2
    assert on_postgresql.append([a()]) == 3


async def test_tasks_of_an_event_loop_share_commits_and_keep_their_outcomes(
    recorder: SqlRecorder,
) -> None:
    query = DCBQuery([DCBQueryItem(tags=["once"])])
    condition = DCBAppendCondition(query, after=0)
    entries = [
        Entry([NewEvent("Coup", b"{}", ["once"], id="i1")], condition),
        Entry([NewEvent("Coup", b"{}", ["once"], id="i2")], condition),
        Entry([NewEvent("Coup", b"{}", ["other"], id="i1")]),
        Entry([]),
        Entry([DCBEvent("Coup", b"", ["\x00"])]),
        Entry([NewEvent("Coup", b"{}", ["other"], id="i3"), DCBEvent("Coup", b"")]),
    ]
    appends = GatheredRecorder(recorder)
    first, refused, repeated, empty, unstorable, last = await asyncio.gather(
        *map(appends.append, entries), return_exceptions=True
    )
    again = await asyncio.gather(appends.append(entries[2]), return_exceptions=True)
    await appends.close()
    assert isinstance(first, list)
    assert isinstance(last, list)
    assert [one.position for one in (*first, *last)] == [1, 2, 3]
    assert isinstance(refused, AppendConditionFailed)
    assert isinstance(repeated, DuplicateEventId)
    assert isinstance(again[0], DuplicateEventId)
    assert isinstance(empty, ProgrammingError)
    assert isinstance(unstorable, UnstorableEvent)
    assert [one.id for one in recorder.stream()] == ["i1", "i3", None]


def test_entries_recorded_together_are_tested_against_those_before_them(
    recorder: SqlRecorder,
) -> None:
    query = DCBQuery([DCBQueryItem(tags=["once"])])
    entry = Entry([DCBEvent("Coup", b"", ["once"])], DCBAppendCondition(query, after=0))
    first, second = recorder.record_each([entry, entry])
    assert isinstance(first, list)
    assert isinstance(second, AppendConditionFailed)
    assert recorder.record_each([]) == []
    assert recorder.head().position == 1
