"""Who is known, and by which name (DESIGN section 3).

An actor counts as known from the log's start once it is registered anywhere up to the read
model: what speaks for it at a position is the registration live then, else the first after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Row, Select, null, select

from domain.answers import ActorName
from domain.viewpoint import Viewpoint
from infrastructure.bulk import among_bound
from infrastructure.prepared import Rows
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
    found = snapshot.rows(_registrations(snapshot.models), {"ids": wanted})
    return _speaking(position, wanted, found)


def _speaking(position: int, wanted: Sequence[str], registrations: Rows) -> dict[str, Row[Any]]:
    live: dict[str, Row[Any]] = {}
    later: dict[str, Row[Any]] = {}
    for row in sorted(registrations, key=lambda row: row.position):
        if row.position <= position < row.known_to:
            live[row.actor] = row
        elif row.position > position:
            later.setdefault(row.actor, row)
    if unknown := [actor for actor in wanted if actor not in live and actor not in later]:
        raise UnknownActors(unknown)
    return {actor: live.get(actor) or later[actor] for actor in wanted}


def named(snapshot: Snapshot, viewpoint: Viewpoint, actors: Iterable[str]) -> list[ActorName]:
    """The actors by id, each with the name in force on the day. Raises UnknownActors."""
    wanted = sorted(set(actors))
    found = snapshot.rows(_names(snapshot.models), values_of(viewpoint, ids=wanted))
    registrations = [row for row in found if row.kind is not None]
    registered = _speaking(viewpoint.position, wanted, registrations)
    taken = [row for row in found if row.kind is None]
    renamed = _renamed(viewpoint, registered, taken) if taken else {}
    return [
        ActorName(actor, renamed.get(actor, row.name), row.kind)
        for actor, row in registered.items()
    ]


def _renamed(viewpoint: Viewpoint, registered: dict[str, Row[Any]], taken: Rows) -> dict[str, str]:
    """The last of the names taken by the day, where it is later than the registration that speaks."""
    day = viewpoint.valid_at.toordinal()
    renamed: dict[str, str] = {}
    for row in sorted(taken, key=lambda row: (row.since, row.place)):
        registration = registered[row.actor]
        since = registration.since, registration.place
        if since[0] > day or since < (row.since, row.place):
            renamed[row.actor] = row.name
    return renamed


@cache
def _registrations(rm: ReadModels) -> Select[Any]:
    table = rm.registrations
    return select(table).where(among_bound(table.c.actor, "ids"))


@cache
def _names(rm: ReadModels) -> CompoundSelect[Any]:
    """All registrations, and the names taken by the day, which have no kind; `since` as an ordinal."""
    first, later = rm.registrations, rm.renamings
    registrations = select(
        first.c.actor,
        first.c.kind,
        first.c.name,
        first.c.earliest.label("since"),
        first.c.place,
        first.c.position,
        first.c.known_to,
    ).where(among_bound(first.c.actor, "ids"))
    renamings = select(
        later.c.actor,
        null(),
        later.c.name,
        later.c.latest,
        later.c.place,
        later.c.position,
        later.c.known_to,
    ).where(among_bound(later.c.actor, "ids"), known(later), later.c.latest <= DAY)
    return registrations.union_all(renamings)
