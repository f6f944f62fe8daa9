"""Appending events, and reading the log as it was recorded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Connection

from api.answering import JSON, NDJSON, answered, as_json, as_line
from api.documenting import NOT_MODIFIED, referring, refusals
from api.paging import MOST_ITEMS, USUAL_ITEMS, Limit
from api.parameters import EventPath, only_documented
from api.problems import Fault, Refusing
from api.reading import Day, EventType, Slug, Whole
from api.recording import body_of, record
from api.schemas.answers import Receipt, Receipts
from api.schemas.events import request_body
from api.serving import Serving, ServingDep
from api.settings import Settings
from infrastructure.questions import events as log

ExpectedPosition = Annotated[
    Whole | None,
    Query(
        description="Refuse if an event touching the same actors was appended after this position."
    ),
]


def _wanted(
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


def router(settings: Settings) -> APIRouter:
    """The addresses under /v1/events, with the limits of these settings in their documentation."""
    routes = APIRouter(tags=["events"], dependencies=[Depends(only_documented)])
    routes.add_api_route(
        "/v1/events",
        append_events,
        methods=["POST"],
        status_code=201,
        response_model=Receipt | Receipts,
        summary="Append one event or a list of events, all or none",
        response_description="Appended: a receipt, or receipts in the order given.",
        responses={
            200: {
                "description": "Every event was recorded before: the first receipts.",
                "model": Receipt | Receipts,
            },
            **refusals(
                "unreadable-body",
                "invalid-event",
                "invalid-parameter",
                "body-too-large",
                "not-json",
                "actor-exists",
                "actor-in-use",
                "event-ended",
                "content-conflict",
                "position-conflict",
                "ahead-of-log",
            ),
        },
        openapi_extra={"requestBody": request_body(settings.max_events)},
    )
    routes.add_api_route(
        "/v1/events",
        list_events,
        methods=["GET"],
        summary="Read the log in order",
        responses={
            200: _listed(),
            **NOT_MODIFIED,
            **refusals("invalid-parameter", "not-acceptable"),
        },
    )
    routes.add_api_route(
        "/v1/events/{id}",
        show_event,
        methods=["GET"],
        summary="One event, and what became of it",
        responses={
            200: referring("RecordedEvent", "The event, with what retracted or superseded it."),
            **NOT_MODIFIED,
            **refusals("not-found", "invalid-parameter"),
        },
    )
    return routes


def _listed() -> dict[str, Any]:
    page = referring("EventPage", "Events by position.")
    page["content"] |= referring("RecordedEvent", "", NDJSON)["content"]
    return {**page, "description": "Events by position; as NDJSON one in each line."}


async def append_events(
    request: Request, serving: ServingDep, expected_position: ExpectedPosition = None
) -> Response:
    """Idempotent by `id`, which is checked first: what is recorded already gets its first receipt.

    A claim that contradicts another is never refused; what is malformed, or names an actor,
    alliance or event that the log does not know, is, with a pointer to every such place.
    """
    settings = serving.settings
    raw = await body_of(request, settings.max_body_bytes)
    recording = await record(serving.appends, raw, settings.max_events, expected_position)
    status = 201 if recording.appended.new else 200
    headers = {"Location": recording.location()}
    return Response(as_json(recording.body()), status, headers, JSON)


async def list_events(
    request: Request,
    serving: ServingDep,
    wanted: WantedDep,
    after: Annotated[
        Whole, Query(description="Only events after this position; `next` gives it.")
    ] = 0,
    limit: Annotated[
        Limit | None,
        Query(description="The most events; 100 as JSON, without limit as NDJSON if not given."),
    ] = None,
) -> Response:
    """The list runs on to the log's head of the moment. NDJSON by `Accept: application/x-ndjson`."""
    lines = _wants_lines(request.headers.get("accept", "*/*"))
    first = _Page(wanted, after, limit or (MOST_ITEMS if lines else USUAL_ITEMS))
    items, following = await serving.database.ask(first.read_known)
    if not lines:
        cursor = None if following is None else str(following)
        return answered(request, {"items": await _fields(items), "next": cursor})
    upto = (await serving.head()) if limit is None else 0
    return StreamingResponse(_lines(serving, wanted, items, following, upto), media_type=NDJSON)


@dataclass(frozen=True, slots=True)
class _Page:
    """So many of the wanted events after a position."""

    wanted: log.EventFilter
    after: int
    size: int

    def read_known(self, conn: Connection) -> tuple[list[log.RecordedEvent], int | None]:
        """As `read`, but refuse what no event names."""
        _require_named(conn, self.wanted)
        return self.read(conn)

    def read(self, conn: Connection) -> tuple[list[log.RecordedEvent], int | None]:
        return log.events(conn, self.wanted, after=self.after, limit=self.size)


async def _lines(
    serving: Serving,
    wanted: log.EventFilter,
    items: list[log.RecordedEvent],
    following: int | None,
    upto: int,
) -> AsyncIterator[bytes]:
    """The first page, and those that follow it up to a position, one at a time."""
    while True:
        fields = await _fields(items)
        yield b"".join(as_line(one) for one in fields)
        if following is None or following >= upto:
            return
        items, following = await serving.database.ask(_Page(wanted, following, MOST_ITEMS).read)
        items = [item for item in items if item.stored.position <= upto]


async def _fields(items: list[log.RecordedEvent]) -> list[dict[str, Any]]:
    """The events as JSON values; reading a page of them takes too long for the event loop."""
    return await asyncio.to_thread(lambda: [item.fields() for item in items])


async def show_event(request: Request, serving: ServingDep, id: EventPath) -> Response:
    """An event by its id, with the ids of the events that retracted or superseded it."""
    try:
        found = await serving.database.ask(lambda conn: log.event(conn, id))
    except log.UnknownEvent as unknown:
        raise Refusing("not-found", str(unknown)) from unknown
    endings = {"retracted_by": found.retracted_by, "superseded_by": found.superseded_by}
    return answered(request, found.fields() | endings)


def _require_named(conn: Connection, wanted: log.EventFilter) -> None:
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
        if getattr(wanted, name) is not None and not log.events(conn, naming, limit=1)[0]
    ]
    if faults:
        detail = "; ".join(fault.message for fault in faults)
        raise Refusing("invalid-parameter", detail, faults)


def _wants_lines(accept: str) -> bool:
    """Whether the client asks for NDJSON; refuses one that takes neither form."""
    types = [part.split(";")[0].strip().lower() for part in accept.split(",")]
    if NDJSON in types:
        return True
    if not {JSON, "application/*", "*/*", ""}.intersection(types):
        raise Refusing("not-acceptable", f"there is {JSON} and {NDJSON}")
    return False
