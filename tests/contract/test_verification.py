"""Whatever is changed, removed, swapped or added in the stored log is found, and where."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder, chain, verification
from infrastructure.event_store.appending import chained
from infrastructure.event_store.envelope import NewEvent, StoredEvent, tag_tuples
from infrastructure.event_store.tracking import begin, move
from infrastructure.event_store.verification import verify
from infrastructure.schema.log import event_tags, events, store
from tests.contract.tampering import FOREIGN, LENGTH, at, found_in, row_of, tag_at


def test_a_log_as_recorded_is_whole(database: Database, log: SqlRecorder) -> None:
    seen: list[tuple[int, int]] = []
    verdict = verify(database, lambda position, last: seen.append((position, last)), batch_size=5)
    head = log.head()
    assert verdict == verification.Verdict(True, head.position, head.hash, None)
    assert seen == [(5, 12), (10, 12), (12, 12)]


def test_an_empty_log_is_whole(database: Database, recorder: SqlRecorder) -> None:
    verdict = verify(database)
    assert (verdict.ok, verdict.position, verdict.hash) == (True, 0, recorder.head().hash)


CHANGES: dict[str, Any] = {
    "event_id": "other",
    "type": "Battle",
    "schema_version": 2,
    "recorded_at": events.c.recorded_at + 1_000_000,
    "recorded_by": None,
    "tags": '["own:5","other"]',
    "data": b'{"n":6}',
    "salt": b"\x01" * 16,
    "leaf": b"\x02" * 32,
    "hash": b"\x03" * 32,
}


def test_every_column_is_tried() -> None:
    assert {"position", *CHANGES} == set(events.c.keys())


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_column_is_found(database: Database, log: SqlRecorder, column: str) -> None:
    hashes = [chain.first_hash(id_of(database)), *(event.hash for event in log.stream())]
    for position in (1, 5, LENGTH):
        with database.write() as conn:
            kept = conn.execute(select(events.c[column]).where(at(position))).scalar()
            conn.execute(update(events).where(at(position)).values({column: CHANGES[column]}))
        found = found_in(database)
        assert found is not None
        assert found.position == position
        verdict = verify(database)
        assert (verdict.position, verdict.hash) == (position - 1, hashes[position - 1])
        with database.write() as conn:
            conn.execute(update(events).where(at(position)).values({column: kept}))
        assert found_in(database) is None


def id_of(database: Database) -> bytes:
    with database.read() as conn:
        return bytes(conn.execute(select(store.c.id)).scalar_one())


SPELLINGS = {
    "spaces": '["own:5", "shared"]',
    "another order": '["shared","own:5"]',
    "a repeat": '["own:5","own:5","shared"]',
    "an escape": '["own:5","\\u0073hared"]',
    "no list": '"own:5"',
    "no text": '["own:5",5]',
    "no JSON": "own:5",
}


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_tags_written_in_another_way_are_found(database: Database, spelling: str) -> None:
    with database.write() as conn:
        conn.execute(update(events).where(at(5)).values(tags=SPELLINGS[spelling]))
    found = found_in(database)
    assert found is not None
    assert found.position == 5


def test_changed_bytes_with_a_recomputed_leaf_are_found(
    database: Database, log: SqlRecorder
) -> None:
    """The forger knows the salt and the rules, and forgets the hash."""
    rewrite(database, forged(log, 5), names=("data", "leaf"))
    assert found_in(database) == (
        5,
        "the hash does not follow from the leaf and the hash before",
    )


def test_changed_bytes_with_a_recomputed_hash_are_found_at_the_next_event(
    database: Database, log: SqlRecorder
) -> None:
    rewrite(database, forged(log, 5), names=("data", "leaf", "hash"))
    assert found_in(database) == (
        6,
        "the hash does not follow from the leaf and the hash before",
    )


def forged(log: SqlRecorder, position: int) -> StoredEvent:
    """Return the event with other data, and the leaf and the hash that belong to them."""
    before, event = list(log.stream(after=position - 2, upto=position))
    assert event.salt is not None
    event.event.data = b'{"n":666}'
    header = chain.header(
        position=position,
        id=event.id,
        type=event.event.type,
        schema_version=event.schema_version,
        recorded_at=event.recorded_us,
        recorded_by=event.recorded_by,
        tags=event.event.tags,
    )
    event.leaf = chain.leaf_hash(event.salt, header, event.event.data)
    event.hash = chain.next_hash(before.hash, event.leaf)
    return event


def rewrite(database: Database, event: StoredEvent, names: tuple[str, ...]) -> None:
    row = row_of(event)
    with database.write() as conn:
        changed = {name: row[name] for name in names}
        conn.execute(update(events).where(at(event.position)).values(changed))


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("position", [1, 5, LENGTH - 1])
@pytest.mark.parametrize("with_tags", [True, False])
def test_a_removed_row_is_found(database: Database, position: int, *, with_tags: bool) -> None:
    with database.write() as conn:
        conn.execute(delete(events).where(at(position)))
        if with_tags:
            conn.execute(delete(event_tags).where(event_tags.c.position == position))
    assert found_in(database) == (position, "there is no event at this position")


@pytest.mark.usefixtures("log")
def test_a_removed_last_row_is_found_by_the_tags_it_left(database: Database) -> None:
    with database.write() as conn:
        conn.execute(delete(events).where(at(LENGTH)))
    assert found_in(database) == (LENGTH, "event_tags goes on after the last event")


@pytest.mark.usefixtures("log")
def test_a_cut_tail_is_found_by_the_projection_that_saw_it(database: Database) -> None:
    with database.write() as conn:
        begin(conn, "alignment", 1)
        move(conn, "alignment", 1, 0, LENGTH)
        conn.execute(delete(events).where(events.c.position > 9))
        conn.execute(delete(event_tags).where(event_tags.c.position > 9))
    assert found_in(database) == (10, "the projection alignment has seen events that are gone")


@pytest.mark.usefixtures("log")
def test_swapped_rows_are_found(database: Database) -> None:
    with database.write() as conn:
        for table in (events, event_tags):
            for old, new in ((4, -1), (8, 4), (-1, 8)):
                conn.execute(update(table).where(table.c.position == old).values(position=new))
    assert found_in(database) == (4, "the leaf is not that of the row's columns")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("log")
def test_bytes_written_as_text_are_named(database: Database) -> None:
    """As SQLite does when a shell replaces a word of them."""
    with database.write() as conn:
        conn.exec_driver_sql("UPDATE events SET data = CAST(data AS TEXT) WHERE position = 4")
    assert found_in(database) == (4, "the data or the salt was written as text, not as bytes")


@pytest.mark.usefixtures("log")
def test_a_gap_closed_by_moving_the_rest_up_is_found(database: Database) -> None:
    with database.write() as conn:
        for table in (events, event_tags):
            conn.execute(delete(table).where(table.c.position == 4))
            for old in range(5, LENGTH + 1):
                conn.execute(update(table).where(table.c.position == old).values(position=old - 1))
    assert found_in(database) == (4, "the leaf is not that of the row's columns")


@pytest.mark.parametrize("position", [-3, 0, LENGTH + 1, LENGTH + 2])
def test_an_added_row_is_found(database: Database, log: SqlRecorder, position: int) -> None:
    added = list(log.stream())[-1]
    added.position, added.id, added.recorded_us = position, "added", added.recorded_us + 1
    with database.write() as conn:
        conn.execute(insert(events).values(row_of(added)))
        conn.execute(insert(event_tags).values(tag_tuples(added)))
    found = found_in(database)
    assert found is not None
    assert found.position == min(position, LENGTH + 1)
    assert verify(database).position == (0 if position < 1 else LENGTH)


def test_a_time_not_later_than_the_one_before_is_found(
    database: Database, log: SqlRecorder
) -> None:
    """Chained correctly, so that only the time is wrong."""
    head = log.head()._replace(recorded_at=None)
    with database.read() as conn:
        earliest = conn.execute(select(func.min(events.c.recorded_at))).scalar_one()
    late = list(chained(head, [NewEvent("Coup", b"{}")], chain.moment(earliest - 1)))
    with database.write() as conn:
        conn.execute(insert(events).values(row_of(late[0])))
    assert found_in(database) == (
        LENGTH + 1,
        "recorded_at is not later than that of the event before",
    )


def test_a_repeated_id_is_found(new_url: Callable[..., str]) -> None:
    """Only where the unique index is gone too."""
    database = Database(new_url("postgresql"))
    recorder = SqlRecorder(database)
    recorder.append([NewEvent("Coup", b"{}", [], id=name) for name in "abc"])
    with database.write() as conn:
        conn.execute(text("ALTER TABLE events DROP CONSTRAINT uq_events_event_id"))
    recorder.append([NewEvent("Coup", b"{}", [], id=name) for name in "cd"])
    recorder.append([NewEvent("Coup", b"{}", [], id="a")])
    assert found_in(database) == (4, "the id is that of an earlier event")
    database.dispose()


TAG_TAMPERING: dict[str, tuple[Any, int]] = {
    "removed": (delete(event_tags).where(tag_at(5, "shared")), 5),
    "renamed": (update(event_tags).where(tag_at(5, "shared")).values(tag="other"), 5),
    "type changed": (update(event_tags).where(tag_at(5, "shared")).values(type="Battle"), 5),
    "moved": (update(event_tags).where(tag_at(5, "own:5")).values(position=7), 5),
    "moved down": (update(event_tags).where(tag_at(8, "own:8")).values(position=7), 7),
    "added": (insert(event_tags).values(position=5, tag="other", type="Coup"), 5),
    "added to a foreign event": (
        insert(event_tags).values(position=FOREIGN, tag="other", type="Foreign"),
        FOREIGN,
    ),
    "added beyond the head": (
        insert(event_tags).values(position=LENGTH + 9, tag="other", type="Coup"),
        LENGTH + 1,
    ),
    "added before the log": (insert(event_tags).values(position=0, tag="x", type="Coup"), 0),
}


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("tampering", TAG_TAMPERING)
def test_changed_tag_rows_are_found(database: Database, tampering: str) -> None:
    statement, position = TAG_TAMPERING[tampering]
    with database.write() as conn:
        conn.execute(statement)
    found = found_in(database)
    assert found is not None
    assert found.position == position


@pytest.mark.usefixtures("log")
def test_another_store_id_is_found(database: Database) -> None:
    with database.write() as conn:
        conn.execute(update(store).values(id=b"\x07" * 16))
    assert found_in(database) == (1, "the hash does not follow from the leaf and the hash before")


@pytest.mark.usefixtures("log")
def test_a_lost_store_id_is_found(database: Database) -> None:
    with database.write() as conn:
        conn.execute(delete(store))
    assert found_in(database) == (0, "the store's id is gone")
