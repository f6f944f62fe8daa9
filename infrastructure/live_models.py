"""Which set of read models is live, and its checkpoint: read together, in one statement."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from infrastructure.event_store.tracking import Checkpoint
from infrastructure.prepared import fetch
from infrastructure.schema import read_models as rm
from infrastructure.schema.log import checkpoints


def live_models(conn: Connection) -> tuple[rm.ReadModels, Checkpoint | None]:
    """The set that questions are answered from, and how far it has come; None if it never began."""
    [row] = fetch(conn, LIVE, {})
    return live_in(row)


def live_in(row: Any) -> tuple[rm.ReadModels, Checkpoint | None]:
    """The same, from a row of `LIVE`."""
    found = None
    if row.version is not None:
        found = Checkpoint(row.name, row.version, row.position, row.error)
    return rm.BOTH[row.name], found


# That it is one of the two lets PostgreSQL look them up by the index, whoever else has checkpoints.
_CHECKPOINT = (checkpoints.c.name == rm.live.c.name) & checkpoints.c.name.in_(rm.BOTH)
LIVE = (
    select(rm.live.c.name, checkpoints.c.version, checkpoints.c.position, checkpoints.c.error)
    .select_from(rm.live.outerjoin(checkpoints, _CHECKPOINT))
    .where(rm.live.c.one == 1)
)
