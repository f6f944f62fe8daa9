"""Bringing a database's tables to the form this code knows, and refusing any other.

All steps run in one transaction under one lock: a second process that migrates at the same
time waits, then finds nothing to do. A failing step leaves the database as it was.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

import migrations
from infrastructure.database import Database

MIGRATION_LOCK = 0x0F0ED05_0001
"""The key of PostgreSQL's advisory lock that one migrating process holds."""


class SchemaMismatch(RuntimeError):
    """The database's tables are not those this code was written for."""


class SchemaTooOld(SchemaMismatch):
    """The database waits for a migration."""


class SchemaTooNew(SchemaMismatch):
    """A newer release has migrated this database; an older one must not touch it."""


def upgrade(database: Database) -> None:
    """Run every migration the database has not seen. Raise SchemaTooNew rather than go back."""
    with database.write() as conn:
        _keep_others_out(conn)
        _refuse_newer(_revisions(conn))
        command.upgrade(_config(conn), "heads")


def check_schema(database: Database) -> None:
    """Raise SchemaTooOld or SchemaTooNew unless the tables are exactly this code's."""
    with database.read() as conn:
        current = _revisions(conn)
    _refuse_newer(current)
    if current != set(_scripts().get_heads()):
        raise SchemaTooOld(
            "the database's tables are older than this release: run `foedus migrate`"
            if current
            else "the database has no tables yet: run `foedus migrate`"
        )


def _refuse_newer(current: set[str]) -> None:
    known = {script.revision for script in _scripts().walk_revisions()}
    if unknown := sorted(current - known):
        raise SchemaTooNew(
            f"the database was migrated by a newer release (revision {', '.join(unknown)}): "
            "install that release or a later one"
        )


def _revisions(conn: Connection) -> set[str]:
    return set(MigrationContext.configure(conn).get_current_heads())


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config(conn: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__path__[0])).replace("%", "%%"))
    config.attributes["connection"] = conn
    return config


def _keep_others_out(conn: Connection) -> None:
    """Hold the migrations' lock until the transaction ends; SQLite's own lock is held already."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SET LOCAL statement_timeout = 0"))
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
