"""Who is known, and by which name (DESIGN section 3).

An actor counts as known from the log's start once it is registered anywhere up to the read
model: what speaks for it at a position is the registration live then, else the first after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, select

from domain.answers import ActorName
from domain.viewpoint import Viewpoint
from infrastructure.bulk import among_bound
from infrastructure.questions.admission import DAY, known, values_of
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.read_models import ReadModels


class UnknownActors(Exception):
    """No actor is registered under these ids."""

    def __init__(self, ids: Sequence[str]) -> None:
        super().__init__("no actor is registered as " + ", ".join(ids))
        self.ids = tuple(ids)


def require_known(snapshot: Snapshot, position: int, actors: Iterable[str]) -> dict[str, Row[Any]]:
    """The registration that speaks for each actor at a position, by id. Raises UnknownActors."""
    wanted = sorted(set(actors))
    live: dict[str, Row[Any]] = {}
    later: dict[str, Row[Any]] = {}
    found = snapshot.rows(_registrations(snapshot.models), {"ids": wanted})
    for row in sorted(found, key=lambda row: row.position):
        if row.position <= position < row.known_to:
            live[row.actor] = row
        elif row.position > position:
            later.setdefault(row.actor, row)
    if unknown := [actor for actor in wanted if actor not in live and actor not in later]:
        raise UnknownActors(unknown)
    return {actor: live.get(actor) or later[actor] for actor in wanted}


def named(snapshot: Snapshot, viewpoint: Viewpoint, actors: Iterable[str]) -> list[ActorName]:
    """The actors by id, each with the name in force on the day. Raises UnknownActors."""
    registered = require_known(snapshot, viewpoint.position, actors)
    day = viewpoint.valid_at.toordinal()
    since = {actor: (row.earliest, row.place) for actor, row in registered.items()}
    renamed: dict[str, str] = {}
    asked = values_of(viewpoint, ids=list(registered))
    for row in snapshot.rows(_renamings(snapshot.models), asked):
        if since[row.actor][0] > day or since[row.actor] < (row.latest, row.place):
            renamed[row.actor] = row.name
    return [
        ActorName(actor, renamed.get(actor, row.name), row.kind)
        for actor, row in registered.items()
    ]


@cache
def _registrations(rm: ReadModels) -> Select[Any]:
    table = rm.registrations
    return select(table).where(among_bound(table.c.actor, "ids"))


@cache
def _renamings(rm: ReadModels) -> Select[Any]:
    """The names taken by the day, in the order of taking."""
    table = rm.renamings
    return (
        select(table.c.actor, table.c.name, table.c.latest, table.c.place)
        .where(among_bound(table.c.actor, "ids"), known(table), table.c.latest <= DAY)
        .order_by(table.c.latest, table.c.place)
    )
