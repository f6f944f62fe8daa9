"""Servers to ask: one for each test over a database of its own, or one for a module's tests."""

from collections.abc import AsyncIterator, Callable

import pytest

from api.app import create_app
from api.settings import Settings
from tests.builders import worked_case
from tests.e2e.exports import NAMES
from tests.e2e.http import Client, ask, attack, formation, recorded, registration, served


@pytest.fixture
async def client(fresh_url: str) -> AsyncIterator[Client]:
    """A client of a server over an empty database, of each kind."""
    async with served(create_app(Settings(database_url=fresh_url))) as client:
        yield client


@pytest.fixture(scope="module")
async def case(shared_url: Callable[[], str]) -> AsyncIterator[Client]:
    """A client of a server that holds the worked case, for tests that append nothing."""
    async with served(create_app(Settings(database_url=shared_url()))) as client:
        await recorded(client, worked_case()["events"])
        await ask(client, "/v1/actors")
        yield client


@pytest.fixture(scope="module")
async def growing(shared_url: Callable[[], str]) -> AsyncIterator[Client]:
    """A client of a server over a database that the tests of a module fill one after another."""
    async with served(create_app(Settings(database_url=shared_url()))) as client:
        yield client


@pytest.fixture
async def odd(client: Client) -> Client:
    """A server over actors with names that formats stumble over."""
    ids = {"gw": "451", "wikidata": "Q912"}
    actors = [registration(one, name=name) for one, name in NAMES.items()]
    actors[5]["data"] |= {"identifiers": ids, "country": "ML"}
    sanction = {"sender": "chad", "target": "libya", "programme": '@SUM("a";1)'}
    graded = {"publisher": "A", "credibility": 2}
    unjudged = {"publisher": "B", "credibility": 6}
    events = [
        *actors,
        formation("pact", "benin", "chad", "gabon"),
        {"type": "SanctionImposed", "occurred": "2020-05", "data": sanction},
        attack("mali", "niger", "2023-04-05", claim=graded),
        attack("mali", "niger", "2023-04-05", claim={"publisher": "C", "credibility": 4}),
        attack("mali", "libya", "2023-04-05", claim=unjudged),
    ]
    await recorded(client, events)
    await ask(client, "/v1/actors", limit=1)
    return client
