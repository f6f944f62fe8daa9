"""Locks on a database that end with the process that holds them, however it ends.

On PostgreSQL a session's advisory lock, on a connection of its own; on SQLite an exclusive lock
on an empty file beside the database, which the operating system gives back. Nobody waits: a lock
is taken or it is not.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg
from eventsourcing.persistence import OperationalError

from infrastructure.database import Database

_KEYS = {"projector": 0x0F0ED05_0010, "rebuild": 0x0F0ED05_0011, "import": 0x0F0ED05_0012}
"""The keys of PostgreSQL's advisory locks, by the lock's name."""

_SESSION = {
    "application_name": "foedus lock",
    # A machine that vanishes without a word is given up after half a minute, by both sides.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "options": "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4"
    " -c idle_session_timeout=0 -c statement_timeout=5000",
}


class ProcessLock(Protocol):
    """At most one holder in all processes. Safe from any thread."""

    def take(self) -> bool:
        """Whether this object holds the lock now; it may have held it before.

        Raises the library's OperationalError while the database is away.
        """

    def held(self) -> bool:
        """Whether it is held still: the connection that holds it may have been lost."""

    def release(self) -> None:
        """Give it back; harmless when it is not held."""


def process_lock(database: Database, name: str) -> ProcessLock:
    """The database's lock of this name, not taken yet."""
    if database.dialect == "postgresql":
        return _SessionLock(database, _KEYS[name])
    # However the file is named, through a link or not, its lock is one.
    return _FileLock(Path(f"{os.path.realpath(str(database.url.database))}-{name}"))


class _SessionLock:
    def __init__(self, database: Database, key: int) -> None:
        self._url = database.url.set(drivername="postgresql")
        self._connect_timeout = int(database.bounds.connect)
        self._key = key
        self._session: psycopg.Connection[Any] | None = None
        self._guard = threading.Lock()

    def take(self) -> bool:
        with self._guard:
            if self._alive():
                return True
            session = self._connect()
            try:
                taken = session.execute("SELECT pg_try_advisory_lock(%s)", [self._key]).fetchone()
            except psycopg.Error:
                session.close()
                return False
            if taken is None or not taken[0]:
                session.close()
                return False
            self._session = session
            return True

    def held(self) -> bool:
        with self._guard:
            return self._alive()

    def release(self) -> None:
        with self._guard:
            self._close()

    def _connect(self) -> psycopg.Connection[Any]:
        address = self._url.render_as_string(hide_password=False)
        given: dict[str, Any] = {
            name: value for name, value in _SESSION.items() if name not in self._url.query
        }
        try:
            return psycopg.connect(
                address, autocommit=True, connect_timeout=self._connect_timeout, **given
            )
        except psycopg.Error as error:
            raise OperationalError(str(error)) from error

    def _alive(self) -> bool:
        if self._session is None:
            return False
        try:
            self._session.execute("SELECT 1")
        except psycopg.Error:
            self._close()
            return False
        return True

    def _close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


@contextmanager
def _in_a_sentence(path: Path) -> Iterator[None]:
    """Raise the library's OperationalError where SQLite cannot use the file."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise OperationalError(f"{path}: {error}") from None


class _FileLock:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._holder: sqlite3.Connection | None = None
        self._guard = threading.Lock()

    def take(self) -> bool:
        with self._guard:
            if self._holder is not None:
                return True
            self._require_writable()
            with _in_a_sentence(self._path):
                holder = sqlite3.connect(
                    self._path, timeout=0, isolation_level=None, check_same_thread=False
                )
                try:
                    holder.execute("BEGIN EXCLUSIVE")
                except sqlite3.DatabaseError as error:
                    holder.close()
                    if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                        return False
                    raise
            self._holder = holder
            return True

    def _require_writable(self) -> None:
        """Of a file that cannot be written SQLite would take a lock that others share."""
        if self._path.exists() and not os.access(self._path, os.W_OK):
            raise OperationalError(f"{self._path}: may not be written, so nobody can be locked out")

    def held(self) -> bool:
        with self._guard:
            return self._holder is not None

    def release(self) -> None:
        with self._guard:
            if self._holder is not None:
                self._holder.close()
                self._holder = None
