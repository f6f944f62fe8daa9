"""The eventsourcing library's own recorders, made by its own factories with their defaults.

Its pools hold 5 connections and 10 more at need on both databases. On SQLite its connections
keep a write-ahead log and SQLite's default `synchronous`, which is FULL.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

from eventsourcing.dcb.api import DCBEvent, DCBRecorder
from eventsourcing.persistence import ApplicationRecorder, InfrastructureFactory, StoredEvent
from sqlalchemy import make_url

from benchmarks.driving import Work
from benchmarks.material import Draft
from benchmarks.sizes import Shape
from benchmarks.subjects.appending import Appending
from benchmarks.subjects.ours import ConditionalAppender


def environment(url: str) -> dict[str, str]:
    """The library's settings for this database."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return {"SQLITE_DBNAME": str(parsed.database)}
    return {
        "POSTGRES_DBNAME": str(parsed.database),
        "POSTGRES_HOST": str(parsed.host or parsed.query["host"]),
        "POSTGRES_PORT": str(parsed.port or 5432),
        "POSTGRES_USER": str(parsed.username),
        "POSTGRES_PASSWORD": parsed.password or "",
    }


def library_event(draft: Draft) -> DCBEvent:
    return DCBEvent(draft.type, draft.data, list(draft.tags))


class LibraryDCB(Appending):
    """`eventsourcing.dcb.postgres_tt`: tags and append conditions as ours, on PostgreSQL only."""

    def __init__(self) -> None:
        # Here, because it needs a connection pool that only this peer needs.
        from eventsourcing.dcb.postgres_tt import PostgresTTDCBFactory  # noqa: PLC0415

        self._make = PostgresTTDCBFactory

    def open(self, url: str, shape: Shape) -> None:  # noqa: ARG002 - its pool keeps its defaults
        self._recorder = self.opened(url)

    def opened(self, url: str) -> DCBRecorder:
        """Its recorder, to be closed with `close`."""
        self._factory = self._make(environment(url))
        return self._factory.dcb_recorder()

    def appender(self, number: int, batches: Sequence[list[Draft]]) -> Work:
        client = ConditionalAppender(
            self._recorder, DCBEvent("Opened", b"{}", [f"client:{number}"])
        )
        return client.append, [[library_event(draft) for draft in batch] for batch in batches]

    def close(self) -> None:
        self._factory.close()


class LibraryApplication(Appending):
    """The application recorders: one aggregate an appender, guarded by its version.

    They store neither tags nor hashes, and their condition is about one aggregate only.
    """

    def __init__(self, database: str) -> None:
        # Here, as above.
        if database == "sqlite":
            from eventsourcing.sqlite import SQLiteFactory  # noqa: PLC0415

            self._make: Callable[[dict[str, str]], InfrastructureFactory[Any]] = SQLiteFactory
        else:
            from eventsourcing.postgres import PostgresFactory  # noqa: PLC0415

            self._make = PostgresFactory

    def open(self, url: str, shape: Shape) -> None:  # noqa: ARG002 - its pools keep their defaults
        self._factory = self._make(environment(url))
        self._recorder: ApplicationRecorder = self._factory.application_recorder()

    def appender(self, number: int, batches: Sequence[list[Draft]]) -> Work:  # noqa: ARG002
        aggregate = uuid4()
        versions = iter(range(1, 10_000_000))
        stored = [
            [StoredEvent(aggregate, next(versions), draft.type, draft.data) for draft in batch]
            for batch in batches
        ]
        return self._append, stored

    def _append(self, stored: Sequence[StoredEvent]) -> None:
        self._recorder.insert_events(stored)

    def close(self) -> None:
        self._factory.close()
