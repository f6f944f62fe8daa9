"""Checkpoints move by compare-and-set, beside the rows of the same transaction."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from eventsourcing.persistence import IntegrityError, Tracking

from infrastructure.database import Database
from infrastructure.event_store import SqlTrackingRecorder
from infrastructure.event_store.errors import CheckpointMoved
from infrastructure.event_store.tracking import Checkpoint, begin, checkpoint, move, stop


def found(database: Database, name: str = "alignment") -> Checkpoint | None:
    with database.read() as conn:
        return checkpoint(conn, name)


@pytest.fixture
def begun(database: Database) -> Database:
    with database.write() as conn:
        begin(conn, "alignment", 3)
    return database


def test_a_projection_begins_at_0(begun: Database) -> None:
    assert found(begun) == Checkpoint("alignment", 3, 0)
    assert found(begun, "other") is None


def test_a_checkpoint_moves_on(begun: Database) -> None:
    with begun.write() as conn:
        move(conn, "alignment", 3, 0, 10)
        move(conn, "alignment", 3, 10, 12)
    assert found(begun) == Checkpoint("alignment", 3, 12)


@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [("alignment", 3, 9), ("alignment", 2, 10), ("alignment", 4, 10), ("other", 3, 0)],
)
def test_a_checkpoint_that_is_elsewhere_stays_and_undoes_the_rest(
    begun: Database, name: str, version: int, expected: int
) -> None:
    with begun.write() as conn:
        move(conn, "alignment", 3, 0, 10)

    def work() -> None:
        with begun.write() as conn:
            begin(conn, "beside", 1)
            move(conn, name, version, expected, 11)

    with pytest.raises(CheckpointMoved):
        work()
    assert found(begun) == Checkpoint("alignment", 3, 10)
    assert found(begun, "beside") is None


def test_one_of_two_projectors_goes_on(begun: Database) -> None:
    together = Barrier(4)

    def work(_: int) -> bool:
        together.wait(30)
        try:
            with begun.write() as conn:
                move(conn, "alignment", 3, 0, 10)
        except CheckpointMoved:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(work, range(4))) == [False, False, False, True]


def test_an_error_is_kept_until_the_projection_moves(begun: Database) -> None:
    with begun.write() as conn:
        move(conn, "alignment", 3, 0, 5)
        stop(conn, "alignment", 3, "event 6 is odd")
    assert found(begun) == Checkpoint("alignment", 3, 5, "event 6 is odd")
    with begun.write() as conn:
        move(conn, "alignment", 3, 5, 6)
    assert found(begun) == Checkpoint("alignment", 3, 6)


def test_beginning_again_forgets_everything(begun: Database) -> None:
    with begun.write() as conn:
        move(conn, "alignment", 3, 0, 5)
        stop(conn, "alignment", 3, "odd")
        begin(conn, "alignment", 4)
    assert found(begun) == Checkpoint("alignment", 4, 0)


def test_tracking_can_share_a_transaction(database: Database) -> None:
    tracking = SqlTrackingRecorder(database, "mine")

    def repeat() -> None:
        with database.write() as conn:
            tracking.track(conn, Tracking("upstream", 5))
            tracking.track(conn, Tracking("upstream", 5))

    with pytest.raises(IntegrityError):
        repeat()
    assert tracking.max_tracking_id("upstream") is None
    with database.write() as conn:
        tracking.track(conn, Tracking("upstream", 5))
        begin(conn, "beside", 1)
    assert tracking.max_tracking_id("upstream") == 5
    assert found(database, "beside") == Checkpoint("beside", 1, 0)
