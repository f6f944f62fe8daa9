"""Resolving what a question asks for: which position, and what it means in time (DESIGN section 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import Select, bindparam, select

from domain.viewpoint import Viewpoint, Without
from infrastructure.bulk import among_bound
from infrastructure.event_store import chain, reading
from infrastructure.questions.registrations import UnknownActors, require_known
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.log import events
from infrastructure.schema.metadata import LONG
from infrastructure.schema.read_models import ReadModels

READ_MODELS = "read-models"
"""What commands call the read models."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewpointRequest:
    """A viewpoint as asked for; None takes the default. `known_at`: a position or a UTC time."""

    valid_at: date | None = None
    known_at: int | datetime | None = None
    according_to: str | None = None
    reliability: Literal["A", "B", "C", "D", "E"] | None = None
    credibility: Literal[1, 2, 3, 4, 5] | None = None
    alleged: bool = False
    parts: bool = False
    without: tuple[Without, ...] = ()


class AheadOfReadModel(Exception):
    """The position asked is not in the read models yet; it is never clamped."""

    def __init__(self, position: int, read_position: int) -> None:
        super().__init__(
            f"position {position} is ahead of the read model, which holds {read_position}"
        )
        self.position = position
        self.read_position = read_position


class InTheFuture(Exception):
    """A `known_at` later than both the server's clock and the log's head: nobody can know it yet."""


class NothingToLeaveOut(Exception):
    """The log has no such event, or nobody of this id."""

    def __init__(self, without: Without) -> None:
        super().__init__(f"there is nothing to leave out as {without}")


def resolve(
    snapshot: Snapshot, request: ViewpointRequest, *, today: date, now: datetime
) -> Viewpoint:
    """Fix the request's day and position.

    Raises AheadOfReadModel, InTheFuture, UnknownActors and NothingToLeaveOut.
    """
    position = _position(snapshot, request.known_at, now)
    if position > snapshot.position:
        raise AheadOfReadModel(position, snapshot.position)
    if request.according_to is not None:
        require_known(snapshot, position, [request.according_to])
    if request.without:
        _require_there(snapshot, position, request.without)
    return Viewpoint(
        valid_at=request.valid_at or today,
        position=position,
        known_at=_recorded_at(snapshot, position),
        according_to=request.according_to,
        reliability=request.reliability,
        credibility=request.credibility,
        alleged=request.alleged,
        parts=request.parts,
        without=request.without,
    )


def _require_there(snapshot: Snapshot, position: int, without: Iterable[Without]) -> None:
    """Refuse ids that nobody knows; a publisher is a text, which may match nothing."""
    events = {one.whose for one in without if one.what == "event"}
    found = {
        row.event_id for row in snapshot.rows(_there(snapshot.models), {"ids": sorted(events)})
    }
    for one in without:
        if one.what == "event" and one.whose not in found:
            raise NothingToLeaveOut(one)
        if one.what == "claimant":
            try:
                require_known(snapshot, position, [one.whose])
            except UnknownActors:
                raise NothingToLeaveOut(one) from None


@cache
def _there(rm: ReadModels) -> Select[Any]:
    table = rm.reports
    return select(table.c.event_id).where(among_bound(table.c.event_id, "ids"))


def _position(snapshot: Snapshot, known_at: int | datetime | None, now: datetime) -> int:
    """The position that `known_at` means; a time means the last position recorded at or before it."""
    if known_at is None:
        return snapshot.position
    if isinstance(known_at, int):
        return known_at
    head = reading.head(snapshot.conn)
    if known_at > now and (head.recorded_at is None or known_at > head.recorded_at):
        raise InTheFuture(f"{known_at.isoformat()} is later than the clock and the log's head")
    return reading.position_at(snapshot.conn, known_at)


def _recorded_at(snapshot: Snapshot, position: int) -> datetime | None:
    if position == snapshot.position:
        return None if snapshot.recorded_at is None else chain.moment(snapshot.recorded_at)
    found = snapshot.rows(_RECORDED_AT, {"position": position})
    return chain.moment(found[0].recorded_at) if found else None


_RECORDED_AT = select(events.c.recorded_at).where(
    events.c.position == bindparam("position", type_=LONG)
)
