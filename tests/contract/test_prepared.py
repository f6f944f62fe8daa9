"""Statements run by the driver itself give what SQLAlchemy gives, and fail as it fails."""

import asyncio
from typing import Any

import pytest
from eventsourcing.dcb.api import DCBEvent
from psycopg import pq
from sqlalchemy import BigInteger, Column, MetaData, Table, Text, bindparam, literal, select, text
from sqlalchemy.exc import DBAPIError

from infrastructure.bulk import among_bound
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.live_models import live_models
from infrastructure.prepared import fetch, glimpsed
from infrastructure.schema.log import checkpoints, events

FROM = bindparam("from", type_=BigInteger())
SOME = (
    select(
        events.c.position,
        (events.c.position + 1).label("next"),
        literal("it's %").label("text"),
        bindparam("absent", type_=Text()).label("absent"),
        events.c.hash,
    )
    .where(
        among_bound(events.c.position, "positions"),
        events.c.position >= FROM,
        events.c.type.not_in(["Foreign", "é"]),
    )
    .order_by(events.c.position)
)
ASKED = {"positions": [2, 3, 4, 40], "from": 3, "absent": None, "unused": object()}


@pytest.mark.usefixtures("log")
def test_the_rows_are_those_of_sqlalchemy(database: Database) -> None:
    with database.read() as conn:
        used = {name: value for name, value in ASKED.items() if name != "unused"}
        expected = conn.execute(SOME, used).all()
        assert expected
        for _ in range(2):  # prepared, and kept
            found = fetch(conn, SOME, ASKED)
            assert [tuple(row) for row in found] == [tuple(row) for row in expected]
            assert [(row.position, row.next) for row in found] == [(3, 4), (4, 5)]


@pytest.mark.usefixtures("log")
def test_a_statement_run_alone_gives_the_same_without_a_transaction(database: Database) -> None:
    with database.read() as conn:
        expected = [tuple(row) for row in fetch(conn, SOME, ASKED)]
    with database.glance() as conn:
        assert glimpsed(conn, SOME, ASKED) == expected
        raw: Any = conn.connection.driver_connection
        if database.dialect == "sqlite":
            assert not raw.in_transaction
        else:
            assert raw.info.transaction_status == pq.TransactionStatus.IDLE


@pytest.mark.usefixtures("log")
def test_the_values_of_one_call_are_not_kept_for_the_next(database: Database) -> None:
    with database.read() as conn:
        for first in (2, 4, 3):
            found = fetch(conn, SOME, ASKED | {"from": first, "positions": [first]})
            assert [row.position for row in found] == [first]


def test_the_first_statement_begins_the_snapshot(database: Database, log: SqlRecorder) -> None:
    head = select(events.c.position).order_by(events.c.position.desc()).limit(1)
    with database.read() as conn:
        [before] = fetch(conn, head, {})
        log.append([DCBEvent("Foreign", b"more", [])])
        assert fetch(conn, head, {}) == [before]
    with database.read() as conn:
        assert fetch(conn, head, {})[0].position == before.position + 1


AWKWARD = ["", " a ", 'said "so"', "back\\slash", "\\", "{a,b}", "a,b", "NULL", "it's %", "é\n\t😀"]


def test_texts_of_a_list_are_taken_as_they_are(database: Database) -> None:
    with database.write() as conn:
        rows = [{"name": name, "version": 1, "position": 0} for name in AWKWARD]
        conn.execute(checkpoints.insert(), rows)
    with database.read() as conn:
        for name in AWKWARD:
            found = fetch(conn, NAMED, {"names": [name]})
            assert [row.name for row in found] == [name]
        assert {row.name for row in fetch(conn, NAMED, {"names": AWKWARD})} == set(AWKWARD)
        assert fetch(conn, NAMED, {"names": []}) == []


NAMED = select(checkpoints.c.name).where(among_bound(checkpoints.c.name, "names"))


@pytest.mark.usefixtures("log")
async def test_an_event_loop_may_ask(database: Database) -> None:
    asked = (database.ask(lambda conn: fetch(conn, SOME, ASKED)) for _ in range(3))
    for found in await asyncio.gather(*asked):
        assert [row.position for row in found] == [3, 4]
    await database.aclose()


def test_a_missing_value_is_named(database: Database) -> None:
    with database.read() as conn, pytest.raises(KeyError, match="positions"):
        fetch(conn, SOME, {"from": 3, "absent": None})


def test_the_drivers_errors_are_sqlalchemys(database: Database) -> None:
    """As the first statement of a transaction, and inside one."""
    missing = select(Table("missing", MetaData(), Column("one", Text)).c.one)
    with database.read() as conn:
        for begun in (database.dialect == "postgresql", True):
            assert conn.in_transaction() is begun
            with pytest.raises(DBAPIError, match="missing"):
                fetch(conn, missing, {})


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_the_server_keeps_what_it_prepared_from_one_read_to_the_next(database: Database) -> None:
    held = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%rm_live%'")
    for _ in range(8):
        with database.read() as conn:
            live_models(conn)
    with database.read() as conn:
        assert conn.scalar(held) == 1
