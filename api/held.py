"""Answers that clients hold already, found before a request is even parsed.

A question's address and the state that it is asked of fix its answer and its tag. So what a tag
was once worked out for need not be worked out again while the read models stand where they stood
then: one look at their position tells, and requests that come at once share it. Every request has
a look that began after it came, so that an answer is never older than one that was worked out.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from threading import Lock
from typing import NamedTuple

from fastapi import Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp, Receive, Scope, Send

from api.answering import holds
from domain.viewpoint import Viewpoint
from infrastructure.database import Database
from infrastructure.questions.snapshots import OtherReadModels, Snapshot
from infrastructure.questions.viewpoints import ViewpointRequest

MOST_REMEMBERED = 4_096
"""Questions whose tags are remembered: those asked last."""
LONGEST = 1_000
"""Bytes of an address and form that are remembered."""

Address = tuple[bytes, ...]
"""What fixes a question: path, query and form."""


class Tagged(NamedTuple):
    """What an answer's headers are as long as the read models stand at `position`.

    `today`: the day that was taken for the one not named, on which alone this holds.
    """

    position: int
    today: date | None
    headers: Mapping[str, str]


class Tags:
    """The tags of the questions asked last. Remembered from any thread."""

    def __init__(self) -> None:
        self._tagged: OrderedDict[Address, Tagged] = OrderedDict()
        self._guard = Lock()

    def remember(
        self,
        scope: Scope,
        request: ViewpointRequest,
        at: tuple[int, Viewpoint],
        headers: Mapping[str, str],
    ) -> None:
        """Remember the headers of an answer, at the read models' position and from a viewpoint.

        What a time means by the clock or the log is not only the read models' affair.
        """
        address = _address(scope)
        if address is None or isinstance(request.known_at, datetime):
            return
        position, viewpoint = at
        today = viewpoint.valid_at if request.valid_at is None else None
        with self._guard:
            self._tagged[address] = Tagged(position, today, headers)
            self._tagged.move_to_end(address)
            if len(self._tagged) > MOST_REMEMBERED:
                self._tagged.popitem(last=False)

    def of(self, scope: Scope) -> Tagged | None:
        """What is remembered of a question, whatever the read models' position is now."""
        address = _address(scope)
        return None if address is None else self._tagged.get(address)


def _address(scope: Scope) -> Address | None:
    """None where it is too long, or where a header names another moment."""
    forms = []
    for name, value in scope["headers"]:
        if name == b"accept":
            forms.append(value)
        elif name == b"accept-datetime":
            return None
    address = scope["path"].encode(), scope["query_string"], *forms
    return address if sum(map(len, address)) <= LONGEST else None


class Looks:
    """How far the read models are, looked up once for all who ask while one looks already."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[asyncio.Future[int | None]] = []
        self._looking: asyncio.Task[None] | None = None

    async def position(self) -> int | None:
        """The position of the read models at some moment after the call; None if nobody knows."""
        loop = asyncio.get_running_loop()
        told: asyncio.Future[int | None] = loop.create_future()
        self._waiting.append(told)
        if self._looking is None:
            self._looking = loop.create_task(self._look())
        return await told

    async def _look(self) -> None:
        waiting: list[asyncio.Future[int | None]] = []
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, []
                _tell(waiting, await self._asked())
        finally:  # also where something unforeseen ends it nobody waits for ever
            self._looking = None
            _tell([*waiting, *self._waiting], None)
            self._waiting = []

    async def _asked(self) -> int | None:
        try:
            return await self._database.ask(lambda conn: Snapshot.of(conn).position)
        except (OtherReadModels, SQLAlchemyError):
            return None  # the question itself will say so


def _tell(waiting: Sequence[asyncio.Future[int | None]], position: int | None) -> None:
    for one in waiting:
        if not one.done():
            one.set_result(position)


class Held:
    """An ASGI application around another: answers by 304 what is known to be held."""

    def __init__(self, app: ASGIApp, *, today: Callable[[], date]) -> None:
        self._app = app
        self._today = today

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET":
            headers = await self._held(scope)
            if headers is not None:
                await Response(None, 304, headers)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _held(self, scope: Scope) -> Mapping[str, str] | None:
        """The headers of an answer that the client holds; None where the question is to be asked."""
        given = next((value for name, value in scope["headers"] if name == b"if-none-match"), None)
        if given in (None, b"*"):  # the star is about whether there is an answer at all
            return None
        serving = scope["app"].state.serving
        tagged: Tagged | None = serving.tags.of(scope)
        if tagged is None or not holds(given.decode("latin-1"), tagged.headers["ETag"]):
            return None
        if tagged.today not in (None, self._today()):
            return None
        return tagged.headers if await serving.looks.position() == tagged.position else None
