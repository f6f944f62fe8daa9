"""Batches are decided by what was learned for those before, unless somebody changed it since."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from domain.event import Event
from domain.vocabulary import AccusationMade, ActorRegistered
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.event_store.recorder import LogSnapshot
from infrastructure.log import BulkLog, ContentConflict, EventLog, Refused
from tests.builders import event, registered, retracted


def accusation(accuser: str, accused: str, called: str) -> Event:
    return event(AccusationMade(accuser=accuser, accused=accused), "2020-01-01", called=called)


@pytest.fixture
def bulk(database: Database) -> BulkLog:
    log = BulkLog(SqlRecorder(database))
    log.append([registered("chad"), registered("mali"), accusation("chad", "mali", "first")])
    return log


@pytest.fixture
def other(database: Database) -> EventLog:
    """Another process's way into the same log."""
    return EventLog(SqlRecorder(database))


def count(database: Database) -> int:
    return SqlRecorder(database).head().position


def test_an_actor_retracted_meanwhile_is_unknown_again(
    database: Database, bulk: BulkLog, other: EventLog
) -> None:
    bulk.append([registered("niger")])
    other.append([retracted("registration of niger")])
    with pytest.raises(Refused, match="no actor is registered as niger"):
        bulk.append([accusation("chad", "niger", "second")])
    assert count(database) == 5


def test_an_actor_registered_meanwhile_is_known(bulk: BulkLog, other: EventLog) -> None:
    with pytest.raises(Refused):
        bulk.append([accusation("chad", "niger", "second")])
    other.append([registered("niger")])
    bulk.append([accusation("chad", "niger", "second")])


def test_an_actor_registered_meanwhile_is_not_registered_twice(
    bulk: BulkLog, other: EventLog
) -> None:
    with pytest.raises(Refused):
        bulk.append([accusation("chad", "niger", "second")])
    other.append([registered("niger")])
    twin = event(ActorRegistered(actor="niger", kind="state", name="Niger"), "2020", called="twin")
    with pytest.raises(Refused, match="already registered"):
        bulk.append([twin])


def test_a_batch_is_appended_whole_or_not_at_all(database: Database, bulk: BulkLog) -> None:
    with pytest.raises(Refused) as refused:
        bulk.append([registered("niger"), accusation("niger", "benin", "second")])
    assert [index for index, _ in refused.value.refusals] == [1]
    assert count(database) == 3
    bulk.append([registered("niger"), accusation("niger", "mali", "second")])
    assert count(database) == 5


def test_what_the_log_has_is_not_appended_again(database: Database, bulk: BulkLog) -> None:
    bulk.append([accusation("chad", "mali", "first"), accusation("mali", "chad", "second")])
    assert count(database) == 4
    with pytest.raises(ContentConflict):
        bulk.append([accusation("mali", "chad", "first")])


def test_others_events_between_batches_change_nothing(
    database: Database, bulk: BulkLog, other: EventLog
) -> None:
    for number in range(3):
        other.append([accusation("mali", "chad", f"other {number}")])
        bulk.append([accusation("chad", "mali", f"ours {number}")])
    bulk.append([retracted("ours 1")])
    bulk.append([accusation("chad", "mali", "last")])
    assert count(database) == 11


def test_nothing_is_read_or_remembered_of_names_that_nothing_defines(database: Database) -> None:
    recorder = _Counting(database)
    log = BulkLog(recorder)
    log.append([registered("chad"), registered("mali"), accusation("chad", "mali", "first")])
    read = recorder.snapshots
    for number in range(3):
        again = accusation("chad", "mali", f"again {number}")
        log.append([replace(again, incident=f"incident-{number}")])
    assert recorder.snapshots == read


class _Counting(SqlRecorder):
    """Counts how often the log is read."""

    snapshots = 0

    @contextmanager
    def snapshot(self) -> Iterator[LogSnapshot]:
        self.snapshots += 1
        with super().snapshot() as log:
            yield log
