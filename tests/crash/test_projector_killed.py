"""`kill -9` of projectors and of rebuilds: nothing is applied twice, and another one takes over."""

import asyncio
import time
from random import Random

import httpx
import pytest

from tests.crash.clients import Clients
from tests.crash.ledger import Ledger
from tests.crash.programs import SECONDS, Program, Programs
from tests.crash.servers import Server

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]

PROJECTORS = 2
"""Processes that only project, beside the server, which does too when it is its turn."""


class Projectors:
    """`foedus project` several times over one database; one of them is at work at a time."""

    def __init__(self, programs: Programs, url: str) -> None:
        self._programs = programs
        self._url = url
        self.running: list[Program] = []

    def fill_up(self) -> None:
        """Start what is missing, and wait until all are at work or standing by."""
        while len(self.running) < PROJECTORS:
            self.running.append(self._programs.foedus("project", url=self._url))
        for program in self.running:
            program.awaited("Ctrl-C ends it")

    def kill(self, dice: Random) -> None:
        """Kill one of them, or all."""
        doomed = dice.choice([[dice.choice(self.running)], list(self.running)])
        for program in doomed:
            assert program.running, program.said()
            program.kill()
            self.running.remove(program)


async def test_projectors_are_killed_under_load(
    fresh_url: str, programs: Programs, dice: Random, rounds: range
) -> None:
    server = await asyncio.to_thread(Server, programs, fresh_url)
    projectors = Projectors(programs, fresh_url)
    clients = Clients(lambda: server.base, dice)
    ledger = Ledger(fresh_url)
    async with clients.reporting():
        for _ in rounds:
            await asyncio.to_thread(projectors.fill_up)
            await clients.more(dice.randrange(1, 200))
            await asyncio.sleep(dice.random() / 2)
            # The server's own projector first, so that another must take over.
            if dice.random() < 0.5:
                await asyncio.to_thread(server.kill)
                await asyncio.to_thread(server.restart)
            await asyncio.to_thread(projectors.kill, dice)
            await holds_all(server.base)
            await asyncio.to_thread(ledger.check, clients.receipts)
    await ledger.settle(clients, server.base)


async def test_rebuilds_are_killed_under_load(
    fresh_url: str, programs: Programs, dice: Random, rounds: range
) -> None:
    server = await asyncio.to_thread(Server, programs, fresh_url)
    clients = Clients(lambda: server.base, dice)
    ledger = Ledger(fresh_url)
    async with clients.reporting():
        await clients.more(300)
        usual = await asyncio.to_thread(rebuild, programs, fresh_url)
        for _ in rounds:
            program = programs.foedus("rebuild", url=fresh_url)
            await asyncio.sleep(dice.random() * usual)
            await asyncio.to_thread(program.kill)
            await holds_all(server.base)
            await asyncio.to_thread(ledger.check, clients.receipts)
    await ledger.settle(clients, server.base)


def rebuild(programs: Programs, url: str) -> float:
    """Rebuild the read models undisturbed; how long that took, in seconds."""
    began = time.monotonic()
    programs.done("rebuild", url=url)
    return time.monotonic() - began


async def holds_all(base: str) -> None:
    """The read models come to hold the log as it is now, whoever projects."""
    async with httpx.AsyncClient(base_url=base, timeout=SECONDS) as client:
        events = await client.get("/v1/audit/verify")
        asked = {"known_at": events.json()["position"], "wait": 30}
        answer = await client.get("/v1/alliances", params=asked)
        assert answer.status_code == 200, answer.text
