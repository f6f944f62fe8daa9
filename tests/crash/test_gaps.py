"""Appenders and readers in many processes at once: no reader ever skips a committed event."""

import asyncio
import json
import os
from random import Random
from typing import Any

import pytest
from eventsourcing.dcb.api import DCBEvent

from tests.crash.clients import Clients
from tests.crash.gap_reader import END, WAYS
from tests.crash.http_readers import PagesReader, StreamReader, following
from tests.crash.ledger import Ledger, opened
from tests.crash.programs import SECONDS, Program, Programs
from tests.crash.servers import Server

LASTING = float(os.environ.get("FOEDUS_TEST_GAP_SECONDS", "10"))
"""How many seconds everybody appends and reads at once, on each kind of database."""

pytestmark = [pytest.mark.long, pytest.mark.timeout(600 + 10 * LASTING)]

APPENDERS = ("a", "b", "c")
HTTP_CLIENTS = 4
PATIENCE = SECONDS + 5 * LASTING
"""Seconds until the readers have caught up at the latest."""


async def test_no_reader_skips_an_event(fresh_url: str, programs: Programs, dice: Random) -> None:
    def start(program: str, first: str) -> Program:
        seed = str(dice.getrandbits(32))
        return programs.python("-m", f"tests.crash.{program}", first, seed, url=fresh_url)

    server = await asyncio.to_thread(Server, programs, fresh_url)
    clients = Clients(lambda: server.base, dice, HTTP_CLIENTS)
    readers = [start("gap_reader", how) for how in WAYS]
    appenders = [start("gap_appender", name) for name in APPENDERS]
    over_http = [kind(lambda: server.base, dice) for kind in (PagesReader, StreamReader)]
    async with following(*over_http):
        async with clients.reporting():
            await asyncio.sleep(LASTING)
            for appender in appenders:
                appender.tell("stop")
            said = [await asyncio.to_thread(told, appender) for appender in appenders]
        for one in over_http:
            await one.saw_all(clients.receipts.values(), PATIENCE)
    with opened(fresh_url) as recorder:
        last = recorder.append([DCBEvent(END, b"", [])])
    found = {}
    for reader in readers:
        result = await asyncio.to_thread(told, reader)
        found[result["how"]] = result["checked"]
        print(result)  # noqa: T201 - the figures of a long run
    print("refused:", [one["refused"] for one in said])  # noqa: T201
    assert_tiled(said, clients, last)
    assert {found.pop("tag")} == {sum(b - a + 1 for a, b in said[0]["ranges"]) + 1}
    assert set(found.values()) == {last}
    await Ledger(fresh_url).settle(clients, server.base)


def told(program: Program) -> dict[str, Any]:
    """What the program says in the end."""
    assert program.ended(PATIENCE) == 0, program.said()[-5_000:]
    last: dict[str, Any] = json.loads(program.said().splitlines()[-1])
    return last


def assert_tiled(said: list[dict[str, Any]], clients: Clients, last: int) -> None:
    """Every position was given to exactly one appender, and was told to it."""
    ranges = [(first, end) for one in said for first, end in one["ranges"]]
    ranges += [(receipt.position,) * 2 for receipt in clients.receipts.values()]
    at = 0
    for first, end in sorted(ranges):
        assert first == at + 1
        at = end
    assert at == last - 1
