"""Receipts, ids, times and refusals of an append, on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.persistence import DataError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy import delete

from infrastructure.bounds import Bounds
from infrastructure.bulk import insert_tuples
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.event_store.appending import LOG_LOCK, chained
from infrastructure.event_store.envelope import KEY_BYTES, NewEvent, event_tuple
from infrastructure.event_store.errors import (
    AppendConditionFailed,
    DuplicateEventId,
    UnstorableEvent,
)
from infrastructure.event_store.window import MOST_EVENTS
from infrastructure.schema.log import events

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def a(name: str = "Coup", *tags: str, data: bytes = b"{}", **fields: Any) -> NewEvent:
    return NewEvent(name, data, list(tags), **fields)


def unless(*tags: str, after: int | None = None) -> DCBAppendCondition:
    return DCBAppendCondition(DCBQuery([DCBQueryItem(tags=list(tags))]), after=after)


def test_a_receipt_is_what_is_read_later(recorder: SqlRecorder) -> None:
    given = [
        a("Coup", "b", "a", id="i1", schema_version=3, recorded_by="ann"),
        DCBEvent("x", b"\xff"),
    ]
    receipts = recorder.record(given)
    assert [receipt.position for receipt in receipts] == [1, 2]
    assert list(recorder.stream()) == receipts
    assert list(recorder.read()) == receipts
    own, foreign = receipts
    assert (own.id, own.schema_version, own.recorded_by) == ("i1", 3, "ann")
    assert (foreign.id, foreign.schema_version, foreign.recorded_by) == (None, 0, None)
    assert foreign.event.data == b"\xff"
    assert own.recorded_at.tzinfo is UTC
    assert not own.erased


def test_own_tags_are_sorted_each_once_and_foreign_ones_left_alone(recorder: SqlRecorder) -> None:
    recorder.record([a("Coup", "b", "a", "b", id="i1"), DCBEvent("x", b"", ["b", "a", "b"])])
    assert [stored.event.tags for stored in recorder.read()] == [["a", "b"], ["b", "a", "b"]]
    tagged = recorder.read(DCBQuery([DCBQueryItem(tags=["b"])]))
    assert [stored.position for stored in tagged] == [1, 2]


def test_times_rise_strictly_though_the_clock_stands_still_or_goes_back(database: Database) -> None:
    times = iter([NOON, NOON, NOON - timedelta(days=1), NOON + timedelta(seconds=1)])
    recorder = SqlRecorder(database, clock=lambda: next(times))
    for size in (2, 1, 1, 1):
        recorder.append([a()] * size)
    recorded = [stored.recorded_at - NOON for stored in recorder.read()]
    assert recorded == [timedelta(microseconds=us) for us in (0, 1, 2, 3, 1_000_000)]


def test_an_id_is_recorded_once(recorder: SqlRecorder) -> None:
    recorder.append([a(id="i1")])
    with pytest.raises(DuplicateEventId) as refused:
        recorder.append([a(id="i2"), a(id="i1")])
    assert refused.value.ids == ("i1",)
    assert recorder.head().position == 1
    assert recorder.by_ids(["i2"]) == []


def test_a_batch_cannot_hold_an_id_twice(recorder: SqlRecorder) -> None:
    with pytest.raises(DuplicateEventId):
        recorder.append([a(id="i1"), a(id="i1")])
    assert recorder.head().position == 0


def test_an_append_needs_an_event(recorder: SqlRecorder) -> None:
    with pytest.raises(ProgrammingError):
        recorder.append([])


UNSTORABLE = {
    "U+0000 in the type": a("a\x00b"),
    "a lone surrogate in the type": a("\ud800"),
    "U+0000 in a tag": a("Coup", "tag\x00"),
    "a lone surrogate in a tag": a("Coup", "\udfff"),
    "a tag too long in bytes": a("Coup", "é" * (KEY_BYTES // 2) + "e"),
    "a type too long": a("t" * (KEY_BYTES + 1)),
    "U+0000 in the id": a(id="\x00"),
    "U+0000 in recorded_by": a(recorded_by="\x00"),
    "data that are text": a("Coup", data="text"),  # type: ignore[arg-type]
    "a type that is a number": a(7),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("fault", UNSTORABLE)
def test_what_one_database_could_not_keep_both_refuse(recorder: SqlRecorder, fault: str) -> None:
    with pytest.raises(UnstorableEvent) as refused:
        recorder.append([a(), UNSTORABLE[fault]])
    assert isinstance(refused.value, DataError)
    assert recorder.head().position == 0


def test_the_longest_type_and_tag_can_be_kept(recorder: SqlRecorder) -> None:
    # A tag that does not compress: an index holds it whole.
    tag = "".join(chr(0x4E00 + n * 61 % 20_000) for n in range(KEY_BYTES // 3))
    longest = a("t" * KEY_BYTES, tag, id="i" * KEY_BYTES)
    recorder.append([longest])
    query = DCBQuery([DCBQueryItem(types=[longest.type], tags=[tag])])
    assert len(list(recorder.read(query))) == 1


@pytest.mark.parametrize("behind", [1, MOST_EVENTS, MOST_EVENTS + 1])
def test_a_condition_looks_at_every_event_beyond_its_position(
    recorder: SqlRecorder, behind: int
) -> None:
    recorder.append([a("Coup", "x")])
    recorder.append([a("Coup", "y") for _ in range(behind - 1)] + [a("Coup", "x", "y")])
    head = recorder.head().position
    for refused in (unless("x", after=1), unless("x", "y", after=1), unless("y", after=head - 1)):
        with pytest.raises(AppendConditionFailed):
            recorder.append([a()], refused)
    assert recorder.head().position == head
    recorder.append([a()], unless("x", after=head))
    recorder.append([a()], unless("z"))
    recorder.append([a()], unless("x", "z"))


def test_a_failed_append_leaves_nothing_behind(recorder: SqlRecorder) -> None:
    recorder.append([a("Coup", "x", id="i1")])
    before = recorder.head()
    with pytest.raises(AppendConditionFailed):
        recorder.append([a("Coup", "x", id="i2")], unless("x"))
    assert recorder.head() == before
    assert recorder.append([a("Coup", "x", id="i2")], unless("x", after=1)) == 2


def test_a_position_taken_without_the_lock_fences_the_next_writer(database: Database) -> None:
    """Someone ignores the lock, each time between the reading of the head and the insert."""

    def clock() -> datetime:
        if database.dialect == "postgresql":
            with database.write() as other:
                intruder = list(chained(recorder.head(), [a("Intruder")], NOON))
                insert_tuples(other, events, [event_tuple(each) for each in intruder])
        return NOON + timedelta(days=1)

    recorder = SqlRecorder(database, clock=clock)
    if database.dialect == "sqlite":
        assert recorder.append([a()]) == 1  # The file's lock lets no one in between.
        return
    with pytest.raises(IntegrityError) as refused:
        recorder.append([a(id="i1")])
    assert not isinstance(refused.value, DuplicateEventId)
    assert [stored.event.type for stored in recorder.stream()] == ["Intruder"]


def test_waiting_for_the_lock_is_bounded(fresh_url: str, database: Database) -> None:
    impatient = Database(fresh_url, bounds=Bounds(lock=0.05))
    with database.write() as conn:
        if database.dialect == "postgresql":
            conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOG_LOCK})")
        else:
            conn.execute(delete(events))
        with pytest.raises(OperationalError):
            SqlRecorder(impatient).append([a()])
    assert SqlRecorder(impatient).append([a()]) == 1
    impatient.dispose()


def test_the_librarys_errors_are_raised_for_the_drivers(database: Database) -> None:
    with database.write() as conn:
        conn.exec_driver_sql("DROP TABLE event_tags")
    with pytest.raises((OperationalError, ProgrammingError)):
        SqlRecorder(database).append([a("Coup", "x")])
    assert SqlRecorder(database).head().position == 0
