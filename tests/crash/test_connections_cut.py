"""A connection cut between commit and reply, and the retry after it: once in the log, one receipt."""

import asyncio
from random import Random

import pytest
from sqlalchemy import make_url

from tests.crash.clients import Clients
from tests.crash.ledger import Ledger
from tests.crash.postgresql import PostgreSQL
from tests.crash.programs import Programs
from tests.crash.proxies import HttpLine, Losses, SqlLine, Streams, proxy
from tests.crash.servers import Server

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]

EVENTS = 120
"""Acknowledged in each round; every third request or so is lost on one way or the other."""


async def test_replies_are_lost(
    fresh_url: str, programs: Programs, dice: Random, rounds: range
) -> None:
    server = await asyncio.to_thread(Server, programs, fresh_url)
    port = int(server.base.rpartition(":")[2])
    losses = Losses()

    async def upstream() -> Streams:
        return await asyncio.open_connection("127.0.0.1", port)

    async with proxy(upstream, lambda: HttpLine(losses, dice), dice) as lossy:
        clients = Clients(lambda: f"http://127.0.0.1:{lossy}", dice)
        ledger = Ledger(fresh_url)
        async with clients.reporting():
            losses.begun = True
            for _ in rounds:
                await clients.more(EVENTS)
                await asyncio.to_thread(ledger.check, clients.receipts)
    assert losses.fates.keys() >= {"cut within", "drop the answer", "cut soon"}
    assert losses.receipts
    assert not clients.refused
    for event_id, receipt in losses.receipts.items():
        assert clients.receipts[event_id] == receipt
    await ledger.settle(clients, server.base)


async def test_the_connections_to_postgresql_are_cut(
    postgresql: PostgreSQL, programs: Programs, dice: Random, rounds: range
) -> None:
    """Before, after and while PostgreSQL commits: foedus finds out, or says that it cannot tell."""
    url = postgresql.new_database("lossy_connections")
    losses = Losses()

    async def upstream() -> Streams:
        return await asyncio.open_unix_connection(postgresql.data / ".s.PGSQL.5432")

    async with proxy(upstream, lambda: SqlLine(losses, dice), dice) as lossy:
        query = {"host": "127.0.0.1", "port": str(lossy), "sslmode": "disable"}
        through = make_url(url).set(query=query).render_as_string()
        server = await asyncio.to_thread(Server, programs, through)
        clients = Clients(lambda: server.base, dice)
        ledger = Ledger(url)
        async with clients.reporting():
            losses.begun = True
            for _ in rounds:
                await clients.more(EVENTS)
                await asyncio.to_thread(ledger.check, clients.receipts)
        assert not clients.broken
        await asyncio.to_thread(server.kill)
    server = await asyncio.to_thread(Server, programs, url)
    assert losses.fates.keys() >= {"cut before", "cut after", "drop the answer"}
    assert set(clients.refused) <= {"database-unavailable"}
    await ledger.settle(clients, server.base)
