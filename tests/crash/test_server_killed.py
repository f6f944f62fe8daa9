"""`kill -9` of the server while 16 clients report: nothing acknowledged is lost or doubled.

Two readers follow over HTTP from server to server, and see every event once.
"""

import asyncio
from random import Random

import pytest

from tests.crash.clients import Clients
from tests.crash.http_readers import PagesReader, StreamReader, following
from tests.crash.ledger import Ledger
from tests.crash.programs import Programs
from tests.crash.servers import Server

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]


async def test_the_server_is_killed_under_load(
    fresh_url: str, programs: Programs, dice: Random, rounds: range
) -> None:
    server = await asyncio.to_thread(Server, programs, fresh_url)
    clients = Clients(lambda: server.base, dice)
    ledger = Ledger(fresh_url)
    readers = [kind(lambda: server.base, dice) for kind in (PagesReader, StreamReader)]
    async with following(*readers):
        async with clients.reporting():
            for _ in rounds:
                await clients.more(dice.randrange(1, 200))
                await asyncio.sleep(dice.random() / 50)
                await asyncio.to_thread(server.kill)
                if dice.random() < 0.3:
                    await asyncio.to_thread(server.start_and_kill, dice)
                await asyncio.to_thread(server.restart)
                await asyncio.to_thread(ledger.check, clients.receipts)
            await clients.more(100)
        for reader in readers:
            await reader.saw_all(clients.receipts.values())
    assert clients.broken
    await ledger.settle(clients, server.base)
