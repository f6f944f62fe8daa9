"""A proxy between a client and a server that loses what they say to each other, as networks do.

What is lost is decided for each message by a `Line`, one for each connection: let it pass, cut the
connection before it, in the middle of it, after it, or keep the answer for itself.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Literal, Protocol

from tests.crash.clients import Receipt

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Fate = Literal["pass", "cut before", "cut within", "cut after", "drop the answer", "cut soon"]

Fates = tuple[tuple[Fate, int], ...]
"""What may happen, with how often of all."""

HTTP_FATES: Fates = (("pass", 20), ("cut within", 1), ("drop the answer", 4), ("cut soon", 4))
SQL_FATES: Fates = (
    ("pass", 30),
    ("cut before", 1),
    ("cut within", 1),
    ("cut after", 2),
    ("drop the answer", 3),
    ("cut soon", 1),
)
WRITING = (b"COMMIT", b"AttackReported", b"ReportRetracted", b"AllianceFormed")
"""What a message to PostgreSQL holds that ends a transaction, or carries events."""

OTHERWISE = 0.002
"""The share of other messages after which a connection is cut."""

CHUNK = 1 << 16
MOST_SECONDS = 0.02
"""`cut soon` is so many seconds after the message at most."""


class Line(Protocol):
    """Decides what becomes of each message of one connection, and sees the answers."""

    def fate(self, message: bytes, /) -> Fate:
        """What becomes of bytes that the client sends."""

    def dropped(self, answer: bytes, /) -> bool:
        """Take in bytes that the client is not to see; whether that was all of the answer."""


class Wire:
    """One connection through the proxy: both ways are pumped until one end, or fate, cuts it."""

    def __init__(self, line: Line, client: Streams, server: Streams, dice: Random) -> None:
        self._line = line
        self._client, self._server = client, server
        self._dice = dice
        self._dropping = False

    async def run(self) -> None:
        asked = asyncio.create_task(self._ask())
        answered = asyncio.create_task(self._answer())
        try:
            await asyncio.wait({asked, answered}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (asked, answered):
                task.cancel()
            await asyncio.gather(asked, answered, return_exceptions=True)
            for _, writer in (self._client, self._server):
                writer.transport.abort()

    async def _ask(self) -> None:
        reader, writer = self._client[0], self._server[1]
        while message := await reader.read(CHUNK):
            fate = self._line.fate(message)
            self._dropping = fate == "drop the answer"
            if fate == "cut before":
                return
            if fate == "cut within":
                message = message[: self._dice.randrange(len(message))]
            writer.write(message)
            await writer.drain()
            if fate in {"cut within", "cut after"}:
                # Let what was written leave first: an aborted connection drops what it holds.
                writer.write_eof()
                return
            if fate == "cut soon":
                await asyncio.sleep(self._dice.random() * MOST_SECONDS)
                return

    async def _answer(self) -> None:
        reader, writer = self._server[0], self._client[1]
        while answer := await reader.read(CHUNK):
            if not self._dropping:
                writer.write(answer)
                await writer.drain()
            elif self._line.dropped(answer):
                return


@asynccontextmanager
async def proxy(
    upstream: Callable[[], Awaitable[Streams]], new_line: Callable[[], Line], dice: Random
) -> AsyncIterator[int]:
    """The port of a proxy to whatever `upstream` connects to."""
    wires: set[asyncio.Task[None]] = set()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        wires.add(task)
        with suppress(OSError, asyncio.CancelledError):
            await Wire(new_line(), (reader, writer), await upstream(), dice).run()
        writer.transport.abort()
        wires.discard(task)

    listener = await asyncio.start_server(connect, "127.0.0.1", 0)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        for wire in wires:
            wire.cancel()
        await asyncio.gather(*wires, return_exceptions=True)


@dataclass
class Losses:
    """What was lost so far: how often each fate befell, and the receipts nobody has seen."""

    fates: Counter[str] = field(default_factory=Counter)
    receipts: dict[str, Receipt] = field(default_factory=dict)
    begun: bool = False
    """Nothing is lost before."""


def drawn(fates: Fates, dice: Random) -> Fate:
    """One of the fates, each as often as its weight says."""
    return dice.choices([fate for fate, _ in fates], [weight for _, weight in fates])[0]


class HttpLine:
    """Between a client and foedus: loses requests, or answers after they were given."""

    def __init__(self, losses: Losses, dice: Random) -> None:
        self._losses = losses
        self._dice = dice
        self._answer = b""

    def fate(self, _message: bytes) -> Fate:
        if not self._losses.begun:
            return "pass"
        fate = drawn(HTTP_FATES, self._dice)
        self._losses.fates[fate] += 1
        self._answer = b""
        return fate

    def dropped(self, answer: bytes) -> bool:
        self._answer += answer
        head, _, body = self._answer.partition(b"\r\n\r\n")
        try:
            said = json.loads(body)
        except ValueError:
            return False
        if head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
            receipt = Receipt(said["position"], said["hash"], said["recorded_at"])
            assert self._losses.receipts.setdefault(said["id"], receipt) == receipt
        return True


class SqlLine:
    """Between foedus and PostgreSQL: loses commits, their outcome, and whatever else comes by."""

    def __init__(self, losses: Losses, dice: Random) -> None:
        self._losses = losses
        self._dice = dice

    def fate(self, message: bytes) -> Fate:
        if not self._losses.begun:
            return "pass"
        if not any(mark in message for mark in WRITING):
            return "cut soon" if self._dice.random() < OTHERWISE else "pass"
        fate = drawn(SQL_FATES, self._dice)
        self._losses.fates[fate] += 1
        return fate

    def dropped(self, _answer: bytes) -> bool:
        return True
