"""Which set of read models is live, and its checkpoint: read together, in one statement."""

from __future__ import annotations

from sqlalchemy import Connection, func, literal_column, select

from infrastructure.event_store.tracking import Checkpoint
from infrastructure.prepared import fetch
from infrastructure.schema import read_models as rm
from infrastructure.schema.log import checkpoints


def live_models(
    conn: Connection, *, one_plan: bool = False
) -> tuple[rm.ReadModels, Checkpoint | None]:
    """The set that questions are answered from, and how far it has come; None if it never began.

    `one_plan`: until the transaction ends PostgreSQL keeps one plan of each statement, whatever its
    values; for small questions planning takes longer than all else.
    """
    statement = _LIVE_ONE_PLAN if one_plan and conn.dialect.name == "postgresql" else _LIVE
    [(name, version, position, error, *_)] = fetch(conn, statement, {})
    found = None if version is None else Checkpoint(name, version, position, error)
    return rm.BOTH[name], found


# That it is one of the two lets PostgreSQL look them up by the index, whoever else has checkpoints.
_CHECKPOINT = (checkpoints.c.name == rm.live.c.name) & checkpoints.c.name.in_(rm.BOTH)
_LIVE = (
    select(rm.live.c.name, checkpoints.c.version, checkpoints.c.position, checkpoints.c.error)
    .select_from(rm.live.outerjoin(checkpoints, _CHECKPOINT))
    .where(rm.live.c.one == 1)
)
_LIVE_ONE_PLAN = _LIVE.add_columns(
    func.set_config("plan_cache_mode", "force_generic_plan", literal_column("true")).label(
        "planning"
    )
)
