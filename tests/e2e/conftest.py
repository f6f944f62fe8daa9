"""Servers to ask: one for each test over a database of its own, or one for a module's tests."""

from collections.abc import AsyncIterator, Callable

import pytest

from api.app import create_app
from api.settings import Settings
from tests.builders import worked_case
from tests.e2e.http import Client, ask, recorded, served


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
