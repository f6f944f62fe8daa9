"""The log as a stream, over a real socket: everything once and in order, whoever comes and goes."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from random import Random
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.heads import GIVEN_ONLY_WHOLE
from api.settings import Settings
from tests.builders import ROOT, worked_case
from tests.e2e.http import Client, attack, listening, parameters, problem, recorded, registration
from tests.e2e.http import serving as serving_of
from tests.e2e.sse import STREAM, messages_of, streaming

EVENTS = worked_case()["events"]
LAST = len(EVENTS)
ACTORS = [registration(actor) for actor in ("chad", "libya", "sudan")]


@pytest.fixture
async def socket(fresh_url: str) -> AsyncIterator[Client]:
    """A client of a server on a socket, over an empty database of each kind."""
    limits = httpx.Limits(max_connections=None)
    async with (
        listening(create_app(Settings(database_url=fresh_url))) as base,
        httpx.AsyncClient(base_url=base, timeout=30, limits=limits) as client,
    ):
        yield client


async def listed(client: Client, **asked: Any) -> list[dict[str, Any]]:
    """The same events as the list gives them."""
    lines = {"accept": "application/x-ndjson"}
    response = await client.get("/v1/events", params=asked, headers=lines)
    assert response.status_code == httpx.codes.OK, response.text
    return [json.loads(line) for line in response.text.splitlines()]


async def streamed(client: Client, **asked: Any) -> list[dict[str, Any]]:
    """All that a stream gives up to the head."""
    response = await client.get(STREAM, params={"wait": 0} | asked)
    assert response.status_code == httpx.codes.OK, response.text
    return [message.json for message in messages_of(response.text)]


async def test_what_is_there_and_then_what_comes(socket: Client) -> None:
    await recorded(socket, EVENTS)
    async with streaming(socket) as stream:
        headers = stream.response.headers
        assert headers["content-type"] == "text/event-stream; charset=utf-8"
        assert (headers["cache-control"], headers["x-accel-buffering"]) == ("no-store", "no")
        first = await stream.block()
        assert (first.fields, first.data) == ({"id": "0", "retry": "2000"}, [])
        found = await stream.messages(LAST)
        for number in range(3):
            await recorded(socket, attack("mali", "jnim", note=f"line\nbreak {number}"))
            found.append(await stream.message())
    assert [one.json for one in found] == await listed(socket)
    assert [one.fields for one in found] == [
        {"event": "message", "id": str(position)} for position in range(1, LAST + 4)
    ]


async def test_many_streams_get_the_same(socket: Client) -> None:
    await recorded(socket, ACTORS)

    async def take(after: int) -> list[int]:
        async with streaming(socket, after=after) as stream:
            return [int(one.fields["id"]) for one in await stream.messages(50 - after)]

    readers = [asyncio.create_task(take(after)) for after in (0, 3, 2, 1, 3, 0)]
    for _ in range(47):
        await recorded(socket, attack("chad", "libya"))
    assert await asyncio.gather(*readers) == [
        [*range(after + 1, 51)] for after in (0, 3, 2, 1, 3, 0)
    ]


FILTERS: list[dict[str, Any]] = [
    {},
    {"type": "CoupOccurred"},
    {"actor": "jnim"},
    {"incident": "tinzaouatene-2024-07"},
    {"alliance": "mali-wagner-security-assistance"},
    {"claimant": "mali"},
    {"occurred_from": "2024-07-26", "occurred_to": "2024-07-26"},
    {"occurred_to": "1960-09-22"},
    {"type": "ReportDenied", "actor": "wagner-group"},
    {"actor": "mali", "claimant": "mali", "occurred_from": "2024-01-01"},
    {"actor": "adama-gaye", "claimant": "mali"},
]


@pytest.mark.parametrize("asked", FILTERS, ids=",".join)
async def test_filters_keep_what_the_list_keeps(case: Client, asked: dict[str, Any]) -> None:
    assert await streamed(case, **asked) == await listed(case, **asked)


async def test_filters_keep_the_same_of_what_comes(growing: Client) -> None:
    """And of what the read models never come to hold, because the projection has stopped."""
    serving = serving_of(growing)
    await recorded(growing, EVENTS[:20])
    await asyncio.wrap_future(serving.projector.reached(20))
    serving.projector.stop()
    await recorded(growing, EVENTS[20:])
    everything = await listed(growing)
    for asked in FILTERS:
        found = await streamed(growing, **asked)
        by_list = await listed(growing, **asked)
        assert found[: len(by_list)] == by_list
        if "claimant" in asked:
            assert len(found) > len(by_list) or asked.get("actor") == "adama-gaye"
            claims = [e for e in everything if (e["claim"] or {}).get("claimant") == "mali"]
            assert [e for e in found if e in claims] == found


async def test_a_filter_passes_over_the_rest_and_says_how_far(socket: Client) -> None:
    await recorded(socket, [*ACTORS, attack("chad", "libya")])
    async with streaming(socket, actor="sudan", heartbeat=1) as stream:
        assert (await stream.message()).fields["id"] == "3"
        beat = await stream.block()
        assert (beat.comments, beat.fields, beat.data) == (["heartbeat"], {"id": "4"}, [])
        still = await stream.block()
        assert (still.comments, still.fields, still.data) == (["heartbeat"], {}, [])
        assert stream.last_id == "4"
    await recorded(socket, attack("chad", "sudan"))
    async with streaming(socket, stream.last_id, actor="sudan") as stream:
        assert (await stream.block()).fields["id"] == "4"
        assert (await stream.message()).fields["id"] == "5"


@pytest.mark.parametrize("asked", [{}, {"actor": "sudan"}, {"claimant": "sudan"}], ids=",".join)
async def test_who_comes_back_misses_nothing_and_sees_nothing_twice(
    socket: Client, asked: dict[str, Any]
) -> None:
    """Clients that leave again and again while four others append."""
    await recorded(socket, ACTORS)
    ended = asyncio.Event()

    async def append(seed: int) -> None:
        dice = Random(seed)
        for _ in range(10):
            pair = dice.sample(("chad", "libya", "sudan"), 2)
            claim = {"claimant": dice.choice(("chad", "sudan"))}
            some = [attack(*pair, claim=claim) for _ in range(dice.randint(1, 5))]
            await recorded(socket, some)

    async def follow(seed: int) -> list[int]:
        dice = Random(seed)
        seen: list[int] = []
        last_id = None
        while not ended.is_set() or int(last_id or 0) < head:
            async with streaming(socket, last_id, heartbeat=1, **asked) as stream:
                for _ in range(dice.randint(1, 30)):
                    block = await stream.block()
                    seen += [block.json["position"]] if block.data else []
                    if ended.is_set() and int(stream.last_id or 0) >= head:
                        break
            last_id = stream.last_id
        return seen

    head = 0
    followers = [asyncio.create_task(follow(seed)) for seed in range(3)]
    await asyncio.gather(*(append(seed) for seed in range(4)))
    head = len(await listed(socket))
    ended.set()
    seen = await asyncio.gather(*followers)
    await reached(lambda: read_position(socket), lambda position: position >= head)
    expected = [event["position"] for event in await listed(socket, **asked)]
    assert len(expected) > 20
    assert seen == [expected] * 3


async def read_position(client: Client) -> int:
    """How far the read models hold the log."""
    position: int = (await client.get("/v1/actors")).json()["viewpoint"]["position"]
    return position


async def reached(ask: Callable[[], Awaitable[Any]], enough: Callable[[Any], bool]) -> None:
    """Ask again and again until the answer will do."""
    async with asyncio.timeout(20):
        while not enough(await ask()):
            pass


async def test_the_head_is_where_to_begin_with_what_comes(socket: Client) -> None:
    await recorded(socket, ACTORS)
    async with streaming(socket, after="head") as stream:
        assert (await stream.block()).fields["id"] == "3"
        await recorded(socket, attack("chad", "libya"))
        assert (await stream.message()).fields["id"] == "4"


async def test_a_stream_may_end_when_nothing_comes(socket: Client) -> None:
    await recorded(socket, ACTORS)
    assert [one["position"] for one in await streamed(socket, after=1, wait=0.3)] == [2, 3]


async def test_another_process_is_heard(socket: Client, fresh_url: str) -> None:
    async with streaming(socket) as stream:
        loading = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "api.cli", "load", "-"),
            cwd=ROOT,
            env=os.environ | {"FOEDUS_DATABASE_URL": fresh_url},
            stdin=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
        )
        await loading.communicate(json.dumps(EVENTS).encode())
        assert loading.returncode == 0
        assert len(await stream.messages(LAST)) == LAST


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("type", "WarDeclared"),
        ("actor", "nobody"),
        ("claimant", "nobody"),
        ("incident", "nowhere"),
        ("alliance", "mali"),
        ("occurred_from", "2024"),
        ("after", "-1"),
        ("after", "tail"),
        ("limit", "3"),
        ("format", "xml"),
        ("heartbeat", "0.5"),
        ("heartbeat", "61"),
        ("wait", "31"),
    ],
)
async def test_what_cannot_be_asked_is_refused(case: Client, name: str, given: str) -> None:
    response = await case.get(STREAM, params={name: given})
    assert parameters(response, 422, "invalid-parameter") == [name]


@pytest.mark.parametrize("given", ["x", "-1", "1.5", "99999999999999999", "1, 2"])
async def test_an_id_that_is_no_position_is_refused(case: Client, given: str) -> None:
    response = await case.get(STREAM, headers={"Last-Event-ID": given})
    assert parameters(response, 422, "invalid-parameter") == ["Last-Event-ID"]


async def test_a_position_of_another_log_is_refused(case: Client) -> None:
    """Waiting for the log to get there would pass over what comes until then."""
    response = await case.get(STREAM, params={"after": LAST + 1})
    assert parameters(response, 409, "ahead-of-log") == ["after"]
    assert response.json()["position"] == LAST
    response = await case.get(STREAM, headers={"Last-Event-ID": str(LAST + 1)})
    assert parameters(response, 409, "ahead-of-log") == ["Last-Event-ID"]
    assert len(await streamed(case, after=LAST - 2)) == 2


async def test_the_id_counts_before_the_parameter(case: Client) -> None:
    headers = {"Last-Event-ID": str(LAST - 1)}
    response = await case.get(STREAM, params={"after": 0, "wait": 0}, headers=headers)
    assert [one.fields["id"] for one in messages_of(response.text)] == [str(LAST)]


async def test_other_methods_and_forms_are_refused(case: Client) -> None:
    for path in GIVEN_ONLY_WHOLE:
        response = await case.head(path)
        assert (response.status_code, response.headers["allow"]) == (405, "GET")
    response = await case.get(STREAM, headers={"accept": "application/json"})
    assert problem(response, 406, "not-acceptable") == []
