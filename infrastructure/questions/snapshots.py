"""The read models as one snapshot of the database has them: which set is live, and how far it is.

Every question starts here. The two are read together, so that a set that is being built is never
asked, and a swap falls between two snapshots (DESIGN section 8).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from infrastructure.live_models import live_models
from infrastructure.prepared import Rows, Statement, fetch
from infrastructure.schema.read_models import VERSION, ReadModels


class OtherReadModels(Exception):
    """The read models are of another version than this program reads."""

    def __init__(self, version: int) -> None:
        remedy = "they are to be rebuilt" if version < VERSION else "upgrade Foedus"
        super().__init__(
            f"the read models are of version {version}, this program reads {VERSION}: {remedy}"
        )
        self.version = version


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A read transaction, the set of read models that was live then, and the position it held."""

    conn: Connection
    models: ReadModels
    position: int

    @classmethod
    def of(cls, conn: Connection) -> Snapshot:
        """See what is live. Raises OtherReadModels."""
        models, found = live_models(conn, one_plan=True)
        if found is None:
            return cls(conn, models, 0)
        if found.version != VERSION:
            raise OtherReadModels(found.version)
        return cls(conn, models, found.position)

    def rows(self, statement: Statement, values: Mapping[str, Any]) -> Rows:
        """All rows of a statement that is built once and kept (`infrastructure.prepared`)."""
        return fetch(self.conn, statement, values)

    def plan_for_values(self) -> None:
        """Let statements be planned for the values they are given, until the transaction ends.

        PostgreSQL else takes one plan for all values, as if a list of hundreds had a few. SQLite's
        plans do not look at values.
        """
        if self.conn.dialect.name == "postgresql":
            self.conn.exec_driver_sql("SET LOCAL plan_cache_mode = force_custom_plan")
