"""A SQLite file: one connection that writes, and a few that read beside it (WAL)."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError

from infrastructure.bounds import Bounds, Takes
from infrastructure.prepared import told
from infrastructure.turns import Turn

Result = TypeVar("Result")

RETRY_SECONDS = 0.01
"""How often something that SQLite refuses instead of waiting for is tried again."""


class SqliteFile:
    """One connection that writes, and a few that read beside it (WAL)."""

    def __init__(self, url: URL, bounds: Bounds) -> None:
        self._turn = Turn(bounds.lock)
        self._writer = _sqlite_engine(url, bounds, readers=1, writes=True)
        self._reader = _sqlite_engine(url, bounds, readers=bounds.readers, writes=False)
        self._at_once = _sqlite_engine(url, replace(bounds, lock=0), readers=1, writes=False)
        self._threads = ThreadPoolExecutor(bounds.readers, "foedus-read")

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with self._turn.taken(), self._writer.begin() as conn:
            yield conn

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self._reader.connect() as conn:
            yield conn
            conn.commit()

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        with self._reader.connect() as conn:
            yield conn

    async def ask(self, question: Callable[[Connection], Result], takes: Takes) -> Result:
        """Answer what takes little in the event loop, else in a thread.

        A thread has to get the interpreter back after every step of a statement, while the loop is
        busy: with 32 clients that took most of an answer's time.
        """
        if takes == "little":
            with suppress(_Busy):
                return self._answer_at_once(question)

        def answer() -> Result:
            with self.read() as conn:
                return question(conn)

        return await asyncio.get_running_loop().run_in_executor(self._threads, answer)

    def _answer_at_once(self, question: Callable[[Connection], Result]) -> Result:
        """Raises _Busy where the file is held by somebody: waiting is for a thread."""
        try:
            with self._at_once.connect() as conn:
                answer = question(conn)
                conn.commit()
                return answer
        except OperationalError as error:
            if _is_busy(error.orig):
                raise _Busy from None
            raise

    async def aclose(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)

    def dispose(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._at_once.dispose()
        self._reader.dispose()
        self._writer.dispose()


def _keep_a_write_ahead_log(raw: sqlite3.Connection, patience: float) -> None:
    """Set the file's journal mode, which SQLite refuses at once while another uses the file."""
    deadline = time.monotonic() + patience
    while True:
        try:
            raw.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > deadline:
                raise
            time.sleep(RETRY_SECONDS)
        else:
            return


class _Busy(Exception):
    """Another connection holds the file."""


def _is_busy(error: BaseException | None) -> bool:
    return (
        isinstance(error, sqlite3.OperationalError)
        and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
    )


def _sqlite_engine(url: URL, bounds: Bounds, *, readers: int, writes: bool) -> Engine:
    engine = create_engine(
        url,
        pool_size=readers,
        max_overflow=0 if writes else 2,
        pool_timeout=bounds.lock,
        hide_parameters=True,
    )
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"

    @event.listens_for(engine, "connect")
    def prepare(raw: Any, _record: Any) -> None:
        # We say BEGIN ourselves; the driver's own would come too late for IMMEDIATE.
        raw.isolation_level = None
        raw.execute(f"PRAGMA busy_timeout = {int(bounds.lock * 1000)}")
        raw.execute("PRAGMA foreign_keys = ON")
        if writes:
            _keep_a_write_ahead_log(raw, bounds.lock)
            raw.execute("PRAGMA synchronous = FULL")
        else:
            raw.execute("PRAGMA query_only = ON")

    event.listen(engine, "begin", lambda conn: told(conn, begin, in_rows=False))
    return engine
