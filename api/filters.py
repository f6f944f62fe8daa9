"""Which events are asked for: the filters that the list and the stream share."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from sqlalchemy import Connection

from api.problems import Fault, Refusing
from api.reading import Day, EventType, Slug
from infrastructure.questions import events as log


async def _wanted(
    *,
    type: Annotated[EventType | None, Query(description="Events of this type.")] = None,
    actor: Annotated[Slug | None, Query(description="Events that name this actor.")] = None,
    incident: Annotated[Slug | None, Query(description="Events of this incident.")] = None,
    alliance: Annotated[Slug | None, Query(description="Events that name this alliance.")] = None,
    claimant: Annotated[Slug | None, Query(description="Claims by this actor.")] = None,
    occurred_from: Annotated[
        Day | None, Query(description="Events that may have lasted to this day or later.")
    ] = None,
    occurred_to: Annotated[
        Day | None, Query(description="Events that may have begun on this day or earlier.")
    ] = None,
) -> log.EventFilter:
    return log.EventFilter(
        type=type,
        actor=actor,
        incident=incident,
        alliance=alliance,
        claimant=claimant,
        occurred_from=occurred_from,
        occurred_to=occurred_to,
    )


WantedDep = Annotated[log.EventFilter, Depends(_wanted)]


def require_named(conn: Connection, wanted: log.EventFilter) -> None:
    """Refuse ids that no event names: whatever is registered or formed is named by an event."""
    named = {
        "actor": log.EventFilter(actor=wanted.actor),
        "claimant": log.EventFilter(actor=wanted.claimant),
        "incident": log.EventFilter(incident=wanted.incident),
        "alliance": log.EventFilter(alliance=wanted.alliance),
    }
    faults = [
        Fault(f"no event names {getattr(wanted, name)}", parameter=name)
        for name, naming in named.items()
        if getattr(wanted, name) is not None and not log.events(conn, naming, limit=1).stored
    ]
    if faults:
        detail = "; ".join(fault.message for fault in faults)
        raise Refusing("invalid-parameter", detail, faults)
