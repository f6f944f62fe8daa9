"""PostgreSQL killed under a server that lives on: a clean 503 meanwhile, and no restart after."""

import asyncio
from random import Random

import httpx
import pytest

from tests.crash.clients import Clients, kind_of
from tests.crash.ledger import Ledger
from tests.crash.postgresql import PostgreSQL
from tests.crash.programs import Programs, eventually
from tests.crash.servers import Server

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]

AWAY = ("/v1/events", "/v1/actors", "/v1/audit/verify", "/readyz")


async def test_postgresql_is_killed_under_load(
    postgresql: PostgreSQL, programs: Programs, dice: Random, rounds: range
) -> None:
    url = postgresql.new_database("killed_under_load")
    server = await asyncio.to_thread(Server, programs, url)
    clients = Clients(lambda: server.base, dice)
    ledger = Ledger(url)
    async with clients.reporting():
        for _ in rounds:
            await clients.more(dice.randrange(1, 200))
            await asyncio.sleep(dice.random() / 50)
            if dice.random() < 0.3:
                await asyncio.to_thread(lose_one_backend, postgresql)
            else:
                await asyncio.to_thread(postgresql.cut_power)
                await is_said_cleanly(server.base)
                await clients.disturbed()
                await asyncio.to_thread(postgresql.start)
            await clients.more(1)
            await asyncio.to_thread(ledger.check, clients.receipts)
        await clients.more(100)
    assert set(clients.refused) == {"database-unavailable"}
    assert not clients.broken
    await reaches_the_head(server.base)
    await ledger.settle(clients, server.base)


def lose_one_backend(postgresql: PostgreSQL) -> None:
    """Until one was caught at work; the server then comes back by itself."""
    eventually(postgresql.kill_one_backend, "a session of foedus is at work")
    eventually(postgresql.answers, "PostgreSQL has recovered")


async def is_said_cleanly(base: str) -> None:
    """Every address that needs the database says that it is away; the process lives."""
    async with httpx.AsyncClient(base_url=base, timeout=60) as client:
        for path in AWAY:
            response = await client.get(path)
            assert response.status_code == 503, response.text
            assert kind_of(response) in {"database-unavailable", "not-ready"}
        assert (await client.get("/healthz")).status_code == 200


async def reaches_the_head(base: str) -> None:
    """The projection has found its way back too."""
    async with httpx.AsyncClient(base_url=base, timeout=60) as client:
        head = int((await client.get("/v1/audit/verify")).json()["position"])
        asked = await client.get("/v1/actors", params={"known_at": head, "wait": 30})
        assert asked.status_code == 200, asked.text
        assert (await client.get("/readyz")).status_code == 200
