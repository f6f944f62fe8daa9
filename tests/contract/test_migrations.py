"""The migrations build what the schema describes, once, and refuse what they do not know."""

import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, text

import migrations
from infrastructure import migrating
from infrastructure.bounds import Bounds
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.migrating import SchemaTooNew, SchemaTooOld, check_schema, upgrade
from infrastructure.schema import METADATA
from infrastructure.schema.log import store


def store_ids(database: Database) -> list[bytes]:
    with database.read() as conn:
        return list(conn.scalars(select(store.c.id)))


def test_nothing_is_left_to_migrate(database: Database) -> None:
    with database.read() as conn:
        context = MigrationContext.configure(conn, opts={"compare_server_default": True})
        assert compare_metadata(context, METADATA) == []
    check_schema(database)


def test_alembics_own_check_finds_nothing_new(database: Database) -> None:
    with database.write() as conn:
        command.check(migrating._config(conn))


def test_a_missing_index_would_be_noticed(database: Database) -> None:
    with database.write() as conn:
        conn.execute(text("DROP INDEX ix_events_type_position"))
    with database.read() as conn:
        assert compare_metadata(MigrationContext.configure(conn), METADATA) != []


def test_a_store_gets_its_id_once(bare_url: str) -> None:
    database = Database(bare_url)
    upgrade(database)
    first = store_ids(database)
    upgrade(database)
    assert store_ids(database) == first
    assert [len(one) for one in first] == [16]
    database.dispose()


def test_processes_that_migrate_at_once_do_not_collide(bare_url: str) -> None:
    """Each database object has connections and locks of its own, as a process has."""
    together = threading.Barrier(4)

    def migrate(_: int) -> None:
        database = Database(bare_url, bounds=Bounds(readers=2))
        together.wait(30)
        upgrade(database)
        database.dispose()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, range(4)))
    database = Database(bare_url)
    check_schema(database)
    assert len(store_ids(database)) == 1
    assert SqlRecorder(database).head().position == 0
    database.dispose()


def test_a_database_without_tables_is_told_from_a_current_one(bare_url: str) -> None:
    database = Database(bare_url)
    with pytest.raises(SchemaTooOld, match="foedus migrate"):
        check_schema(database)
    database.dispose()


def test_an_older_schema_must_be_migrated(database: Database) -> None:
    scripts = migrating._scripts()
    first = scripts.get_base()
    heads = scripts.get_heads()
    with database.write() as conn:
        conn.execute(text("DELETE FROM alembic_version"))
        if [first] != heads:
            conn.execute(text("INSERT INTO alembic_version VALUES (:first)"), {"first": first})
    with pytest.raises(SchemaTooOld, match="foedus migrate"):
        check_schema(database)


def test_a_newer_schema_is_refused_and_left_alone(database: Database) -> None:
    with database.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '29991231_later'"))
    with pytest.raises(SchemaTooNew, match="29991231_later"):
        check_schema(database)
    with pytest.raises(SchemaTooNew, match="29991231_later"):
        upgrade(database)


def test_a_failing_step_leaves_the_database_as_it_was(
    bare_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> bytes:
        raise LookupError("no randomness, after the first table was made")

    database = Database(bare_url)
    monkeypatch.setattr(secrets, "token_bytes", fail)
    with pytest.raises(LookupError):
        upgrade(database)
    assert table_names(database) == []
    database.dispose()


def table_names(database: Database) -> list[str]:
    with database.read() as conn:
        return inspect(conn).get_table_names()


def test_the_log_is_never_dropped(database: Database) -> None:
    recorder = SqlRecorder(database)
    with pytest.raises(NotImplementedError), database.write() as conn:
        command.downgrade(migrating._config(conn), "base")
    assert recorder.head().position == 0


def test_migrations_are_found_beside_their_package(
    new_url: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Installed from a wheel, the working directory is anywhere."""
    monkeypatch.chdir(tmp_path)
    assert (Path(migrations.__path__[0]) / "env.py").is_file()
    database = Database(new_url("sqlite", migrated=False))
    upgrade(database)
    check_schema(database)
    database.dispose()
