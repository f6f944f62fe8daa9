"""The bodies of the questions about incidents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api.bodies import Body
from domain.incidents import IncidentFilter, Method
from domain.viewpoint import Viewpoint
from infrastructure.answering import plain, viewpoint_json
from infrastructure.questions.incident_list import incidents
from infrastructure.questions.incidents import incident, recorded_at
from infrastructure.questions.snapshots import Snapshot


def incidents_body(
    snapshot: Snapshot,
    viewpoint: Viewpoint,
    wanted: IncidentFilter,
    *,
    after: str | None = None,
    limit: int = 100,
) -> tuple[Body, str | None]:
    """The body of `/v1/incidents` without its cursor, and after which id the next page begins."""
    items, last = incidents(snapshot, viewpoint, wanted, after=after, limit=limit)
    body = {"viewpoint": viewpoint_json(viewpoint), "items": plain(items), "next": None}
    return body, last


def incident_body(
    snapshot: Snapshot,
    viewpoint: Viewpoint,
    incident_id: str,
    *,
    method: Method | None = None,
    after: int = 0,
    limit: int = 100,
) -> tuple[Body, int | None]:
    """The body of `/v1/incidents/{id}` without its cursor, and after which account the next page begins.

    Where something stands at a position, `recorded_at` says when that was. `totals` is there only where a
    method is asked for. Raises UnknownIncident.
    """
    page = incident(snapshot, viewpoint, incident_id, method=method, after=after, limit=limit)
    told: Body = plain(page.state)
    summary = told.pop("summary")
    if method is None:
        del told["totals"]
    positions: set[int] = set()
    _at_positions(told, lambda entry: positions.add(entry["position"]))
    times = recorded_at(snapshot, positions - {None})
    _at_positions(told, lambda entry: entry.update(recorded_at=times.get(entry["position"])))
    return {
        "viewpoint": viewpoint_json(viewpoint),
        **summary,
        **told,
        "next": None,
    }, page.next


def _at_positions(value: Any, visit: Callable[[Body], object]) -> None:
    """Visit every entry that stands at a position, or says by null that none does."""
    if isinstance(value, list):
        for entry in value:
            _at_positions(entry, visit)
    elif isinstance(value, dict):
        for entry in value.values():
            _at_positions(entry, visit)
        if "position" in value:
            visit(value)
