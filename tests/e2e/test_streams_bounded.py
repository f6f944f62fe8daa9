"""Streams cost what they must: bounded memory for slow readers, a place each, and a prompt end."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from sqlalchemy import exc

from api import following
from api.app import create_app
from api.serving import Serving
from api.settings import Settings
from tests.builders import ROOT
from tests.e2e.http import Client, attack, listening, problem, recorded, registration
from tests.e2e.sse import STREAM, streaming

ACTORS = [registration(actor) for actor in ("chad", "libya")]
LARGE: Any = {"claim": {"citations": [{"quote": "x" * 5_000}] * 40}}
"""Makes an event of 200 KB."""


@asynccontextmanager
async def served(url: str, **settings: Any) -> AsyncIterator[tuple[Client, Serving]]:
    """A client of a server on a socket, and what the server holds."""
    app = create_app(Settings(database_url=url, **settings))
    async with listening(app) as base, httpx.AsyncClient(base_url=base, timeout=30) as client:
        yield client, app.state.serving


async def until(true: Any) -> None:
    """Let others go on until it is true."""
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0)


async def until_quiet(serving: Serving) -> None:
    """Wait until no stream reads any more: their connections take nothing now."""
    asked = serving.database.ask
    last = time.monotonic()

    async def note(question: Any) -> Any:
        nonlocal last
        last = time.monotonic()
        return await asked(question)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(serving.following, "_database", SimpleNamespace(ask=note))
        serving.recorder.poll_seconds = 600
        serving.following._woken.set()
        await until(lambda: time.monotonic() > last + 0.5)


def stalled(client: Client, after: str = "0") -> socket.socket:
    """A client that asks for a stream and never reads of it."""
    address = client.base_url
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    taken.connect((address.host, address.port))
    taken.sendall(f"GET {STREAM}?after={after} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return taken


async def test_a_place_is_free_again_when_its_client_leaves(fresh_url: str) -> None:
    async with served(fresh_url, max_streams=2) as (client, serving):
        await recorded(client, ACTORS)
        async with streaming(client) as first, streaming(client, after="head"):
            await first.messages(2)
            response = await client.get(STREAM)
            assert problem(response, 503, "too-many-streams") == []
            assert int(response.headers["retry-after"]) > 0
        await until(lambda: not serving.following.streams)
        await until(lambda: not serving.following.running)
        for _ in range(5):
            async with streaming(client) as again:
                assert (await again.message()).fields["id"] == "1"
            await until(lambda: serving.following.streams == 0)
        await until(lambda: not serving.following.running)
        listeners = serving.recorder._listeners
        assert not [one for one in listeners if isinstance(one, following._Wake)]


async def test_streams_that_are_refused_hold_no_place(fresh_url: str) -> None:
    async with served(fresh_url, max_streams=1) as (client, serving):
        for asked in ({"actor": "nobody"}, {"after": "9"}, {"format": "xml"}):
            assert (await client.get(STREAM, params=asked)).is_error
        assert serving.following.streams == 0
        assert (await client.get(STREAM, params={"wait": 0})).is_success


async def test_the_end_of_the_server_is_the_end_of_the_streams(fresh_url: str) -> None:
    async with served(fresh_url) as (client, serving):
        await recorded(client, ACTORS)
        async with streaming(client) as one, streaming(client, after="head") as other:
            await one.messages(2)
            await other.block()
            serving.following.end()
            for stream in (one, other):
                with pytest.raises(StopAsyncIteration):
                    await stream.block()
            response = await client.get(STREAM)
            assert problem(response, 503, "too-many-streams") == []


async def test_a_server_with_open_streams_ends_promptly(fresh_url: str) -> None:
    app = create_app(Settings(database_url=fresh_url))
    async with httpx.AsyncClient(timeout=30) as client:
        async with listening(app) as base:
            opened = [
                await client.send(client.build_request("GET", base + STREAM), stream=True)
                for _ in range(5)
            ]
            began = time.monotonic()
        assert time.monotonic() - began < 4, "uvicorn cancels what goes on after 5 seconds"
        for response in opened:
            assert (await response.aread()).endswith(b"\n\n")


async def test_a_server_ends_promptly_whoever_does_not_read(
    fresh_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(Settings(database_url=fresh_url))
    with ExitStack() as clients:
        async with listening(app) as base, httpx.AsyncClient(base_url=base, timeout=30) as client:
            await recorded(client, ACTORS)
            for _ in range(3):
                await recorded(client, [attack("chad", "libya", **LARGE)] * 35)
            for _ in range(3):
                clients.enter_context(stalled(client))
            serving: Serving = app.state.serving
            await until(lambda: serving.following.streams == 3)
            await until_quiet(serving)
            await client.aclose()
            began = time.monotonic()
        assert time.monotonic() - began < 4.5, "uvicorn cancels what goes on after 5 seconds"
        assert not caplog.records


async def test_a_slow_reader_holds_up_nobody(fresh_url: str) -> None:
    """It is sent what its connection takes and no more; writers and other readers go on."""
    async with served(fresh_url) as (client, serving):
        await recorded(client, ACTORS)
        with stalled(client):
            await until(lambda: serving.following.streams == 1)
            async with streaming(client, after="head") as quick:
                for _ in range(40):
                    await recorded(client, attack("chad", "libya", **LARGE))
                    await quick.message()
                kept = [entry.size for entry in serving.following._newest]
                assert 0 < sum(kept) <= following.NEWEST_BYTES
            await until(lambda: serving.following.streams == 1)
        await until(lambda: serving.following.streams == 0)


async def test_what_a_slow_reader_missed_is_read_for_it_alone(fresh_url: str) -> None:
    """It has fallen behind what all streams share, and gets everything all the same."""
    async with served(fresh_url) as (client, serving):
        await recorded(client, ACTORS)
        async with streaming(client, after="head") as slow:
            await slow.block()
            for _ in range(12):
                await recorded(client, [attack("chad", "libya", **LARGE)] * 10)
            await until(lambda: serving.following.position == 122)
            assert serving.following._floor > 100
            positions = [int(one.fields["id"]) for one in await slow.messages(120)]
        assert positions == [*range(3, 123)]


async def test_streams_are_woken_by_an_append(fresh_url: str) -> None:
    """They do not only look now and then."""
    async with served(fresh_url) as (client, serving):
        serving.recorder.poll_seconds = 600
        async with streaming(client) as stream:
            await stream.block()
            for position in range(1, 6):
                receipt = await recorded(client, registration(f"actor-{position}"))
                assert (await stream.message()).json["id"] == receipt["id"]


async def test_streams_wait_while_the_database_is_away(
    fresh_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(fresh_url) as (client, serving):
        await recorded(client, ACTORS)
        async with streaming(client, heartbeat=1) as stream:
            await stream.messages(2)
            asked = serving.database.ask
            failures = 0

            async def fail(*_: object) -> None:
                nonlocal failures
                failures += 1
                raise exc.TimeoutError("no connection")

            monkeypatch.setattr(serving.database, "ask", fail)
            await recorded(client, attack("chad", "libya"))
            await until(lambda: failures > 1)
            monkeypatch.setattr(serving.database, "ask", asked)
            assert (await stream.message()).fields["id"] == "3"


async def test_a_log_that_cannot_be_read_ends_the_streams_loudly(
    fresh_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with served(fresh_url) as (client, _):
        await recorded(client, ACTORS)
        async with streaming(client) as stream:
            await stream.messages(2)

            def fail(*_: object) -> None:
                raise KeyError("of another program")

            monkeypatch.setattr("infrastructure.questions.events.recorded", fail)
            await recorded(client, attack("chad", "libya"))
            with pytest.raises(StopAsyncIteration):
                await stream.message()
            monkeypatch.undo()
        assert "the streams end" in caplog.text
        async with streaming(client, stream.last_id) as stream:
            assert (await stream.message()).fields["id"] == "3"


class Process:
    """A server as a process of its own."""

    def __init__(self, url: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "serve", "--port", "0"],
            cwd=ROOT,
            env=os.environ | {"FOEDUS_DATABASE_URL": url, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        self.base = self.process.stdout.readline().strip().rpartition(" ")[2]
        assert self.base.startswith("http"), self.base

    def memory(self) -> int:
        """Its resident memory in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) * 1024

    def end(self) -> float:
        """End it; how many seconds that took."""
        began = time.monotonic()
        self.process.terminate()
        self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return time.monotonic() - began


