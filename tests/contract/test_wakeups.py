"""Whoever watches is woken by commits of other processes, and again after a lost connection."""

import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from eventsourcing.dcb.api import DCBEvent
from sqlalchemy import text

from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.event_store.wakeups import LOG_CHANNEL, READ_MODELS_CHANNEL, Watch
from tests.waiting import eventually

WAIT = 20
SOMETHING = DCBEvent("Anything", b"x", ["actor:a"])


@pytest.fixture
def other(fresh_url: str) -> Iterator[SqlRecorder]:
    """A recorder with a database object of its own, as another process has."""
    database = Database(fresh_url)
    recorder = SqlRecorder(database)
    yield recorder
    recorder.close()
    database.dispose()


@pytest.fixture
def here(database: Database) -> Iterator[threading.Event]:
    """Set whenever the listeners of this process's recorder are woken."""
    recorder = SqlRecorder(database)
    woken = threading.Event()
    recorder.listen(woken)
    watch = Watch(database, {LOG_CHANNEL: recorder.wake_listeners})
    watch.start()
    settle(database, woken)
    yield woken
    watch.stop()
    recorder.close()


def settle(database: Database, woken: threading.Event) -> None:
    """Wait until the watch watches: it calls once when it begins."""
    assert woken.wait(WAIT), database
    woken.clear()


def test_an_append_of_another_process_wakes_the_listeners(
    here: threading.Event, other: SqlRecorder
) -> None:
    for _ in range(3):
        other.append([SOMETHING])
        assert here.wait(WAIT)
        here.clear()


def sessions(url: str) -> list[int]:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as session:
        found: list[tuple[Any, ...]] = session.execute(
            "SELECT pid FROM pg_stat_activity "
            "WHERE application_name = 'foedus watch' AND datname = current_database()"
        ).fetchall()
        return [pid for (pid,) in found]


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_lost_connection_is_made_anew(
    here: threading.Event, other: SqlRecorder, fresh_url: str
) -> None:
    [first] = sessions(fresh_url)
    with other.database.write() as conn:
        conn.execute(text(f"SELECT pg_terminate_backend({first})"))
    assert here.wait(WAIT)  # what came meanwhile may have been missed
    assert eventually(lambda: [pid for pid in sessions(fresh_url) if pid != first])
    here.clear()
    other.append([SOMETHING])
    assert here.wait(WAIT)


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_each_channel_calls_what_stands_for_it(database: Database) -> None:
    logged, moved = threading.Event(), threading.Event()
    watch = Watch(database, {LOG_CHANNEL: logged.set, READ_MODELS_CHANNEL: moved.set})
    watch.start()
    try:
        settle(database, logged)
        settle(database, moved)
        with database.write() as conn:
            conn.execute(text(f"SELECT pg_notify('{READ_MODELS_CHANNEL}', '')"))
        assert moved.wait(WAIT)
        assert not logged.is_set()
    finally:
        watch.stop()


def test_a_watch_that_was_never_started_can_be_stopped(database: Database) -> None:
    Watch(database, {}).stop()
