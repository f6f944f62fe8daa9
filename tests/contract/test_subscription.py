"""Following the log: nothing is missed, nothing comes twice, and no thread is left behind."""

import threading
from collections.abc import Callable
from itertools import islice

import pytest
from eventsourcing.dcb.api import DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.persistence import OperationalError, ProgrammingError
from sqlalchemy import text

from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.event_store.subscription import SqlSubscription

NEVER = 3_600.0
"""A poll that cannot come within a test: only the notification wakes the subscription."""


def an_event(*tags: str) -> DCBEvent:
    return DCBEvent("Coup", b"{}", list(tags))


def take(subscription: SqlSubscription, count: int) -> list[int]:
    return [event.position for event in islice(subscription, count)]


def test_an_append_wakes_a_subscription_at_once(database: Database) -> None:
    recorder = SqlRecorder(database, poll_seconds=NEVER)
    recorder.append([an_event()])
    with recorder.subscribe() as subscription:
        assert take(subscription, 1) == [1]
        recorder.append([an_event(), an_event()])
        assert take(subscription, 2) == [2, 3]


def test_an_append_before_it_could_listen_is_not_waited_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library's thread has read the empty log, and an event comes before `listen`."""
    recorder = SqlRecorder(database, poll_seconds=NEVER)
    pulled = threading.Event()
    pull, listen = SqlSubscription._pull, SqlRecorder.listen

    def first_pull(self: SqlSubscription) -> None:
        pull(self)
        pulled.set()

    def late_listen(self: SqlRecorder, event: threading.Event) -> None:
        assert pulled.wait(30)
        self.append([an_event()])
        listen(self, event)

    monkeypatch.setattr(SqlSubscription, "_pull", first_pull)
    monkeypatch.setattr(SqlRecorder, "listen", late_listen)
    with recorder.subscribe() as subscription:
        assert take(subscription, 1) == [1]


def test_another_processs_append_is_found_by_polling(fresh_url: str, database: Database) -> None:
    other_database = Database(fresh_url)
    with SqlRecorder(database, poll_seconds=0.01).subscribe() as subscription:
        SqlRecorder(other_database).append([an_event()])
        assert take(subscription, 1) == [1]
    other_database.dispose()


def test_a_subscription_follows_its_query_from_its_position(recorder: SqlRecorder) -> None:
    recorder.append([an_event("a") if n % 2 else an_event("b") for n in range(1, 1_101)])
    query = DCBQuery([DCBQueryItem(tags=["a"])])
    with recorder.subscribe(query, after=4) as subscription:
        assert take(subscription, 548) == list(range(5, 1_100, 2))
        recorder.append([an_event("b"), an_event("a")])
        assert take(subscription, 1) == [1_102]


def test_stopping_ends_the_iteration_and_the_thread(recorder: SqlRecorder) -> None:
    before = threading.active_count()
    subscription = recorder.subscribe()
    with subscription:
        waiting = threading.Thread(target=lambda: list(subscription))
        waiting.start()
        subscription.stop()
        subscription.stop()
        waiting.join(30)
        assert not waiting.is_alive()
    assert list(subscription) == []
    assert threading.active_count() == before
    assert recorder._listeners == set()


def test_a_subscriber_that_reads_nothing_can_be_stopped(recorder: SqlRecorder) -> None:
    """The thread waits for room in its queue, which it must give up."""
    recorder.append([an_event() for _ in range(7_000)])
    before = threading.active_count()
    with recorder.subscribe() as subscription:
        assert take(subscription, 1) == [1]
    assert threading.active_count() == before


def test_closing_the_recorder_ends_what_was_never_entered(recorder: SqlRecorder) -> None:
    before = threading.active_count()
    kept = [recorder.subscribe() for _ in range(3)]
    recorder.close()
    assert threading.active_count() == before
    assert [list(subscription) for subscription in kept] == [[], [], []]


def test_a_failure_of_the_database_reaches_the_subscriber(new_url: Callable[..., str]) -> None:
    database = Database(new_url("sqlite"))
    recorder = SqlRecorder(database, poll_seconds=0.01)
    with recorder.subscribe() as subscription:
        with database.write() as conn:
            conn.execute(text("DROP TABLE events"))
        with pytest.raises((OperationalError, ProgrammingError)):
            next(subscription)
    database.dispose()