@pytest.fixture
def process(fresh_url: str) -> Iterator[Process]:
    """A server of its own over an empty database of each kind."""
    server = Process(fresh_url)
    yield server
    if server.process.poll() is None:
        server.end()


@pytest.mark.long
async def test_memory_does_not_grow_with_what_slow_readers_leave(process: Process) -> None:
    """Twenty that never read, and 100 MB of events: kept for each, they would be 2 GB."""
    async with httpx.AsyncClient(base_url=process.base, timeout=60) as client:
        await recorded(client, ACTORS)
        await recorded(client, [attack("chad", "libya", **LARGE)] * 30)
        await client.get(STREAM, params={"wait": 0, "after": 20})
        before = process.memory()
        with ExitStack() as open_streams:
            for _ in range(20):
                open_streams.enter_context(stalled(client, "0"))
            took = []
            for _ in range(17):
                began = time.monotonic()
                await recorded(client, [attack("chad", "libya", **LARGE)] * 30)
                took.append(time.monotonic() - began)
            grown = process.memory() - before
            assert grown < 150 * 1024 * 1024, f"{grown / 1e6:.0f} MB"
            assert max(took) < 10
            assert process.end() < 8, "uvicorn waits 10 seconds for those who never read"


def test_a_process_with_open_streams_ends_promptly(process: Process) -> None:
    with httpx.Client(base_url=process.base) as client:
        client.post("/v1/events", json=ACTORS).raise_for_status()
        with client.stream("GET", STREAM) as response:
            lines = response.iter_lines()
            while not next(lines).startswith("data"):
                pass
            assert process.end() < 5
