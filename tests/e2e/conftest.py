"""Servers to ask: one for each test over a database of its own, or one for a module's tests."""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack

import pytest

from api.app import create_app
from api.settings import Settings
from tests.builders import worked_case
from tests.conftest import postgres_database
from tests.e2e.http import Client, ask, recorded, served


@pytest.fixture
async def client(fresh_url: str) -> AsyncIterator[Client]:
    """A client of a server over an empty database, of each kind."""
    async with served(create_app(Settings(database_url=fresh_url))) as client:
        yield client


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], str]]:
    """Makes databases without events, of each kind in turn, for the tests of a module to share."""
    with ExitStack() as made:

        def make() -> str:
            if request.param == "sqlite":
                file = tmp_path_factory.mktemp("shared") / "shared.sqlite3"
                shutil.copy(request.getfixturevalue("sqlite_template"), file)
                return f"sqlite:///{file}"
            server = request.getfixturevalue("postgres_server")
            template = request.getfixturevalue("postgres_template")
            url = made.enter_context(postgres_database(server, template))
            return url.render_as_string(hide_password=False)

        yield make


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
