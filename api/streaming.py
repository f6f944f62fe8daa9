"""Events as they are recorded, as server-sent events (DESIGN section 7).

Every message's `id` is its position. A block with an `id` and no data moves the position from
which a client resumes over events that its filter leaves out; by the standard, clients remember
it and hand nothing to their user.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi.sse import EventSourceResponse, format_sse_event
from starlette.types import Receive, Scope, Send

from api.answering import as_json
from api.following import Following
from infrastructure.questions import events as log

PATH = "/v1/events/stream"

RETRY_MILLISECONDS = 2_000
"""How long a client should wait before it comes back."""

PIECE = 64 * 1024
"""So many bytes are handed to the connection at a time."""

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""Nobody between may keep the messages, for later or until there are more."""


@dataclass(frozen=True, slots=True)
class AsMessage:
    """Writes events as messages. `fields`: which members their JSON has."""

    fields: Callable[[log.RecordedEvent], dict[str, Any]]

    def __call__(self, recorded: log.RecordedEvent) -> bytes:
        """The message. `event` is always `message`, so that one listener gets all."""
        return format_sse_event(
            event="message",
            id=str(recorded.stored.position),
            data_str=as_json(self.fields(recorded)).decode(),
        )


PLAIN = AsMessage(log.RecordedEvent.fields)
"""The same JSON as in the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Which events are to be sent, from where, how, and how long (in seconds) to be quiet.

    `head`: where the log ended when it was asked for. `wait`: end after so long without an event.
    """

    wanted: log.EventFilter
    after: int
    head: int
    form: AsMessage
    heartbeat: float
    wait: float | None


class EventStream(EventSourceResponse):
    """The answer that goes on. It holds a place among the streams until it ends, however it ends."""

    def __init__(self, following: Following, asked: Subscription) -> None:
        self._messages = _messages(following, asked)
        super().__init__(self._messages, headers=HEADERS)
        self._following = following
        self._asked = asked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._following.stream(self._asked.form, self._asked.head):
            try:
                await super().__call__(scope, receive, send)
            finally:
                await self._messages.aclose()


async def _messages(following: Following, asked: Subscription) -> AsyncGenerator[bytes]:
    """What is sent, piece by piece; each is made when the client has taken the one before."""
    clock = asyncio.get_running_loop().time
    yield format_sse_event(id=str(asked.after), retry=RETRY_MILLISECONDS)
    at = told = asked.after
    event_at = sent_at = clock()
    while following.running:
        found = await following.next(asked.wanted, asked.form, at)
        at = found.upto
        if found.entries:
            for piece in pieces(entry.message(asked.form) for entry in found.entries):
                yield piece
            told = found.entries[-1].position
            event_at = sent_at = clock()
        elif clock() >= sent_at + asked.heartbeat:
            yield heartbeat(at, told)
            told, sent_at = at, clock()
        if at < following.position:
            continue
        due = sent_at + asked.heartbeat
        if asked.wait is not None and at >= asked.head:
            if clock() >= event_at + asked.wait:
                return
            due = min(due, event_at + asked.wait)
        await following.moved(at, due - clock())


def heartbeat(at: int, told: int) -> bytes:
    """A sign of life; with the position reached, where no message has told it."""
    return format_sse_event(comment="heartbeat", id=str(at) if at != told else None)


def pieces(messages: Iterable[bytes]) -> Iterator[bytes]:
    """The messages' bytes, in pieces that the connection can take one at a time."""
    joined = b"".join(messages)
    for start in range(0, len(joined), PIECE):
        yield joined[start : start + PIECE]
