"""Many appenders at once, over real sockets, and beside them another process on the same file."""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.app import create_app
from api.settings import Settings
from tests.conftest import NewUrl
from tests.e2e.http import Client, attack, listening, problem, recorded, registration

APPENDERS = 32
ROUNDS = 3
LOADED = 2_400
OWN = [(f"own-{n}", f"foe-{n}") for n in range(APPENDERS)]
SHARED = ("chad", "libya")


@dataclass
class Seen:
    """What the server acknowledged, by event id, and what it refused."""

    positions: dict[str, int] = field(default_factory=dict)
    conflicts: int = 0

    def take(self, receipt: dict[str, Any]) -> int:
        position: int = receipt["position"]
        assert self.positions.setdefault(receipt["id"], position) == position
        return position


async def append(
    client: Client, seen: Seen, event: dict[str, Any], expected: int
) -> tuple[int, int]:
    """Post an event on condition; return the status and the position got, or the one in the way."""
    response = await client.post("/v1/events", json=event, params={"expected_position": expected})
    if response.status_code == httpx.codes.CREATED:
        return response.status_code, seen.take(response.json())
    [fault] = problem(response, 409, "position-conflict")
    assert fault["parameter"] == "expected_position"
    seen.conflicts += 1
    in_the_way: int = response.json()["position"]
    return response.status_code, in_the_way


async def undisturbed(client: Client, seen: Seen, own: tuple[str, str], last: int) -> int:
    """Appends about actors of its own, expecting what it saw last: never refused."""
    for _ in range(ROUNDS):
        status, last = await append(client, seen, attack(*own), last)
        assert status == httpx.codes.CREATED
    return last


async def contended(client: Client, seen: Seen) -> None:
    """All append about the same actors, expecting the same position: one of them may."""
    last = max(seen.positions.values())
    for _ in range(ROUNDS):
        answers = await asyncio.gather(
            *(append(client, seen, attack(*SHARED), last) for _ in range(APPENDERS))
        )
        accepted = [position for status, position in answers if status == httpx.codes.CREATED]
        refused = [position for status, position in answers if status == httpx.codes.CONFLICT]
        assert (len(accepted), len(refused)) == (1, APPENDERS - 1)
        assert set(refused) == set(accepted)
        last = accepted[0]


async def repeated(client: Client, seen: Seen) -> None:
    """One event posted twice at once: one is new, and both get its receipt."""
    for _ in range(ROUNDS):
        event = attack(*SHARED, id=str(uuid4()), note="twice")
        both = await asyncio.gather(*(client.post("/v1/events", json=event) for _ in range(2)))
        assert sorted(answer.status_code for answer in both) == [200, 201]
        assert both[0].json() == both[1].json()
        seen.take(both[0].json())


async def at_once(client: Client, seen: Seen) -> None:
    """Everybody at once; afterwards the log holds each acknowledged event, and no gap."""
    actors = [*SHARED, *(actor for own in OWN for actor in own)]
    receipts = (await recorded(client, [registration(actor) for actor in actors]))["items"]
    for receipt in receipts:
        seen.take(receipt)
    start = receipts[-1]["position"]
    lasts = await asyncio.gather(*(undisturbed(client, seen, own, start) for own in OWN))
    half = list(zip(OWN, lasts, strict=True))[: APPENDERS // 2]
    await asyncio.gather(
        contended(client, seen), *(undisturbed(client, seen, own, last) for own, last in half)
    )
    await repeated(client, seen)
    assert seen.conflicts == ROUNDS * (APPENDERS - 1)


async def log_of(client: Client) -> list[dict[str, Any]]:
    response = await client.get("/v1/events", headers={"accept": "application/x-ndjson"})
    return [json.loads(line) for line in response.text.splitlines()]


def assert_whole(log: Sequence[dict[str, Any]], seen: Seen, others: int = 0) -> None:
    assert [event["position"] for event in log] == list(range(1, len(log) + 1))
    found = {event["id"]: event["position"] for event in log}
    assert len(found) == len(log)
    assert found.items() >= seen.positions.items()
    assert len(log) == len(seen.positions) + others


def connected(base: str) -> Client:
    limits = httpx.Limits(max_connections=APPENDERS)
    return httpx.AsyncClient(base_url=base, limits=limits, timeout=60)


async def test_32_appenders(fresh_url: str) -> None:
    seen = Seen()
    async with (
        listening(create_app(Settings(database_url=fresh_url))) as base,
        connected(base) as client,
    ):
        await at_once(client, seen)
        log = await log_of(client)
        assert (await client.get("/v1/audit/verify")).json()["ok"]
    assert_whole(log, seen)
    assert Counter(event["type"] for event in log) == {
        "ActorRegistered": 2 + 2 * APPENDERS,
        "AttackReported": (APPENDERS + APPENDERS // 2 + 2) * ROUNDS,
    }


async def test_32_appenders_beside_another_process(new_url: NewUrl, tmp_path: Path) -> None:
    """`foedus load` writes to the SQLite file that the server has open."""
    url = new_url("sqlite")
    file = tmp_path / "events.ndjson"
    events = [registration("mali"), registration("jnim")]
    events += [attack("jnim", "mali", note=str(n)) for n in range(LOADED - len(events))]
    file.write_text("\n".join(map(json.dumps, events)), encoding="utf-8")
    seen = Seen()
    async with listening(create_app(Settings(database_url=url))) as base, connected(base) as client:
        loading = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "from api.cli import main; main()", "load", str(file),
            env=os.environ | {"FOEDUS_DATABASE_URL": url},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        await at_once(client, seen)
        out, err = await loading.communicate()
        assert loading.returncode == 0, (out, err)
        log = await log_of(client)
        assert (await client.get("/v1/audit/verify")).json()["ok"]
        asked = {"known_at": len(log), "wait": 30}
        known = await client.get("/v1/alignments/mali/jnim", params=asked)
        assert known.json()["alignments"][0]["support_count"] == LOADED - 2
    assert_whole(log, seen, LOADED)


async def test_a_large_body_is_answered_over_a_socket(new_url: NewUrl) -> None:
    """The client is still sending when the answer is known; it must not be cut off."""
    settings = Settings(database_url=new_url("sqlite"), max_body_bytes=1_000)
    async with listening(create_app(settings)) as base, connected(base) as client:
        for headers in ({"content-type": "application/json"}, {"content-type": "text/plain"}):
            status = {"application/json": 413, "text/plain": 415}[headers["content-type"]]
            for _ in range(4):
                body = b" " * 10_000_000
                response = await client.post("/v1/events", content=body, headers=headers)
                assert response.status_code == status


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example:80"])
async def test_a_foreign_host_is_refused_over_a_socket(new_url: NewUrl, host: str) -> None:
    async with (
        listening(create_app(Settings(database_url=new_url("sqlite")))) as base,
        connected(base) as client,
    ):
        response = await client.post("/v1/events", json={}, headers={"host": host})
        problem(response, 421, "foreign-host")
