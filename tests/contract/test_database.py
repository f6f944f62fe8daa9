"""Transactions, snapshots and bounds of a database, of each kind."""

import asyncio
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from infrastructure.bounds import Bounds, Takes
from infrastructure.database import Database, DatabaseUrlError
from infrastructure.schema.log import checkpoints
from infrastructure.turns import Turn, WriteLockTimeout


def add(conn: Connection, name: str) -> None:
    conn.execute(insert(checkpoints).values(name=name, version=1, position=0))


def names(conn: Connection) -> set[str]:
    return set(conn.scalars(select(checkpoints.c.name)))


def test_a_write_is_kept(database: Database) -> None:
    with database.write() as conn:
        add(conn, "a")
    with database.read() as conn:
        assert names(conn) == {"a"}


def test_a_write_that_fails_is_undone(database: Database) -> None:
    def fail() -> None:
        with database.write() as conn:
            add(conn, "a")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with database.write() as conn:
        assert names(conn) == set()


def test_a_read_changes_nothing(database: Database) -> None:
    with database.read() as conn, pytest.raises(DBAPIError, match=r"read.?only"):
        add(conn, "a")


def test_opening_a_new_file_waits_for_whoever_is_using_it(tmp_path: Path) -> None:
    """SQLite refuses to change the journal of a file in use at once, whatever its busy timeout."""
    file = tmp_path / "new.sqlite3"
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute("CREATE TABLE t (a)")
    release = threading.Timer(0.3, other.execute, ["ROLLBACK"])
    release.start()
    database = Database(f"sqlite:///{file}")
    with database.write() as conn:
        assert conn.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    release.join()
    other.close()
    database.dispose()


def test_opening_a_file_in_use_gives_up_in_time(tmp_path: Path) -> None:
    file = tmp_path / "new.sqlite3"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("CREATE TABLE t (a)")
    database = Database(f"sqlite:///{file}", bounds=Bounds(lock=0.1))
    with pytest.raises(OperationalError, match="locked"), database.write():
        pass
    other.close()
    database.dispose()


def test_a_read_is_one_snapshot(database: Database) -> None:
    with database.read() as reading:
        assert names(reading) == set()
        with database.write() as conn:
            add(conn, "a")
        assert names(reading) == set()
    with database.read() as reading:
        assert names(reading) == {"a"}


def test_a_write_transaction_sees_what_others_committed_before(database: Database) -> None:
    with database.write() as conn:
        add(conn, "a")
    with database.write() as conn:
        assert names(conn) == {"a"}


async def test_a_question_is_answered_off_the_event_loop(database: Database) -> None:
    with database.write() as conn:
        add(conn, "a")
    assert await database.ask(names) == {"a"}
    with pytest.raises(DBAPIError, match=r"read.?only"):
        await database.ask(lambda conn: add(conn, "b"))
    assert await database.ask(names) == {"a"}
    await database.aclose()


async def test_a_question_sees_one_snapshot(database: Database) -> None:
    def question(conn: Connection) -> tuple[set[str], set[str]]:
        before = names(conn)
        with database.write() as other:
            add(other, "a")
        return before, names(conn)

    assert await database.ask(question) == (set(), set())
    assert await database.ask(names) == {"a"}
    await database.aclose()


async def test_a_database_is_closed_without_its_event_loop_too(fresh_url: str) -> None:
    database = Database(fresh_url)
    await database.ask(names)
    await _in_another_loop(database)
    database.dispose()


async def _in_another_loop(database: Database) -> None:
    def run() -> set[str]:
        return asyncio.run(database.ask(names))

    assert await asyncio.to_thread(run) == set()


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://root:s3cret@localhost/x",
        "postgresql+asyncpg://root:s3cret@localhost/x",
        "not a url with s3cret",
        "",
    ],
)
def test_an_unusable_url_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(DatabaseUrlError) as refused:
        Database(url)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg", "postgres"])
def test_every_way_to_name_postgresql_is_taken(scheme: str) -> None:
    database = Database(f"{scheme}://me:s3cret@localhost/x?application_name=mine")
    assert database.dialect == "postgresql"
    assert "s3cret" not in repr(database)
    database.dispose()


def test_an_unreachable_server_is_given_up_on() -> None:
    database = Database("postgresql://me:s3cret@/x?host=/nonexistent", bounds=Bounds(connect=2))
    with pytest.raises(OperationalError) as failed, database.read():
        pass
    assert "s3cret" not in str(failed.value)
    database.dispose()


