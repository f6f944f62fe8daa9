"""The application: the one place where a server's parts are put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from api.documenting import document
from api.following import Following
from api.gate import Gate
from api.heads import Heads
from api.held import Held
from api.memento import answer_not_modified
from api.problems import answer_with_problems
from api.routers import (
    actors,
    alignments,
    alliances,
    appending,
    audit,
    changes,
    disagreement,
    events,
    health,
    incidents,
    judgements,
    past,
    policy,
    streams,
    suggestions,
)
from api.serving import Clock, Serving, utc_now
from api.settings import Settings
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder, reading
from infrastructure.event_store.wakeups import LOG_CHANNEL, READ_MODELS_CHANNEL, Watch
from infrastructure.exporting.cloudevents import CloudEvents
from infrastructure.log import EventLog, GatheredLog
from infrastructure.migrating import check_schema
from infrastructure.projecting import Projector

DESCRIPTION = """\
Who stood with whom, when, according to whom, and when we learned it.

Append what somebody claims happened; ask how actors stood to each other on a day, as the log
knew it at a position, according to an actor, and why. Every answer names its events and rules.
Unknown query parameters are refused. Errors are `application/problem+json` (RFC 9457).
"""


class NotOffered(RuntimeError):
    """A setting asks for what this release does not have."""


def create_app(settings: Settings, *, clock: Clock = utc_now) -> FastAPI:
    """An application over the settings' database, opened and closed by its lifespan.

    The tables must be there (`foedus migrate`). Raises NotOffered.
    """
    if settings.auth == "keys":
        raise NotOffered("FOEDUS_AUTH=keys is not available yet: there are no keys to ask for")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with _serving(settings, clock) as serving:
            app.state.serving = serving
            app.openapi()
            yield

    app = FastAPI(
        title="Foedus",
        version=version("foedus"),
        summary="An actor-relationship event store",
        description=DESCRIPTION,
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(Held, today=lambda: clock().date())
    app.add_middleware(Heads)
    app.add_middleware(Gate, loopback_only=settings.auth == "open")
    answer_with_problems(app)
    answer_not_modified(app)
    appending.add_to(app.router, settings)
    for module in (
        streams,  # before the events: there its path would be an event's id
        events,
        actors,
        judgements,
        alliances,
        alignments,
        past,
        disagreement,
        changes,
        incidents,
        suggestions,
        policy,
        audit,
        health,
    ):
        app.router.routes.extend(module.router.routes)  # matching through an included one is slow
    document(app)
    return app


@asynccontextmanager
async def _serving(settings: Settings, clock: Clock) -> AsyncIterator[Serving]:
    database = Database(settings.database_url)
    try:
        check_schema(database)
        recorder = SqlRecorder(database, clock=clock)
        projector = Projector(database, recorder, stands=settings.projector == "inside")
        hears = {LOG_CHANNEL: recorder.wake_listeners, READ_MODELS_CHANNEL: projector.wake}
        watch = Watch(database, hears)
        serving = Serving(
            settings=settings,
            clock=clock,
            database=database,
            recorder=recorder,
            appends=GatheredLog(EventLog(recorder)),
            projector=projector,
            head_at_start=recorder.head().position,
            cloudevents=CloudEvents.of(_store_id(database)),
            following=Following(database, recorder, most_streams=settings.max_streams),
        )
        projector.start()
        watch.start()
        try:
            yield serving
        finally:
            await serving.following.aclose()
            await serving.appends.close()
            watch.stop()
            projector.stop()
            recorder.close()
    finally:
        await database.aclose()


def _store_id(database: Database) -> bytes:
    with database.read() as conn:
        return reading.store_id(conn)
