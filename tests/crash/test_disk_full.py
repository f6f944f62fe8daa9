"""A full disk: appends are refused loudly, reads go on, and with room again appends work."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from tests.crash.clients import Clients, kind_of
from tests.crash.disks import MEGABYTE, Disk, LimitedFiles, SmallDisk, small_disk
from tests.crash.ledger import Ledger
from tests.crash.postgresql import PostgreSQL, reachable_folder
from tests.crash.postgresql import postgresql as running_postgresql
from tests.crash.programs import SECONDS, Programs, eventually
from tests.crash.servers import Server
from tests.e2e.http import attack

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]


@pytest.fixture(params=["small disk", "limited files"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    if request.param == "limited files":
        yield LimitedFiles(tmp_path)
        return
    with small_disk(tmp_path / "disk", 8) as made:
        yield made


async def test_the_disk_of_sqlite_is_full(
    disk: Disk, programs: Programs, dice: Random, rounds: range
) -> None:
    url = f"sqlite:///{disk.folder}/foedus.sqlite3"
    server = await asyncio.to_thread(Server, programs, url)
    if isinstance(disk, LimitedFiles):
        disk.pids = lambda: [server.program.pid]
    clients = Clients(lambda: server.base, dice)
    ledger = Ledger(url)
    async with clients.reporting():
        for _ in rounds:
            await clients.more(dice.randrange(1, 100))
            await asyncio.to_thread(disk.fill, dice.randrange(MEGABYTE // 4))
            await nothing_is_accepted(clients)
            await is_told(server.base, clients)
            await reads_go_on(server.base, clients)
            disk.make_room()
            await clients.more(20)
            await asyncio.to_thread(ledger.check, clients.receipts)
    assert set(clients.refused) == {"storage-full"}
    assert not clients.broken
    assert "the database failed a request" in server.program.said()
    await ledger.settle(clients, server.base)


async def test_the_disk_of_postgresqls_tables_is_full(
    postgresql: PostgreSQL, programs: Programs, dice: Random, rounds: range
) -> None:
    """The tables' disk, not that of PostgreSQL's own log: it goes on, and refuses what it must."""
    with reachable_folder() as folder, small_disk(folder / "disk", 64) as disk:
        if isinstance(disk, LimitedFiles):
            disk.pids, disk.user = postgresql.pids, postgresql.user
        tablespace = disk.folder / "tables"
        tablespace.mkdir()
        postgresql.own(tablespace)
        url = postgresql.new_database("full_tables", tablespace=tablespace)
        try:
            server = await asyncio.to_thread(Server, programs, url)
            clients = Clients(lambda: server.base, dice)
            ledger = Ledger(url)
            async with clients.reporting():
                for _ in rounds:
                    await clients.more(dice.randrange(1, 100))
                    await asyncio.to_thread(disk.fill, dice.randrange(MEGABYTE // 4))
                    await is_told(server.base, clients)
                    if isinstance(disk, SmallDisk):
                        await reads_go_on(server.base, clients)
                    disk.make_room()
                    await asyncio.to_thread(has_recovered, postgresql)
                    await clients.more(20)
                    await asyncio.to_thread(ledger.check, clients.receipts)
            assert clients.refused["storage-full"] or isinstance(disk, LimitedFiles)
            assert not clients.broken
            await ledger.settle(clients, server.base)
        finally:
            disk.make_room()
            has_recovered(postgresql)
            postgresql.drop("full_tables")


async def test_the_disk_of_all_of_postgresql_is_full(
    programs: Programs, dice: Random, rounds: range
) -> None:
    """PostgreSQL may go down for want of its own log; foedus lives, and goes on afterwards."""
    with (
        reachable_folder() as folder,
        small_disk(folder / "disk", 256) as disk,
        running_postgresql(disk.folder) as postgresql,
    ):
        if isinstance(disk, LimitedFiles):
            disk.pids, disk.user = postgresql.pids, postgresql.user
        url = postgresql.new_database("full_disk")
        server = await asyncio.to_thread(Server, programs, url)
        clients = Clients(lambda: server.base, dice)
        ledger = Ledger(url)
        async with clients.reporting():
            for _ in rounds:
                await clients.more(dice.randrange(1, 100))
                await asyncio.to_thread(disk.fill, dice.randrange(MEGABYTE // 4))
                await is_told(server.base, clients)
                disk.make_room()
                await asyncio.to_thread(has_recovered, postgresql)
                await clients.more(20)
                await asyncio.to_thread(ledger.check, clients.receipts)
        assert set(clients.refused) <= {"storage-full", "database-unavailable"}
        assert not clients.broken
        await ledger.settle(clients, server.base)


def has_recovered(postgresql: PostgreSQL) -> None:
    """With room again PostgreSQL runs; who operates it starts it where it gave up."""
    until = time.monotonic() + SECONDS
    while True:
        if not postgresql.running:
            postgresql.start()
        with suppress(AssertionError):
            eventually(postgresql.answers, "PostgreSQL answers")
            return
        assert time.monotonic() < until, postgresql.said()


async def nothing_is_accepted(clients: Clients) -> None:
    """Wait until no event was acknowledged while others were refused."""
    before = -1
    while before < len(clients.receipts):
        before = len(clients.receipts)
        await clients.disturbed(3)


async def is_told(base: str, clients: Clients) -> None:
    """One event and many, until the last room is used up: refused as a whole, and in clear words."""
    async with httpx.AsyncClient(base_url=base, timeout=SECONDS) as client:
        for posted in (filling(clients, 1)[0], filling(clients, 20)):
            until = time.monotonic() + SECONDS
            while (response := await client.post("/v1/events", json=posted)).status_code == 201:
                for receipt in response.json().get("items") or [response.json()]:
                    clients.take(receipt)
                assert time.monotonic() < until, "there is still room"
            assert kind_of(response) in {"storage-full", "database-unavailable"}


def filling(clients: Clients, count: int) -> list[dict[str, Any]]:
    """Events that take up room."""
    note = "full " * 500
    return [attack(*clients.actors[:2], note=note) for _ in range(count)]


async def reads_go_on(base: str, clients: Clients) -> None:
    """What is known is answered."""
    acknowledged = len(clients.receipts)
    async with httpx.AsyncClient(base_url=base, timeout=SECONDS) as client:
        found = await client.get("/v1/audit/verify")
        assert found.json()["ok"]
        assert found.json()["position"] >= acknowledged
        for path in (f"/v1/actors/{clients.actors[0]}", "/v1/events?after=10", "/v1/alliances"):
            assert (await client.get(path)).status_code == 200
