"""The read models as one snapshot of the database has them: which set is live, and how far it is.

Every question starts here. The two are read together, so that a set that is being built is never
asked, and a swap falls between two snapshots (DESIGN section 8).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, literal_column, select

from infrastructure.live_models import LIVE, live_in
from infrastructure.prepared import Rows, Statement, fetch
from infrastructure.schema.log import checkpoints, events
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
    """A read transaction, the set of read models that was live then, and the position it held.

    `recorded_at`: when the event at that position was, in microseconds; None at position 0.
    """

    conn: Connection
    models: ReadModels
    position: int
    recorded_at: int | None

    @classmethod
    def of(cls, conn: Connection) -> Snapshot:
        """See what is live. Raises OtherReadModels.

        Until the transaction ends PostgreSQL keeps one plan of each statement, whatever its values;
        for small questions planning takes longer than all else.
        """
        [row] = fetch(conn, _SEEN_ONE_PLAN if conn.dialect.name == "postgresql" else _SEEN, {})
        models, found = live_in(row)
        if found is None:
            return cls(conn, models, 0, None)
        if found.version != VERSION:
            raise OtherReadModels(found.version)
        return cls(conn, models, found.position, row.recorded_at)

    def rows(self, statement: Statement, values: Mapping[str, Any]) -> Rows:
        """All rows of a statement that is built once and kept (`infrastructure.prepared`)."""
        return fetch(self.conn, statement, values)


_RECORDED_AT = select(events.c.recorded_at).where(events.c.position == checkpoints.c.position)
_SEEN = LIVE.add_columns(_RECORDED_AT.scalar_subquery().label("recorded_at"))
_SEEN_ONE_PLAN = _SEEN.add_columns(
    func.set_config("plan_cache_mode", "force_generic_plan", literal_column("true")).label(
        "planning"
    )
)
