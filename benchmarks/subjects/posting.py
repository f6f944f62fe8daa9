"""Clients that post single events over kept connections: asyncio and nothing above it.

As cheap as a client can be that checks each answer's status, so that the server is what is
measured. In a process of its own.
"""

import asyncio
import json
import random
import time
from typing import NamedTuple
from uuid import UUID

from benchmarks.driving import Measured, at_share

HEADER_END = b"\r\n\r\n"
_WARM_UP_SHARE = 0.2
PATIENCE_SECONDS = 60


class UnexpectedAnswer(RuntimeError):
    """The server refused what it should accept; the text is its answer."""


class Load(NamedTuple):
    """So many clients post events of so many actors for so long; the seed makes the events."""

    actors: int
    clients: int
    seconds: float
    seed: int


class Poster:
    """So many clients, each posting its next event when the last one was answered."""

    def measure(self, port: int, path: str, load: Load) -> Measured:
        """Post valid events between registered actors, after a warm-up."""
        return asyncio.run(_posted(port, path, load))

    def register(self, port: int, path: str, actors: int) -> None:
        """Post the registrations of the actors, a thousand at a time."""
        asyncio.run(_registered(port, path, actors))


def actor(number: int) -> str:
    return f"actor-{number:04}"


def registration(number: int) -> dict[str, object]:
    data = {"actor": actor(number), "kind": "rebel-group", "name": f"Group {number}"}
    return {"type": "ActorRegistered", "occurred": "2000", "data": data}


def an_event(dice: random.Random, actors: int) -> bytes:
    """A statement or a battle of two registered actors, about 300 bytes, with an id of its own."""
    one, other = (actor(number) for number in dice.sample(range(actors), 2))
    claim = (
        f'"claim":{{"claimant":"{one}","publisher":"A newspaper","reported_on":"2024-07-28",'
        '"reliability":"C","credibility":3}'
    )
    head = f'{{"id":"{UUID(int=dice.getrandbits(128), version=4)}","occurred":"2024-07-25",{claim},'
    if dice.random() < 0.5:
        rest = (
            f'"type":"StatementMade","data":{{"speaker":"{one}","about":["{other}"],'
            '"tone":"criticism"}}'
        )
    else:
        rest = (
            f'"type":"BattleReported","data":{{"sides":[{{"parties":["{one}"],'
            f'"outcome":"victory"}},{{"parties":["{other}"]}}]}}}}'
        )
    return (head + rest).encode()


def _request(path: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Connection(asyncio.Protocol):
    """One kept connection: a request is written, its answer awaited."""

    def __init__(self) -> None:
        self._answer: asyncio.Future[bytes] | None = None
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(HEADER_END)
        if not found or len(body) < _length(head):
            return
        self._received = b""
        if self._answer is not None:
            self._answer.set_result(head + HEADER_END + body)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("the server hung up"))

    async def ask(self, request: bytes) -> bytes:
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)  # type: ignore[attr-defined]
        return await self._answer

    def close(self) -> None:
        self._transport.close()


def _length(head: bytes) -> int:
    """The length of the body: none where the answer has none, as 304."""
    _, named, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0]) if named else 0


def _require_created(answer: bytes) -> None:
    if not answer.startswith(b"HTTP/1.1 201"):
        raise UnexpectedAnswer(answer.decode(errors="replace"))


async def connected(port: int) -> Connection:
    _, connection = await asyncio.get_running_loop().create_connection(
        Connection, "127.0.0.1", port
    )
    return connection


async def _registered(port: int, path: str, actors: int) -> None:
    connection = await connected(port)
    for first in range(0, actors, 1_000):
        events = [registration(number) for number in range(first, min(actors, first + 1_000))]
        answer = await asyncio.wait_for(
            connection.ask(_request(path, json.dumps(events).encode())), PATIENCE_SECONDS
        )
        _require_created(answer)
    connection.close()


async def _posted(port: int, path: str, load: Load) -> Measured:
    connections = [await connected(port) for _ in range(load.clients)]
    clock = time.perf_counter
    began = clock() + load.seconds * _WARM_UP_SHARE
    until = began + load.seconds
    taken: list[float] = []

    async def posting(number: int, connection: Connection) -> float:
        dice = random.Random(load.seed * 1_000 + number)
        now = clock()
        while now < until or not taken:
            request = _request(path, an_event(dice, load.actors))
            before = clock()
            _require_created(await connection.ask(request))
            now = clock()
            if before >= began:
                taken.append(now - before)
        return now

    try:
        ended = await asyncio.gather(
            *(posting(number, one) for number, one in enumerate(connections))
        )
    finally:
        for connection in connections:
            connection.close()
    taken.sort()
    return Measured(
        acts=len(taken),
        seconds=max(ended) - began,
        p50=1_000 * at_share(taken, 0.5),
        p99=1_000 * at_share(taken, 0.99),
        failed=0,
        last_error=None,
    )
