"""What a running server holds, and how its handlers ask without blocking the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated, TypeVar

from fastapi import Depends, Request, Response
from sqlalchemy import Connection

from api.bodies import Body
from api.following import Following
from api.held import Looks, Tags
from api.memento import answered_with, headers_of, refuse_if_held
from api.problems import wrong_parameter
from api.settings import Settings
from domain.viewpoint import Viewpoint
from infrastructure.answering import viewpoint_json
from infrastructure.bounds import Takes
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.exporting.cloudevents import CloudEvents
from infrastructure.log import GatheredLog
from infrastructure.projecting import Projector
from infrastructure.proving.prover import Prover
from infrastructure.questions.registrations import UnknownActors
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.viewpoints import AheadOfReadModel, ViewpointRequest, resolve

Answer = TypeVar("Answer")
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The server's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Serving:
    """One database being served. Made and closed by the application's lifespan."""

    settings: Settings
    clock: Clock
    database: Database
    recorder: SqlRecorder
    appends: GatheredLog
    projector: Projector
    head_at_start: int
    cloudevents: CloudEvents
    following: Following
    verifying: asyncio.Lock = field(default_factory=asyncio.Lock)
    replaying: asyncio.Lock = field(default_factory=asyncio.Lock)
    tags: Tags = field(default_factory=Tags)

    @cached_property
    def looks(self) -> Looks:
        """Tells how far the read models are."""
        return Looks(self.database)

    @cached_property
    def prover(self) -> Prover:
        """Proves the log and signs what it proves; its tree grows with the first question."""
        return Prover(self.database, self.settings.signing_key, self.clock)

    async def head(self) -> int:
        """The log's last position, 0 while it is empty."""
        return (await asyncio.to_thread(self.recorder.head)).position

    async def ask(
        self,
        question: Callable[[Snapshot], Answer],
        request: ViewpointRequest,
        wait: float,
        *,
        takes: Takes = "some",
    ) -> Answer:
        """Ask at the request's position, waiting up to `wait` seconds for the read model.

        Without `known_at` it waits for the log's head of this moment and, when the time runs
        out, answers at the read model's position; with one, AheadOfReadModel is raised.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + wait
        if wait and request.known_at is None:
            await self._reach(await self.head(), wait)

        def answer(conn: Connection) -> Answer:
            return question(Snapshot.of(conn))

        try:
            return await self.database.ask(answer, takes=takes)
        except AheadOfReadModel as ahead:
            if not await self._reach(ahead.position, until - loop.time()):
                raise
            return await self.database.ask(answer, takes=takes)

    async def view(
        self,
        question: Callable[[Snapshot, Viewpoint], Answer],
        request: ViewpointRequest,
        wait: float,
        *,
        takes: Takes = "some",
    ) -> Answer:
        """Ask from the viewpoint that the request means, on the snapshot it was resolved on."""
        now = self.clock()

        def answer(snapshot: Snapshot) -> Answer:
            try:
                viewpoint = resolve(snapshot, request, today=now.date(), now=now)
            except UnknownActors as unknown:
                raise wrong_parameter("according_to", str(unknown)) from unknown
            return question(snapshot, viewpoint)

        return await self.ask(answer, request, wait, takes=takes)

    async def answer(
        self,
        http: Request,
        question: Callable[[Snapshot, Viewpoint], Body],
        request: ViewpointRequest,
        wait: float,
        *,
        takes: Takes = "some",
    ) -> Response:
        """Answer over HTTP what is asked from a viewpoint; 304 before asking where the client holds it."""

        def ask(snapshot: Snapshot, viewpoint: Viewpoint) -> tuple[Mapping[str, str], Body]:
            headers = headers_of(http, viewpoint_json(viewpoint))
            if not wait:
                self.tags.remember(http.scope, request, (snapshot.position, viewpoint), headers)
            refuse_if_held(http, headers)
            return headers, question(snapshot, viewpoint)

        headers, body = await self.view(ask, request, wait, takes=takes)
        return answered_with(http, headers, body)

    async def _reach(self, position: int, seconds: float) -> bool:
        """Wait until the read model holds the log up to `position`; False when time runs out."""
        if seconds <= 0:
            return False
        try:
            reached = asyncio.wrap_future(self.projector.reached(position))
            await asyncio.wait_for(reached, seconds)
        except TimeoutError:
            return False
        return True


async def _serving(request: Request) -> Serving:
    serving: Serving = request.app.state.serving
    return serving


ServingDep = Annotated[Serving, Depends(_serving)]
