"""Readers of the log over HTTP, which go on after a broken connection where they were.

Foreign events have no id and are passed over: positions may have gaps, but go up, and in the end
every event that a client has a receipt for was seen once.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from random import Random

import httpx

from tests.crash.clients import PAUSE, Receipt
from tests.crash.programs import SECONDS
from tests.e2e.sse import streaming

LOST = (httpx.TransportError, StopAsyncIteration)
"""The server is gone, or has ended the stream."""

ENTERING = 300
"""A reader leaves by itself after up to so many events, and comes back."""


class HttpReader:
    """The positions seen so far, in the order in which they came."""

    def __init__(self, base: Callable[[], str], dice: Random) -> None:
        self._base = base
        self._dice = dice
        self._more = asyncio.Event()
        self.seen: list[int] = []

    @property
    def at(self) -> int:
        return self.seen[-1] if self.seen else 0

    async def follow(self) -> None:
        """Read for ever, from server to server."""
        async with httpx.AsyncClient(timeout=SECONDS) as client:
            while True:
                client.base_url = httpx.URL(self._base())
                with suppress(*LOST):
                    await self.read(client)
                await asyncio.sleep(PAUSE)

    async def read(self, client: httpx.AsyncClient) -> None:
        """Read on from where it is, until the connection ends or it has had enough."""
        raise NotImplementedError

    def see(self, position: int) -> None:
        assert position > self.at, (position, self.at)
        self.seen.append(position)
        self._more.set()

    async def saw_all(self, receipts: Iterable[Receipt], seconds: float = SECONDS) -> None:
        """Wait until it has seen the last of these events; it must have seen each once."""
        positions = sorted(receipt.position for receipt in receipts)
        async with asyncio.timeout(seconds):
            while self.at < positions[-1]:
                self._more.clear()
                await self._more.wait()
        assert self.seen == positions


class PagesReader(HttpReader):
    """Asks for page after page."""

    async def read(self, client: httpx.AsyncClient) -> None:
        asked = {"after": self.at, "limit": self._dice.choice([1, 10, 1000])}
        page = await client.get("/v1/events", params=asked)
        if page.status_code == 200:
            for item in page.json()["items"]:
                self.see(item["position"])


class StreamReader(HttpReader):
    """Follows the stream of server-sent events, and comes back with the last id it has."""

    _last_id: str | None = None

    async def read(self, client: httpx.AsyncClient) -> None:
        left = self._dice.randrange(1, ENTERING)
        async with streaming(client, self._last_id, heartbeat=1) as stream:
            try:
                for _ in range(left):
                    message = await stream.message()
                    assert json.loads("\n".join(message.data))["position"] == int(
                        message.fields["id"]
                    )
                    self.see(int(message.fields["id"]))
            finally:
                self._last_id = stream.last_id or self._last_id


@asynccontextmanager
async def following(*readers: HttpReader) -> AsyncIterator[None]:
    """All read until the block ends; one that fails fails the test."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(reader.follow()) for reader in readers]
        yield
        for task in tasks:
            task.cancel()
