"""Any stored byte changed, any row removed, swapped, inserted or doubled: found, and where.

On both databases, at random. What nobody finds in the log itself, a history rewritten with all
its hashes, is exposed by whatever was kept of the old one.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Table, delete, exc, insert, select, text, update

from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.event_store.envelope import StoredEvent
from infrastructure.event_store.verification import OTHER_HISTORY, Known, verify
from infrastructure.schema.log import event_tags, events
from tests.contract.tampering import FOREIGN, LENGTH, at, found_in, rewritten

EXAMPLES = settings(
    max_examples=int(os.environ.get("FOEDUS_TEST_TAMPERINGS", "20")),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
COLUMNS = [column for column in list(events.c.keys()) if column != "position"]


def changed(value: Any, data: st.DataObject) -> Any:
    """Another value of the same kind: one byte, sign or number different, one more or one less."""
    if value is None:
        return data.draw(st.sampled_from(["", "null", "x"]))
    if isinstance(value, int):
        return value + data.draw(st.integers(1, 10**6)) * 1_000
    if isinstance(value, str):
        return changed_text(value, data)
    at_byte = data.draw(st.integers(0, len(value) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    flipped = value[:at_byte] + bytes([value[at_byte] ^ bit]) + value[at_byte + 1 :]
    return data.draw(
        st.sampled_from([flipped, value[:at_byte] + value[at_byte + 1 :], value + b"\0"])
    )


def changed_text(value: str, data: st.DataObject) -> str:
    here = data.draw(st.integers(0, len(value) - 1))
    other = data.draw(st.sampled_from([*'x5"\\ ,[]é\u200b', value[here] + " ", ""]))
    new = value[:here] + other + value[here + 1 :]
    return new if new != value else value + "x"


@contextmanager
def restored(database: Database, table: Table) -> Iterator[None]:
    """Put back all rows of a table afterwards."""
    with database.read() as conn:
        rows = [dict(row) for row in conn.execute(select(table)).mappings()]
    yield
    with database.write() as conn:
        conn.execute(delete(table))
        conn.execute(insert(table), rows)


def tamper(database: Database, statement: Any) -> None:
    with database.write() as conn:
        assert conn.execute(statement).rowcount >= 1


@pytest.mark.usefixtures("log")
@EXAMPLES
@given(data=st.data())
def test_a_changed_byte_of_an_event_is_located(database: Database, data: st.DataObject) -> None:
    position = data.draw(st.integers(1, LENGTH))
    column = data.draw(st.sampled_from(COLUMNS))
    with database.read() as conn:
        kept = conn.execute(select(events.c[column]).where(at(position))).scalar()
    new = changed(kept, data)
    try:
        tamper(database, update(events).where(at(position)).values({column: new}))
    except exc.DBAPIError:
        return  # the database itself refuses it
    try:
        found = found_in(database)
        assert found is not None
        assert found.position == position
    finally:
        tamper(database, update(events).where(at(position)).values({column: kept}))


@pytest.mark.usefixtures("log")
@EXAMPLES
@given(data=st.data())
def test_a_changed_byte_of_the_index_is_located(database: Database, data: st.DataObject) -> None:
    with database.read() as conn:
        rows = [tuple(row) for row in conn.execute(select(event_tags).order_by(*event_tags.c))]
    row = data.draw(st.sampled_from(rows))
    column = data.draw(st.integers(0, 2))
    values = list(row)
    values[column] = changed(row[column], data) if column else data.draw(st.integers(-3, 20))
    if tuple(values) == row:
        return
    here = (event_tags.c.position == row[0]) & (event_tags.c.tag == row[1])
    names = event_tags.c.keys()
    with restored(database, event_tags):
        try:
            tamper(
                database,
                update(event_tags).where(here).values(dict(zip(names, values, strict=True))),
            )
        except exc.DBAPIError:
            return
        found = found_in(database)
        assert found is not None
        assert found.position == (
            # What lies outside of the log's positions is told first.
            LENGTH + 1 if row[0] == values[0] > LENGTH else located(row[0], values[0])
        )


def located(before: int, after: int) -> int:
    """Where a tag moved from one position to another is found: the first place that differs."""
    if after < 1:
        return after
    return min(before, after, LENGTH + 1)


@pytest.mark.usefixtures("log")
@EXAMPLES
@given(first=st.integers(1, LENGTH), other=st.integers(1, LENGTH), whole=st.booleans())
def test_swapped_rows_are_located(
    database: Database, first: int, other: int, *, whole: bool
) -> None:
    """With everything but their positions, or all but the hashes too."""
    if first == other:
        return
    with database.read() as conn:
        rows = [
            dict(conn.execute(select(events).where(at(n))).mappings().one()) for n in (first, other)
        ]
    kept = [dict(row) for row in rows]
    fixed = ("position",) if whole else ("position", "leaf", "hash")
    with database.write() as conn:
        conn.execute(delete(events).where(events.c.position.in_([first, other])))
        for row, partner in ((rows[0], kept[1]), (rows[1], kept[0])):
            moved = {name: value for name, value in partner.items() if name not in fixed}
            conn.execute(insert(events).values(row | moved))
    found = found_in(database)
    assert found is not None
    assert found.position == min(first, other)
    with database.write() as conn:
        conn.execute(delete(events).where(events.c.position.in_([first, other])))
        conn.execute(insert(events), kept)


@pytest.mark.usefixtures("log")
@EXAMPLES
@given(removed=st.sets(st.integers(1, LENGTH), min_size=1), tags_too=st.booleans())
def test_removed_rows_are_located(database: Database, removed: set[int], *, tags_too: bool) -> None:
    """Unless they are the newest, with their tags: that only what was kept outside can tell."""
    with database.read() as conn:
        kept_hash = conn.execute(select(events.c.hash).where(at(LENGTH))).scalar_one()
    with restored(database, event_tags), restored(database, events):
        with database.write() as conn:
            conn.execute(delete(events).where(events.c.position.in_(removed)))
            if tags_too:
                conn.execute(delete(event_tags).where(event_tags.c.position.in_(removed)))
        verdict = verify(database, known=[Known(LENGTH, kept_hash)])
        assert verdict.first_bad is not None
        assert verdict.first_bad.position == min(removed)
        assert verdict.position == min(removed) - 1
        rest = set(range(1, LENGTH + 1)) - removed
        cut = not rest or max(rest) < min(removed)
        assert verify(database).ok == (cut and tags_too)


def without_keys(conn: Connection, table: Table) -> None:
    """Take from a table the constraints that keep its rows apart."""
    if conn.dialect.name == "postgresql":
        for constraint in (f"pk_{table.name}", "uq_events_event_id", "uq_events_recorded_at"):
            conn.execute(text(f"ALTER TABLE {table.name} DROP CONSTRAINT IF EXISTS {constraint}"))
    else:
        conn.execute(text(f"CREATE TABLE copied AS SELECT * FROM {table.name}"))
        conn.execute(text(f"DROP TABLE {table.name}"))
        conn.execute(text(f"ALTER TABLE copied RENAME TO {table.name}"))


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("position", [1, 5, FOREIGN, LENGTH])
def test_a_doubled_event_is_located(database: Database, position: int) -> None:
    with database.write() as conn:
        without_keys(conn, events)
        conn.execute(
            insert(events).from_select(events.c.keys(), select(events).where(at(position)))
        )
    assert found_in(database) == (position, "two events hold this position")


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("position", [1, 5, FOREIGN, LENGTH])
def test_a_doubled_tag_is_located(database: Database, position: int) -> None:
    with database.write() as conn:
        without_keys(conn, event_tags)
    assert found_in(database) is None
    with database.write() as conn:
        first = select(event_tags).where(event_tags.c.position == position).limit(1)
        conn.execute(insert(event_tags).from_select(event_tags.c.keys(), first))
    found = found_in(database)
    assert found is not None
    assert found.position == position


@pytest.mark.parametrize("begin", [1, 5, LENGTH])
def test_a_rewritten_history_is_exposed_by_what_was_kept(
    database: Database, log: SqlRecorder, begin: int
) -> None:
    kept = [Known(event.position, event.hash) for event in log.stream()]

    def change(event: StoredEvent) -> None:
        event.event.data += b" "

    rewritten(database, begin, change)
    assert found_in(database) is None
    for known in kept:
        verdict = verify(database, known=[known], batch_size=5)
        assert verdict.ok == (known.position < begin)
        if known.position >= begin:
            assert verdict.first_bad == (known.position, OTHER_HISTORY)
            assert verdict.position == 0
    verdict = verify(database, known=kept, batch_size=5)
    assert verdict.first_bad == (begin, OTHER_HISTORY)
    assert (verdict.position, verdict.hash) == (
        begin - 1,
        kept[begin - 2].hash if begin > 1 else verdict.hash,
    )


def test_a_walk_since_a_kept_hash_sees_what_came_after_only(
    database: Database, log: SqlRecorder
) -> None:
    kept = {event.position: Known(event.position, event.hash) for event in log.stream()}
    head = log.head()
    for since in kept.values():
        verdict = verify(database, since=since, batch_size=5)
        assert (verdict.ok, verdict.position, verdict.hash) == (True, LENGTH, head.hash)
    tamper(database, update(events).where(at(4)).values(recorded_by="bob"))
    assert verify(database, since=kept[3]).first_bad is not None
    assert verify(database, since=kept[4]).ok
    tamper(database, update(events).where(at(8)).values(recorded_by="bob"))
    verdict = verify(database, since=kept[4])
    assert verdict.first_bad is not None
    assert (verdict.first_bad.position, verdict.position) == (8, 7)


def test_a_walk_since_another_history_is_refused(database: Database, log: SqlRecorder) -> None:
    head = log.head()
    other = Known(5, b"\x05" * 32)
    assert verify(database, since=other).first_bad == (5, OTHER_HISTORY)
    assert verify(database, since=Known(0, b"\x05" * 32)).first_bad == (0, OTHER_HISTORY)
    ended = verify(database, since=Known(LENGTH + 3, head.hash)).first_bad
    assert ended == (LENGTH + 1, f"the log ends here, and position {LENGTH + 3} was kept of it")
    tamper(database, delete(events).where(at(5)))
    gone = next(iter([Known(5, b"\x05" * 32)]))
    assert verify(database, since=gone).first_bad == (5, "there is no event at this position")
