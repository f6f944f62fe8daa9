"""Erased events are taken by their leaf; bytes that no reader can take are found."""

from collections.abc import Callable, Sequence

import pytest
from eventsourcing.dcb.api import DCBEvent
from sqlalchemy import Connection, update

from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.event_store.envelope import NewEvent, StoredEvent
from infrastructure.event_store.quick import StoredRow
from infrastructure.event_store.verification import Fault, verify
from infrastructure.schema.log import events
from tests.contract.tampering import FOREIGN, LENGTH, at, found_in, rewritten


def erase(conn: Connection, position: int) -> None:
    conn.execute(update(events).where(at(position)).values(data=None, salt=None))


@pytest.mark.parametrize("position", [1, 5, FOREIGN, LENGTH])
def test_an_erased_event_is_taken_by_its_leaf(
    database: Database, log: SqlRecorder, position: int
) -> None:
    with database.write() as conn:
        erase(conn, position)
    assert found_in(database) is None
    erased = next(log.stream(after=position - 1, upto=position))
    assert erased.erased
    assert erased.event.data == b""


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("column", ["data", "salt"])
def test_half_an_erasure_is_found(database: Database, column: str) -> None:
    with database.write() as conn:
        conn.execute(update(events).where(at(5)).values({column: None}))
    assert found_in(database) == (5, "the data or the salt was removed or cut")


@pytest.mark.usefixtures("log")
def test_another_leaf_for_an_erased_event_is_found(database: Database) -> None:
    with database.write() as conn:
        erase(conn, 5)
        conn.execute(update(events).where(at(5)).values(leaf=b"\x02" * 32))
    assert found_in(database) == (5, "the hash does not follow from the leaf and the hash before")


def test_bytes_moved_from_the_salt_to_the_data_are_found(
    database: Database, recorder: SqlRecorder
) -> None:
    """A salt of another length could let another header be read out of the data."""
    recorder.append([DCBEvent("Foreign", b"x")])
    (event,) = recorder.stream()
    assert event.salt is not None
    with database.write() as conn:
        conn.execute(update(events).values(salt=event.salt + b"y"))
    assert found_in(database) == (1, "the data or the salt was removed or cut")


@pytest.mark.usefixtures("log")
def test_what_only_a_reader_of_the_data_can_judge_is_asked(database: Database) -> None:
    with database.write() as conn:
        erase(conn, 3)
    asked: list[int] = []

    def examine(_: Connection, rows: Sequence[StoredRow]) -> Fault | None:
        asked.extend(row[0] for row in rows)
        return Fault(4, "odd") if 4 in asked else None

    verdict = verify(database, examine=examine, batch_size=3)
    assert (verdict.first_bad, verdict.position) == ((4, "odd"), 3)
    assert asked == [1, 2, 3, 4, 5, 6]
    asked.clear()
    with database.write() as conn:
        conn.execute(update(events).where(at(4)).values(type="Battle"))
    assert verify(database, examine=examine).first_bad != (4, "odd")
    assert asked == [1, 2, 3]


WRONG_TYPES = {
    "event_id": "x'00'",
    "type": "x'436f7570'",
    "schema_version": "'one'",
    "recorded_at": "'now'",
    "recorded_by": "x'ff'",
    "tags": "x'5b5d'",
    "data": "'{\"n\":5}'",
    "salt": "16",
    "leaf": "'leaf'",
    "hash": "32",
}


@pytest.mark.parametrize("column", WRONG_TYPES)
def test_a_value_of_the_wrong_type_is_found(new_url: Callable[..., str], column: str) -> None:
    """SQLite keeps anything anywhere."""
    database = Database(new_url("sqlite"))
    recorder = SqlRecorder(database)
    recorder.append([NewEvent("Coup", b'{"n":5}', ["a"], f"i{n}", 1, "ann") for n in range(4)])
    with database.write() as conn:
        conn.exec_driver_sql(
            f"UPDATE events SET {column} = {WRONG_TYPES[column]} WHERE position = 3"
        )
    found = found_in(database)
    assert found is not None
    assert found.position == 3
    database.dispose()


@pytest.mark.parametrize("column", ["type", "tags"])
def test_text_that_is_not_unicode_is_found(new_url: Callable[..., str], column: str) -> None:
    database = Database(new_url("sqlite"))
    recorder = SqlRecorder(database)
    recorder.append([NewEvent("Coup", b"{}", ["a"], f"i{n}", 1) for n in range(9)])
    with database.write() as conn:
        conn.exec_driver_sql(
            f"UPDATE events SET {column} = CAST(x'5bff5d' AS TEXT) WHERE position = 7"
        )
    assert found_in(database) == (7, "a column cannot be read")
    database.dispose()


def test_a_tag_at_half_a_position_is_found(new_url: Callable[..., str]) -> None:
    database = Database(new_url("sqlite"))
    recorder = SqlRecorder(database)
    recorder.append([NewEvent("Coup", b"{}", ["a"], f"i{n}", 1) for n in range(9)])
    with database.write() as conn:
        conn.exec_driver_sql("INSERT INTO event_tags VALUES (4.5, 'b', 'Coup')")
    found = found_in(database)
    assert found is not None
    assert found.position == 5
    database.dispose()


def test_a_tag_stored_as_bytes_is_found(new_url: Callable[..., str]) -> None:
    """Joined to one text it would look the same."""
    database = Database(new_url("sqlite"))
    recorder = SqlRecorder(database)
    recorder.append([NewEvent("Coup", b"{}", ["a", "b"], f"i{n}", 1) for n in range(9)])
    with database.write() as conn:
        conn.exec_driver_sql(
            "UPDATE event_tags SET tag = CAST(tag AS BLOB) WHERE position = 5 AND tag = 'b'"
        )
    found = found_in(database)
    assert found is not None
    assert found.position == 5
    database.dispose()


def test_a_usual_row_with_a_time_not_later_is_found(database: Database, log: SqlRecorder) -> None:
    before, last = list(log.stream())[-2:]
    earlier = before.recorded_us - 1_000_000

    def backdated(event: StoredEvent) -> None:
        event.recorded_us = earlier

    rewritten(database, last.position, backdated)
    assert found_in(database) == (
        LENGTH,
        "recorded_at is not later than that of the event before",
    )
