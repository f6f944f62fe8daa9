"""The eventsourcing library's own suites, on both databases, directly and by its factory."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from eventsourcing.dcb import persistence as library_dcb
from eventsourcing.dcb import tests as dcb_suite
from eventsourcing.dcb.api import DCBRecorder
from eventsourcing.persistence import Tracking, TrackingRecorder
from eventsourcing.tests import persistence as persistence_suite

from infrastructure.database import Database
from infrastructure.event_store import SqlFactory, SqlRecorder, SqlTrackingRecorder

NewUrl = Callable[..., str]


@contextmanager
def factory(url: str) -> Iterator[SqlFactory]:
    env = {"PERSISTENCE_MODULE": "infrastructure.event_store", "FOEDUS_DATABASE_URL": url}
    made = library_dcb.DCBInfrastructureFactory.construct(env)
    assert isinstance(made, SqlFactory)
    with made:
        yield made
    made.close()


@pytest.fixture(params=["directly", "by the factory"])
def recorders(
    request: pytest.FixtureRequest, dialect: str, new_url: NewUrl
) -> Iterator[tuple[DCBRecorder, TrackingRecorder]]:
    """A recorder of events and one of tracking, made in both ways on both databases."""
    if request.param == "by the factory":
        with factory(new_url(dialect, migrated=False)) as made:
            yield made.dcb_recorder(), made.tracking_recorder()
    else:
        database = Database(new_url(dialect))
        yield SqlRecorder(database), SqlTrackingRecorder(database)
        database.dispose()


@pytest.fixture
def recorder(recorders: tuple[DCBRecorder, TrackingRecorder]) -> DCBRecorder:
    return recorders[0]


@pytest.fixture
def tracking(recorders: tuple[DCBRecorder, TrackingRecorder]) -> TrackingRecorder:
    return recorders[1]


def test_append_and_read(recorder: DCBRecorder) -> None:
    dcb_suite.DCBRecorderTestCase()._test_append_read(recorder)


def test_append_and_subscribe(recorder: DCBRecorder) -> None:
    dcb_suite.DCBRecorderTestCase()._test_append_subscribe(recorder)


def _tracking_suite(recorder: TrackingRecorder) -> persistence_suite.TrackingRecorderTestCase:
    class Suite(persistence_suite.TrackingRecorderTestCase):
        def create_recorder(self) -> TrackingRecorder:
            return recorder

    return Suite()


def test_tracking(tracking: TrackingRecorder) -> None:
    _tracking_suite(tracking).test_insert_tracking()


def test_waiting_for_a_tracked_position(tracking: TrackingRecorder) -> None:
    _tracking_suite(tracking).test_wait()


def test_two_applications_follow_one_upstream_apart(database: Database) -> None:
    first, second = SqlTrackingRecorder(database, "first"), SqlTrackingRecorder(database, "second")
    first.insert_tracking(Tracking("upstream", 5))
    assert second.max_tracking_id("upstream") is None
