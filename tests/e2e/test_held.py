"""Answers that clients hold already are told by how far the read models are, and by nothing else."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Never

import pytest
from sqlalchemy.exc import OperationalError

from api import held
from api.app import create_app
from api.serving import Serving
from api.settings import Settings
from domain.vocabulary import AccusationMade
from infrastructure.database import Database
from infrastructure.questions.snapshots import Snapshot
from tests.builders import event, registered
from tests.e2e.http import Client, served, serving
from tests.property.comparing import World, worlds
from tests.property.histories import History

PATH = "/v1/alignments?actors=mali,niger"
START = datetime(2027, 5, 1, 12, tzinfo=UTC)
TOLD = [registered("mali"), registered("niger")]
ACCUSED = event(AccusationMade(accuser="mali", accused="niger"), occurred="2026-11-01")


async def tag_of(client: Client, path: str = PATH) -> str:
    response = await client.get(path)
    assert response.status_code == 200, response.text
    return str(response.headers["etag"])


async def status(client: Client, tag: str, path: str = PATH) -> int:
    return (await client.get(path, headers={"if-none-match": tag})).status_code


@pytest.fixture
def world(fresh_url: str) -> Iterator[World]:
    """Another process that appends and projects."""
    with worlds(fresh_url) as [world]:
        world.log.append(TOLD)
        world.projector.catch_up()
        yield world


async def test_what_another_process_projects_ends_what_is_held(
    world: World, fresh_url: str
) -> None:
    async with served(create_app(Settings(database_url=fresh_url, projector="apart"))) as client:
        tag = await tag_of(client)
        assert await status(client, tag) == 304
        world.log.append([ACCUSED])
        assert await status(client, tag) == 304
        world.projector.catch_up()
        assert await status(client, tag) == 200
        assert await status(client, await tag_of(client)) == 304


async def test_what_is_held_is_told_without_asking(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = await tag_of(client, "/v1/alliances")

    async def refuse(*_: object, **__: object) -> Never:
        raise AssertionError("the question was asked")

    monkeypatch.setattr(Serving, "view", refuse)
    assert await status(client, tag, "/v1/alliances") == 304
    assert await status(client, '"other"', "/v1/alliances") == 500


@pytest.mark.usefixtures("world")
async def test_the_day_that_is_not_named_ends_what_is_held(fresh_url: str) -> None:
    now = [START]
    app = create_app(Settings(database_url=fresh_url, projector="apart"), clock=lambda: now[0])
    dated = f"{PATH}&valid_at=2027-05-01"
    async with served(app) as client:
        tags = [await tag_of(client), await tag_of(client, dated)]
        now[0] += timedelta(1)
        assert await status(client, tags[0]) == 200
        assert await status(client, tags[1], dated) == 304


@pytest.mark.usefixtures("world")
async def test_questions_of_another_form_or_moment_are_others(fresh_url: str) -> None:
    async with served(create_app(Settings(database_url=fresh_url, projector="apart"))) as client:
        tag = await tag_of(client)
        headers = {"if-none-match": tag, "accept": "application/json;q=0.9"}
        assert (await client.get(PATH, headers=headers)).status_code == 200
        headers = {"if-none-match": tag, "accept-datetime": "Mon, 23 Nov 2099 12:00:00 GMT"}
        negotiated = await client.get(PATH, headers=headers)
        assert negotiated.headers["content-location"].endswith("known_at=2")
        assert await status(client, tag, f"{PATH}&known_at=2") == 200
        assert await status(client, tag, f"{PATH}&misspelt=2") == 422
        assert (await client.head(PATH, headers={"if-none-match": tag})).status_code == 304


async def test_as_many_questions_are_remembered_as_there_is_room_for(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "MOST_REMEMBERED", 3)
    paths = [f"/v1/alliances?limit={number}" for number in range(1, 6)]
    for path in paths:
        await tag_of(client, path)
    assert len(serving(client).tags._tagged) == 3
    for path in paths:
        assert await status(client, await tag_of(client, path), path) == 304
    long = "/v1/alliances?" + "&".join(f"without=publisher:{'x' * 90}{n}" for n in range(15))
    assert await status(client, await tag_of(client, long), long) == 304
    assert all(sum(map(len, one)) <= held.LONGEST for one in serving(client).tags._tagged)


async def test_a_look_begins_after_it_was_asked_for(world: World, fresh_url: str) -> None:
    database = Database(fresh_url)
    looks = held.Looks(database)
    for expected in range(3, 9):
        early = [asyncio.ensure_future(looks.position()) for _ in range(5)]
        for _ in range(3):
            await asyncio.sleep(0)  # the look of those five begins
        world.append(History(Random(0), events=[registered(f"actor-{expected}")]))
        late = await asyncio.gather(*(looks.position() for _ in range(5)))
        assert late == [expected] * 5
        assert {*await asyncio.gather(*early)} <= {expected - 1, expected}
    await database.aclose()


@pytest.mark.usefixtures("world")
async def test_where_nobody_can_look_nobody_waits(
    fresh_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(fresh_url)
    looks = held.Looks(database)

    def fail(_conn: object) -> Never:
        raise OperationalError("", None, Exception("gone"))

    with monkeypatch.context() as broken:
        broken.setattr(Snapshot, "of", fail)
        assert await asyncio.gather(*(looks.position() for _ in range(3))) == [None] * 3
    assert await looks.position() == 2
    await database.aclose()
