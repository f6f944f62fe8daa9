"""Server-sent events as a client reads them: by the standard's own rules, written for the tests."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

STREAM = "/v1/events/stream"
PATIENCE = 20
"""Seconds within which a message comes; it is there long before."""


@dataclass
class Block:
    """What stands between two empty lines."""

    comments: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)

    def read(self, line: str) -> None:
        """Take in a line."""
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if line.startswith(":"):
            self.comments.append(value)
        elif name == "data":
            self.data.append(value)
        else:
            assert name in {"id", "event", "retry"}, line
            assert name not in self.fields, line
            self.fields[name] = value

    @property
    def json(self) -> Any:
        """The data, which is one JSON document."""
        return json.loads("\n".join(self.data))


def blocks_of(text: str) -> list[Block]:
    """The blocks of a stream that has ended, which must end with an empty line."""
    assert text.endswith("\n\n")
    found = []
    for part in text.removesuffix("\n\n").split("\n\n"):
        found.append(Block())
        for line in part.split("\n"):
            found[-1].read(line)
    return found


def messages_of(text: str) -> list[Block]:
    """The blocks that a client hands to its user."""
    return [block for block in blocks_of(text) if block.data]


class Reader:
    """An open stream. `last_id` is what a client would send as Last-Event-ID."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.last_id: str | None = None
        self._blocks = self._read()

    async def _read(self) -> AsyncIterator[Block]:
        block = Block()
        async for line in self.response.aiter_lines():
            if line:
                block.read(line)
                continue
            self.last_id = block.fields.get("id", self.last_id)
            yield block
            block = Block()

    async def block(self) -> Block:
        """The next block of whatever kind; StopAsyncIteration when the stream has ended."""
        async with asyncio.timeout(PATIENCE):
            return await anext(self._blocks)

    async def message(self) -> Block:
        """The next block that has data."""
        while not (block := await self.block()).data:
            pass
        return block

    async def messages(self, count: int) -> list[Block]:
        """So many messages."""
        return [await self.message() for _ in range(count)]


@asynccontextmanager
async def streaming(
    client: httpx.AsyncClient, last_id: str | None = None, **asked: Any
) -> AsyncIterator[Reader]:
    """A stream, open until the block is left."""
    headers = {} if last_id is None else {"Last-Event-ID": last_id}
    async with client.stream("GET", STREAM, params=asked, headers=headers) as response:
        assert response.status_code == httpx.codes.OK, await response.aread()
        yield Reader(response)
