"""Clients that ask over kept connections, each its next question when the last one is answered.

In a process of its own, and as cheap as a client can be that checks each answer's status.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import NamedTuple

from benchmarks.driving import Measured, at_share
from benchmarks.subjects.posting import (
    HEADER_END,
    PATIENCE_SECONDS,
    Connection,
    UnexpectedAnswer,
    connected,
)

_WARM_UP_SHARE = 0.2
_ETAG = b"\r\netag:"


class Pace(NamedTuple):
    """So many clients ask for so long."""

    clients: int
    seconds: float


class Getter:
    """Asks what it is given, in turn; no client asks what another does until all was asked."""

    def measure(self, port: int, paths: Sequence[str], pace: Pace) -> Measured:
        """Ask for the paths, after a warm-up. Raises UnexpectedAnswer for what is not 200."""
        return asyncio.run(_asked(port, [_request(path) for path in paths], pace, b"200"))

    def measure_held(self, port: int, paths: Sequence[str], pace: Pace) -> Measured:
        """The same by a client that holds the answers already. Raises it for what is not 304."""
        return asyncio.run(_asked_again(port, paths, pace))


def _request(path: str, tag: bytes | None = None) -> bytes:
    held = b"" if tag is None else b"If-None-Match: " + tag + b"\r\n"
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode() + held + b"\r\n"


async def _asked_again(port: int, paths: Sequence[str], pace: Pace) -> Measured:
    connection = await connected(port)
    requests = []
    for path in paths:
        answer = await asyncio.wait_for(connection.ask(_request(path)), PATIENCE_SECONDS)
        requests.append(_request(path, _tag(answer)))
    connection.close()
    return await _asked(port, requests, pace, b"304")


def _tag(answer: bytes) -> bytes:
    """The answer's ETag."""
    head = answer.partition(HEADER_END)[0]
    at = head.lower().find(_ETAG)
    if at < 0:
        raise UnexpectedAnswer(answer.decode(errors="replace"))
    return head[at + len(_ETAG) :].split(b"\r\n", 1)[0].strip()


async def _asked(port: int, requests: Sequence[bytes], pace: Pace, status: bytes) -> Measured:
    connections = [await connected(port) for _ in range(pace.clients)]
    clock = time.perf_counter
    began = clock() + pace.seconds * _WARM_UP_SHARE
    until = began + pace.seconds
    taken: list[float] = []
    coming = cycle(requests)

    async def asking(connection: Connection, coming: Iterator[bytes]) -> float:
        now = clock()
        while now < until or not taken:
            request = next(coming)
            before = clock()
            _require(await connection.ask(request), status)
            now = clock()
            if before >= began:
                taken.append(now - before)
        return now

    try:
        ended = await asyncio.gather(*(asking(one, coming) for one in connections))
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


def _require(answer: bytes, status: bytes) -> None:
    if answer[9:12] != status:
        raise UnexpectedAnswer(answer.decode(errors="replace"))