def test_sqlite_syncs_every_commit_and_reads_beside_the_writer(
    new_url: Callable[..., str],
) -> None:
    database = Database(new_url("sqlite"))

    def pragma(conn: Connection, name: str) -> Any:
        return conn.exec_driver_sql(f"PRAGMA {name}").scalar()

    with database.write() as conn:
        assert pragma(conn, "journal_mode") == "wal"
        assert pragma(conn, "synchronous") == 2
        assert pragma(conn, "foreign_keys") == 1
        assert pragma(conn, "busy_timeout") == 30_000
        with database.read() as reading:
            assert pragma(reading, "query_only") == 1
            assert pragma(reading, "busy_timeout") == 30_000
    database.dispose()


def test_postgresql_sessions_have_limits_that_the_url_may_change(
    new_url: Callable[..., str],
) -> None:
    url = new_url("postgresql")
    joiner = "&" if "?" in url else "?"
    database = Database(f"{url}{joiner}options=-c%20lock_timeout%3D1234")
    with database.read() as conn:
        shown = {
            name: conn.execute(text(f"SHOW {name}")).scalar()
            for name in ("lock_timeout", "statement_timeout", "application_name")
        }
    assert shown == {
        "lock_timeout": "1234ms",
        "statement_timeout": "1min",
        "application_name": "foedus",
    }
    database.dispose()


def test_a_dropped_connection_is_replaced(new_url: Callable[..., str]) -> None:
    database = Database(new_url("postgresql"))
    with database.write() as conn:
        pid = conn.execute(text("SELECT pg_backend_pid()")).scalar()
    other = Database(database.url)
    with other.write() as conn:
        conn.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    with database.read() as conn:
        assert conn.execute(text("SELECT pg_backend_pid()")).scalar() != pid
    other.dispose()
    database.dispose()


@pytest.mark.parametrize("takes", ["little", "some", "long"])
@pytest.mark.parametrize("dialect", ["postgresql"])
async def test_a_question_whose_connection_is_lost_midway_is_asked_once_more_whole(
    database: Database, *, takes: Takes
) -> None:
    asked: list[int] = []

    def question(conn: Connection) -> int:
        pid: int = conn.execute(text("SELECT pg_backend_pid()")).scalar_one()
        asked.append(pid)
        if len(asked) == 1:
            conn.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        return pid

    assert await database.ask(question, takes=takes) == asked[1] != asked[0]
    assert len(asked) == 2
    await database.aclose()


@pytest.mark.parametrize("takes", ["little", "some", "long"])
@pytest.mark.parametrize("dialect", ["postgresql"])
async def test_questions_are_answered_after_all_connections_were_closed_at_rest(
    database: Database, *, takes: Takes
) -> None:
    all_there = threading.Barrier(3)

    def mine(conn: Connection) -> int:
        pid: int = conn.execute(text("SELECT pg_backend_pid()")).scalar_one()
        if takes == "long" and not first:
            all_there.wait(30)
        return pid

    first = set[int]()
    asked = (database.ask(mine, takes=takes) for _ in range(3))
    first |= set(await asyncio.gather(*asked))
    other = Database(database.url)
    with other.write() as conn:
        for pid in first:
            conn.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    other.dispose()
    assert len(first) == 3
    assert await database.ask(mine, takes=takes) not in first
    await database.aclose()


class Announcing(deque[threading.Event]):
    """A queue that says when someone has joined it."""

    def __init__(self) -> None:
        super().__init__()
        self.joined = threading.Semaphore(0)

    def append(self, waiting: threading.Event) -> None:
        super().append(waiting)
        self.joined.release()


def test_turns_to_write_are_given_in_the_order_of_asking() -> None:
    turn, served = Turn(timeout=30), list[int]()
    turn._waiting = queue = Announcing()

    def ask(number: int) -> None:
        with turn.taken():
            served.append(number)

    with ThreadPoolExecutor(6) as pool:
        with turn.taken():
            asked = []
            for number in range(6):
                asked.append(pool.submit(ask, number))
                assert queue.joined.acquire(timeout=30)
            assert served == []
        for each in asked:
            each.result()
    assert served == list(range(6))
    with turn.taken():
        served.append(6)


def test_a_turn_that_does_not_come_is_given_up_and_passes_to_the_next() -> None:
    turn = Turn(timeout=0.01)

    def ask() -> None:
        with turn.taken():
            pass

    with ThreadPoolExecutor(1) as pool:
        with turn.taken(), pytest.raises(WriteLockTimeout):
            pool.submit(ask).result()
        pool.submit(ask).result()


def test_a_thread_does_not_wait_for_itself(new_url: Callable[..., str]) -> None:
    database = Database(new_url("sqlite"))
    with database.write() as conn:
        with pytest.raises(RuntimeError, match="already"), database.write():
            pass
        add(conn, "a")
    with database.write() as conn:
        assert names(conn) == {"a"}
    database.dispose()
