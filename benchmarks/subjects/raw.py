"""The raw limits: the database's own driver, nothing checked, nothing computed, every commit durable."""

import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from benchmarks.driving import Work
from benchmarks.material import Draft
from benchmarks.sizes import Shape
from benchmarks.subjects.appending import Appending
from benchmarks.subjects.rows import EVENT_COLUMNS, TAG_COLUMNS, Rows, raw_rows

_TABLES = {"events": EVENT_COLUMNS, "event_tags": TAG_COLUMNS}
_ARRAYS = {
    "events": "bigint[], text[], text[], int[], bigint[], text[], text[], "
    "bytea[], bytea[], bytea[], bytea[]",
    "event_tags": "bigint[], text[], text[]",
}


def psycopg_address(url: str) -> str:
    """The URL as psycopg takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def sqlite_connection(url: str) -> sqlite3.Connection:
    """A connection that writes as durably as ours: WAL, `synchronous=FULL`."""
    raw = sqlite3.connect(
        str(make_url(url).database), isolation_level=None, timeout=30, check_same_thread=False
    )
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")
    return raw


class _Raw(Appending):
    """Writes rows made beforehand. One row without tags is a "single-row commit"."""

    def works(self, supplied: Sequence[Sequence[list[Draft]]]) -> list[Work]:
        positions = count(step=max(len(batch) for batches in supplied for batch in batches))
        return [
            (
                self.writer(),
                [raw_rows(batch, next(positions)) for batch in batches],
            )
            for batches in supplied
        ]

    def appender(self, number: int, batches: Sequence[list[Draft]]) -> Work:
        raise NotImplementedError("positions are given to all appenders together, see works")

    def writer(self) -> Callable[[Rows], None]:
        """What writes one batch and commits it."""
        raise NotImplementedError


class RawSQLite(_Raw):
    """sqlite3 itself: one row a commit, or `executemany` of the rows of a batch with their tags."""

    def open(self, url: str, shape: Shape) -> None:
        self._connection = sqlite_connection(url)
        self._single = shape.batch == 1

    def writer(self) -> Callable[[Rows], None]:
        statements = {
            table: f"INSERT INTO {table} ({', '.join(columns)}) "
            f"VALUES ({', '.join('?' * len(columns))})"
            for table, columns in _TABLES.items()
        }
        raw = self._connection
        if self._single:
            return lambda rows: _nothing(raw.execute(statements["events"], rows.events[0]))

        def write(rows: Rows) -> None:
            raw.execute("BEGIN IMMEDIATE")
            raw.executemany(statements["events"], rows.events)
            raw.executemany(statements["event_tags"], rows.tags)
            raw.execute("COMMIT")

        return write

    def close(self) -> None:
        self._connection.close()


class _RawPostgreSQL(_Raw):
    """psycopg itself, a connection for each appender."""

    def open(self, url: str, shape: Shape) -> None:
        self._address = psycopg_address(url)
        self._single = shape.batch == 1
        self._connections: list[psycopg.Connection[Any]] = []

    def writer(self) -> Callable[[Rows], None]:
        connection = psycopg.connect(self._address, autocommit=self._single)
        self._connections.append(connection)
        if self._single:
            return lambda rows: _insert_one(connection, rows.events[0])
        return lambda rows: self.insert(connection, rows)

    def insert(self, connection: psycopg.Connection[Any], rows: Rows) -> None:
        """Insert the rows and commit."""
        raise NotImplementedError

    def close(self) -> None:
        for connection in self._connections:
            connection.close()


class RawUnnest(_RawPostgreSQL):
    """One INSERT a table and batch, its columns sent as arrays."""

    _STATEMENTS: ClassVar[dict[str, str]] = {
        table: f"INSERT INTO {table} ({', '.join(columns)}) SELECT * FROM unnest("
        + ", ".join(f"%s::{kind}" for kind in _ARRAYS[table].split(", "))
        + ")"
        for table, columns in _TABLES.items()
    }

    def insert(self, connection: psycopg.Connection[Any], rows: Rows) -> None:
        for table, values in (("events", rows.events), ("event_tags", rows.tags)):
            columns = [list(column) for column in zip(*values, strict=True)]
            connection.execute(self._STATEMENTS[table], columns, binary=True)
        connection.commit()


class RawExecutemany(_RawPostgreSQL):
    """psycopg's `executemany`, which sends the rows in a pipeline."""

    _STATEMENTS: ClassVar[dict[str, str]] = {
        table: f"INSERT INTO {table} ({', '.join(columns)}) "
        f"VALUES ({', '.join(['%s'] * len(columns))})"
        for table, columns in _TABLES.items()
    }

    def insert(self, connection: psycopg.Connection[Any], rows: Rows) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(self._STATEMENTS["events"], rows.events)
            cursor.executemany(self._STATEMENTS["event_tags"], rows.tags)
        connection.commit()


class RawCopy(_RawPostgreSQL):
    """COPY, one a table and batch."""

    def insert(self, connection: psycopg.Connection[Any], rows: Rows) -> None:
        copy_rows(connection, "events", EVENT_COLUMNS, rows.events)
        copy_rows(connection, "event_tags", TAG_COLUMNS, rows.tags)
        connection.commit()


class Disk:
    """A file that is written and synced: what a durable commit cannot be faster than."""

    def syncs(self, folder: str, times: int, size: int) -> list[float]:
        """Milliseconds that each of so many writes of `size` bytes took until it was on the disk."""
        path = Path(folder) / "synced"
        block = os.urandom(size)
        taken = []
        with path.open("wb", buffering=0) as file:
            for _ in range(times):
                before = time.perf_counter()
                file.write(block)
                os.fdatasync(file.fileno())
                taken.append(1_000 * (time.perf_counter() - before))
        path.unlink()
        return taken


def copy_rows(
    connection: psycopg.Connection[Any],
    table: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
) -> None:
    """COPY the rows into the table, within the connection's transaction."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


_ONE = (
    f"INSERT INTO events ({', '.join(EVENT_COLUMNS)}) "
    f"VALUES ({', '.join(['%s'] * len(EVENT_COLUMNS))})"
)


def _insert_one(connection: psycopg.Connection[Any], row: Sequence[Any]) -> None:
    connection.execute(_ONE, row, prepare=True)


def _nothing(_result: object) -> None:
    """The result is of no interest."""
