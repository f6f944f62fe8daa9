"""The whole log gone through: verified, replayed, rebuilt from; and what each is measured against."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, NamedTuple

import msgspec
import psycopg
from sqlalchemy import Connection, Table, select

from benchmarks.machine import peak_megabytes
from benchmarks.subjects.projecting import with_projector
from benchmarks.subjects.raw import copy_rows, psycopg_address, sqlite_connection
from benchmarks.subjects.rows import EVENT_COLUMNS
from infrastructure.audit import Replayed, replay
from infrastructure.codec import event_of
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.event_store.verification import verify
from infrastructure.schema import read_models as rm
from infrastructure.schema.log import event_tags, events

CHUNK = 10_000
"""Rows a batch of the raw inserts, and of the raw reads."""


class Passed(NamedTuple):
    """How long the pass took, and the most memory that its process ever held."""

    seconds: float
    peak_mb: float


class NotWhole(RuntimeError):
    """The log or the read models are not what they were made to be: figures would mean nothing."""


class Pass:
    """One pass over a log; each is made in a process of its own, so that its peak is its own."""

    def measure(self, what: str, url: str) -> Passed:
        """Do what is named, once."""
        started = time.perf_counter()
        taken = _PASSES[what](url)
        seconds = time.perf_counter() - started if taken is None else taken
        return Passed(seconds, peak_megabytes())

    def insert_raw(self, source: str, target: str) -> Passed:
        """Insert the read models' rows of one database into another's empty tables, raw."""
        return Passed(_inserted_raw(source, target, ()), peak_megabytes())

    def insert_raw_with_log(self, source: str, target: str) -> Passed:
        """Insert the log's rows too."""
        return Passed(_inserted_raw(source, target, (events, event_tags)), peak_megabytes())


def _verified(url: str) -> None:
    database = Database(url)
    try:
        verdict = verify(database)
    finally:
        database.dispose()
    if not verdict.ok:
        raise NotWhole(str(verdict.first_bad))


def _replayed(url: str) -> None:
    database = Database(url)
    try:
        last = deque(replay(database), maxlen=1).pop()
    finally:
        database.dispose()
    if not isinstance(last, Replayed) or not last.ok:
        raise NotWhole(str(last))


def _rebuilt(url: str) -> None:
    with_projector(url, lambda projector: projector.rebuild())


def _swept(url: str) -> None:
    with_projector(url, lambda projector: projector.work_out_segments())


def _decoded(url: str) -> None:
    """Read in order and decode into events by the store's own codec, and nothing else."""
    database = Database(url)
    recorder = SqlRecorder(database)
    try:
        for stored in recorder.stream():
            event_of(stored)
    finally:
        recorder.close()
        database.dispose()


def _decoded_raw(url: str) -> None:
    """Read every column with the driver and decode tags and data into plain JSON values."""
    tags, data = EVENT_COLUMNS.index("tags"), EVENT_COLUMNS.index("data")
    decode = msgspec.json.Decoder().decode
    for rows in _raw_batches(url):
        for row in rows:
            decode(row[tags])
            decode(row[data])


def _raw_batches(url: str) -> Iterator[list[tuple[Any, ...]]]:
    columns = ", ".join(EVENT_COLUMNS)
    query = f"SELECT {columns} FROM events WHERE position > {{0}} ORDER BY position LIMIT {CHUNK}"
    if url.startswith("sqlite"):
        raw = sqlite_connection(url)
        yield from _by_position(lambda after: raw.execute(query.format("?"), (after,)).fetchall())
        raw.close()
        return
    with psycopg.connect(psycopg_address(url)) as connection:
        cursor = connection.cursor(binary=True)
        yield from _by_position(
            lambda after: cursor.execute(query.format("%s"), (after,)).fetchall()
        )


def _by_position(
    fetch: Callable[[int], list[tuple[Any, ...]]],
) -> Iterator[list[tuple[Any, ...]]]:
    after = 0
    while rows := fetch(after):
        yield rows
        after = rows[-1][0]


_PASSES: dict[str, Callable[[str], float | None]] = {
    "verify": _verified,
    "replay": _replayed,
    "rebuild": _rebuilt,
    "segments of all pairs behind a rebuild": _swept,
    "read and decode": _decoded,
    "raw read and plain JSON": _decoded_raw,
}


def _inserted_raw(source: str, target: str, log: Sequence[Table]) -> float:
    """The seconds that the inserts and their commits took; reading the rows is not counted."""
    database = Database(source)
    inserting = _sqlite_inserter if target.startswith("sqlite") else _copier
    taken = 0.0
    try:
        with inserting(target) as insert, database.read() as conn:
            for table in (*log, *_filled(conn)):
                name, columns = table.name, [column.name for column in table.c]
                rows = iter(conn.execution_options(yield_per=CHUNK).execute(select(table)))
                while batch := [tuple(row) for row in islice(rows, CHUNK)]:
                    before = time.perf_counter()
                    insert(name, columns, batch)
                    taken += time.perf_counter() - before
    finally:
        database.dispose()
    return taken


def _filled(conn: Connection) -> list[Table]:
    """The tables of the set of read models that holds the rows."""
    for models in (rm.A, rm.B):
        if conn.execute(select(models.reports.c.position).limit(1)).first() is not None:
            return list(models.tables.values())
    raise NotWhole("there are no read models")


_Insert = Callable[[str, list[str], list[tuple[Any, ...]]], None]


@contextmanager
def _sqlite_inserter(url: str) -> Iterator[_Insert]:
    raw = sqlite_connection(url)

    def insert(table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
        places = ", ".join("?" * len(columns))
        raw.execute("BEGIN IMMEDIATE")
        raw.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)
        raw.execute("COMMIT")

    yield insert
    raw.close()


@contextmanager
def _copier(url: str) -> Iterator[_Insert]:
    with psycopg.connect(psycopg_address(url)) as connection:

        def insert(table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
            copy_rows(connection, table, columns, rows)
            connection.commit()

        yield insert
