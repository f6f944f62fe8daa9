"""`eventsource-py`: an asyncio library with SQLite (aiosqlite) and PostgreSQL (asyncpg) stores.

Driven as it is made to be: one event loop, one task an appender, one store for all of them.
Each appender has a stream of its own and expects its exact version. It stores no tags and no
hashes; the tags travel in the event. Its SQLite store has one connection, with the defaults
it sets itself; on PostgreSQL the engine's pool keeps SQLAlchemy's defaults (5, and 10 more).
"""

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

from eventsource import (
    DomainEvent,
    PostgreSQLEventStore,
    SQLiteEventStore,
    StreamId,
    create_async_engine,
    register_event,
)
from eventsource.ports import ExpectedVersion
from sqlalchemy import make_url

from benchmarks.driving import AsyncAct, Measured, drive_tasks
from benchmarks.material import Draft, supply
from benchmarks.sizes import Shape
from benchmarks.subjects.appending import driven

CATEGORY = "Report"


@register_event
class Reported(DomainEvent):
    """One event with the same bytes and tags that the other subjects store."""

    event_type: str = "Reported"
    aggregate_type: str = CATEGORY
    body: str
    tags: list[str]


class EventsourcePy:
    """Its event store for either database; made in a process of its own."""

    def measure(self, url: str, shape: Shape, seconds: float, most: int | None = None) -> Measured:
        """Open the store at `url`, let the shape's appenders append, and close it again."""
        supplied = supply(shape, seconds, most)
        with asyncio.Runner() as loop:
            store = loop.run(_opened(url))
            try:
                works = [_appender(store, batches) for batches in supplied]
                return driven(
                    works, seconds, lambda works, length: loop.run(drive_tasks(works, length))
                )
            finally:
                loop.run(store.close())


async def _opened(url: str) -> SQLiteEventStore | PostgreSQLEventStore:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        store: SQLiteEventStore | PostgreSQLEventStore = SQLiteEventStore(str(parsed.database))
    else:
        address = parsed.set(drivername="postgresql+asyncpg")
        engine = create_async_engine(address.render_as_string(hide_password=False))
        store = PostgreSQLEventStore(engine, create_schema=True, owns_engine=True)
    # Its tables are made by the first append.
    act, (first,) = _appender(store, [[Draft(str(uuid4()), "", b"{}", ("a", "b"))]])
    await act(first)
    return store


def _appender(
    store: SQLiteEventStore | PostgreSQLEventStore, batches: Sequence[list[Draft]]
) -> tuple[AsyncAct, list[list[Reported]]]:
    stream = StreamId(uuid4(), CATEGORY)
    version = 0

    async def append(events: list[Reported]) -> None:
        nonlocal version
        result = await store.append(stream, events, ExpectedVersion.exact(version))
        version = result.new_version

    return append, [[_event(stream, draft) for draft in batch] for batch in batches]


def _event(stream: StreamId, draft: Draft) -> Reported:
    return Reported(
        event_id=UUID(draft.id),
        aggregate_id=stream.aggregate_id,
        body=draft.data.decode(),
        tags=list(draft.tags),
    )
