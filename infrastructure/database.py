"""One database by its URL: write transactions, consistent reads, and nothing else.

A write transaction holds the database's one write lock from its first statement on SQLite
(``BEGIN IMMEDIATE``), so what it has read is still true when it writes. On PostgreSQL it is
READ COMMITTED: each statement sees what was committed before it, and whoever needs the
order of the log takes the log's own lock. A read transaction sees one snapshot and can
change nothing. Every wait is bounded.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, TypeVar
from weakref import WeakSet

import psycopg
from sqlalchemy import URL, Connection, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from infrastructure.bounds import Bounds, Takes
from infrastructure.sessions import begin_snapshot, begin_writing, refuse_if_closed
from infrastructure.sqlite_file import SqliteFile

Result = TypeVar("Result")


class DatabaseUrlError(ValueError):
    """The URL names no database that can be used here."""


class ConnectionLost(Exception):
    """The server had closed the connection before it was used."""


class Database:
    """A SQLite file or a PostgreSQL database. Made from a URL, used from any thread."""

    dialect: Literal["sqlite", "postgresql"]

    def __init__(self, url: str | URL, *, bounds: Bounds | None = None) -> None:
        self.bounds = bounds or Bounds()
        self.url = _understood(url)
        self._engines: SqliteFile | _PostgreSQL
        if self.url.get_backend_name() == "sqlite":
            self.dialect, self._engines = "sqlite", SqliteFile(self.url, self.bounds)
        else:
            self.dialect, self._engines = "postgresql", _PostgreSQL(self.url, self.bounds)

    def __repr__(self) -> str:
        return f"Database({self.url.render_as_string(hide_password=True)!r})"

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open the transaction that changes the database; commit it, or roll back on an error."""
        with self._engines.write() as conn:
            yield conn

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a snapshot, taken by the first statement, in which nothing can be changed."""
        with self._engines.read() as conn:
            yield conn

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """Open a connection for a single statement that reads: a snapshot of its own.

        Raises ConnectionLost if the connection was lost before; `read` would have noticed.
        """
        with self._engines.glance() as conn:
            yield conn

    @contextmanager
    def autocommit(self) -> Iterator[Connection]:
        """Open a connection each of whose statements is a transaction of its own. PostgreSQL only.

        It was not tried before: a statement may find that it was lost meanwhile.
        """
        if not isinstance(self._engines, _PostgreSQL):
            raise TypeError("SQLite has one connection that writes, in transactions")
        with self._engines.autocommit() as conn:
            yield conn

    async def ask(
        self, question: Callable[[Connection], Result], *, takes: Takes = "some"
    ) -> Result:
        """Run ``question`` on a snapshot without holding up the event loop, and return its result."""
        return await self._engines.ask(question, takes)

    async def aclose(self) -> None:
        """Close everything; to be awaited in the event loop that asked."""
        await self._engines.aclose()
        self.dispose()

    def dispose(self) -> None:
        """Close the connections that no one is using, and those returned later."""
        self._engines.dispose()


class _PostgreSQL:
    """One pool for threads and, once an event loop has asked, one for that loop."""

    def __init__(self, url: URL, bounds: Bounds) -> None:
        self._url = url
        self._options: dict[str, Any] = {
            "pool_size": bounds.readers,
            "max_overflow": 2,
            "pool_timeout": bounds.lock,
            "hide_parameters": True,
            # Our own BEGIN says at once what a transaction is; and nothing is set anew at each use.
            "isolation_level": "AUTOCOMMIT",
            "connect_args": _session_settings(url, bounds),
        }
        # Readers take the writer's connections: what large events made of their buffers is held once.
        shared = create_engine(self._url, **self._options)
        event.listen(shared, "checkout", refuse_if_closed)
        self._writer, self._reader = shared.execution_options(), shared.execution_options()
        event.listen(self._writer, "begin", begin_writing)
        event.listen(self._reader, "begin", begin_snapshot)
        self._autocommit = create_engine(self._url, **self._options)
        self._asked_by: asyncio.AbstractEventLoop | None = None
        self._asker: AsyncEngine | None = None
        self._asking: WeakSet[psycopg.AsyncConnection[Any]] = WeakSet()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with self._writer.begin() as conn:
            yield conn

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self._reader.connect() as conn:
            conn.begin()
            yield conn
            conn.commit()  # at a rollback psycopg lets go of all that the server has prepared

    @contextmanager
    def autocommit(self) -> Iterator[Connection]:
        with self._autocommit.connect() as conn:
            yield conn

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        try:
            with self._autocommit.connect() as conn:
                yield conn
        except DBAPIError as error:
            if error.connection_invalidated:
                raise ConnectionLost from error
            raise

    async def ask(self, question: Callable[[Connection], Result], takes: Takes) -> Result:
        try:
            return await self._asked(question, takes)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        return await self._asked(question, takes)

    def _answer(self, question: Callable[[Connection], Result]) -> Result:
        with self.read() as conn:
            return question(conn)

    async def _asked(self, question: Callable[[Connection], Result], takes: Takes) -> Result:
        if takes == "long":
            return await asyncio.to_thread(self._answer, question)
        async with self._loops_engine().connect() as conn:
            answer = await conn.run_sync(question)
            await conn.commit()
            return answer

    def _loops_engine(self) -> AsyncEngine:
        loop = asyncio.get_running_loop()
        if self._asker is None or self._asked_by is not loop:
            self._abandon()
            engine = create_async_engine(self._url, **self._options)
            event.listen(engine.sync_engine, "connect", self._remember)
            event.listen(engine.sync_engine, "checkout", refuse_if_closed)
            event.listen(engine.sync_engine, "begin", begin_snapshot)
            self._asker, self._asked_by = engine, loop
        return self._asker

    def _remember(self, raw: Any, _record: Any) -> None:
        self._asking.add(raw.driver_connection)

    async def aclose(self) -> None:
        if self._asker is not None and self._asked_by is asyncio.get_running_loop():
            await self._asker.dispose()

    def dispose(self) -> None:
        self._abandon()
        self._autocommit.dispose()
        self._writer.dispose()

    def _abandon(self) -> None:
        """Close what an event loop left open: it may be gone, so nothing can be awaited."""
        if self._asker is not None:
            self._asker.sync_engine.dispose(close=False)
            self._asker = None
        while self._asking:
            self._asking.pop().pgconn.finish()


def _understood(url: str | URL) -> URL:
    """Return the URL if it names a database that can be used; no error repeats a password."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise DatabaseUrlError("the database URL cannot be read") from None
    if parsed.get_backend_name() == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise DatabaseUrlError("an SQLite database must be a file: sqlite:///path")
        return parsed
    if parsed.drivername not in {"postgresql", "postgres", "postgresql+psycopg"}:
        raise DatabaseUrlError(
            f"{parsed.drivername}: use sqlite:///path or postgresql+psycopg://host/database"
        )
    return parsed.set(drivername="postgresql+psycopg")


def _session_settings(url: URL, bounds: Bounds) -> dict[str, Any]:
    """Return what every PostgreSQL session is told, less what the URL itself decides."""
    limits = {
        "lock_timeout": bounds.lock,
        "statement_timeout": bounds.statement,
        "idle_in_transaction_session_timeout": bounds.idle_in_transaction,
    }
    ours = [f"-c {name}={int(seconds * 1000)}" for name, seconds in limits.items()]
    theirs = url.query.get("options", ())
    options = [*ours, *([theirs] if isinstance(theirs, str) else theirs)]
    settings = {"connect_timeout": int(bounds.connect), "application_name": "foedus"}
    return {
        **{name: value for name, value in settings.items() if name not in url.query},
        "options": " ".join(options),
    }
