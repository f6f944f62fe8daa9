"""The whole matrix as lines costs what it must: a few stretches' memory, and nothing while nobody reads."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection

from api.app import create_app
from api.serving import Serving
from api.settings import Settings
from infrastructure.exporting import pairs
from infrastructure.exporting.forms import Stretch
from infrastructure.exporting.pair_lines import AsNdjson
from infrastructure.exporting.pairs import ExportedPairs, Pairs
from tests.e2e.http import Client, ask, attack, formation, listening, recorded, registration

ACTORS = [f"actor-{number:03}" for number in range(300)]
PAIRS = len(ACTORS) * (len(ACTORS) - 1) // 2
NDJSON = {"accept": "application/x-ndjson"}


class Pieces:
    """Counts the stretches that are made, and how large they are."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made = 0
        self.largest = 0
        self.last_at = time.monotonic()
        read, write = ExportedPairs.stretch, AsNdjson.write

        def counted(export: ExportedPairs, conn: Connection, at: Any) -> Stretch:
            stretch = read(export, conn, at)
            self.made += 1
            self.last_at = time.monotonic()
            return stretch

        def measured(writer: AsNdjson, rows: Pairs) -> bytes:
            lines = write(writer, rows)
            self.largest = max(self.largest, len(lines))
            return lines

        monkeypatch.setattr(ExportedPairs, "stretch", counted)
        monkeypatch.setattr(AsNdjson, "write", measured)

    async def quiet(self) -> int:
        """How many there are when no more have been made for a second."""
        async with asyncio.timeout(60):
            while not self.made or time.monotonic() < self.last_at + 1:  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.05)
        return self.made


@asynccontextmanager
async def allied(url: str, count: int = 300) -> AsyncIterator[tuple[Client, Serving]]:
    """A server on a socket, over a database in which so many are allied with each other."""
    app = create_app(Settings(database_url=url))
    async with listening(app) as base, httpx.AsyncClient(base_url=base, timeout=60) as client:
        await recorded(client, [registration(actor) for actor in ACTORS[:count]])
        await recorded(client, formation("league", *ACTORS[:count]))
        await ask(client, "/v1/actors", limit=1)
        yield client, app.state.serving


def stalled(client: Client) -> socket.socket:
    """A client that asks for the whole matrix and never reads of it."""
    address = client.base_url
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    taken.connect((address.host, address.port))
    request = "GET /v1/alignments?format=ndjson HTTP/1.1\r\nHost: localhost\r\n\r\n"
    taken.sendall(request.encode())
    return taken


def connections(serving: Serving) -> int:
    """How many connections of the database are in use."""
    engines: Any = serving.database._engines
    pools = [engines._reader.pool]
    if serving.database.dialect == "postgresql":
        pools.append(engines._asker.sync_engine.pool if engines._asker else engines._writer.pool)
    return sum(pool.checkedout() for pool in pools)


async def let_go(serving: Serving) -> None:
    """Wait until no connection is in use; what works beside the answers ends by itself."""
    async with asyncio.timeout(60):
        while connections(serving):  # noqa: ASYNC110 - a pool tells nobody
            await asyncio.sleep(0.05)


async def test_every_pair_comes_and_no_stretch_is_large(
    fresh_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = Pieces(monkeypatch)
    members = 150
    async with allied(fresh_url, members) as (client, _):
        last, count = "", 0
        async with client.stream("GET", "/v1/alignments", headers=NDJSON) as response:
            viewpoint = json.loads(response.headers["foedus-viewpoint"])
            async for line in response.aiter_lines():
                pair = ">".join(json.loads(line)["actors"])
                assert pair > last
                last, count = pair, count + 1
                if count == 10:  # what is recorded meanwhile is not in it
                    await recorded(client, [registration("zambia"), attack(ACTORS[7], "zambia")])
    assert count == members * (members - 1) // 2
    assert viewpoint["position"] == members + 1
    assert pieces.made >= count // pairs.AT_ONCE
    assert pieces.largest < 500 * pairs.AT_ONCE + 500_000


async def test_who_does_not_read_is_sent_what_the_connection_takes(
    fresh_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = Pieces(monkeypatch)
    async with allied(fresh_url) as (client, serving):
        with stalled(client):
            made = await pieces.quiet()
            assert made < PAIRS // pairs.AT_ONCE / 2
            await let_go(serving)
            await recorded(client, registration("zambia"))
            assert len((await ask(client, "/v1/alignments", limit=1))["alignments"]) == 1
            assert pieces.made == made
        assert await pieces.quiet() <= made + 1


async def test_who_goes_away_is_made_no_more_lines(
    fresh_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = Pieces(monkeypatch)
    async with allied(fresh_url) as (client, serving):
        async with client.stream("GET", "/v1/alignments", headers=NDJSON) as response:
            async for _ in response.aiter_lines():
                break
        assert await pieces.quiet() < PAIRS // pairs.AT_ONCE / 2
        await let_go(serving)


async def test_an_answer_that_fails_on_the_way_has_no_end(
    fresh_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with allied(fresh_url) as (client, _):
        real = ExportedPairs.stretch

        def failing(export: ExportedPairs, conn: Connection, at: Any) -> Stretch:
            if at is not None:
                raise RuntimeError("planted")
            return real(export, conn, at)

        monkeypatch.setattr(ExportedPairs, "stretch", failing)
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/v1/alignments", headers=NDJSON)
