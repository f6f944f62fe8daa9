"""Reading the log as it was recorded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Connection

from api import cloudevents
from api.accepting import accepted
from api.answering import JSON, NDJSON, answered, as_line
from api.documenting import NOT_MODIFIED, referring, refusals
from api.filters import WantedDep, require_named
from api.paging import MOST_ITEMS, USUAL_ITEMS, Limit
from api.parameters import EventPath, only_documented
from api.planned import Planned
from api.problems import Refusing
from api.reading import Whole
from api.serving import Serving, ServingDep
from domain.fields import MOST_WHOLE
from infrastructure.questions import events as log

router = APIRouter(tags=["events"], dependencies=[Depends(only_documented)], route_class=Planned)


def _listed() -> dict[str, Any]:
    page = referring("EventPage", "Events by position.")
    page["content"] |= referring("RecordedEvent", "", NDJSON)["content"]
    page["content"][cloudevents.BATCH] = {"schema": cloudevents.BATCH_SCHEMA}
    description = (
        "Events by position; as NDJSON one in each line. A page may have fewer than `limit` events "
        "where they are large: only `next` (of a batch of CloudEvents, the header `Link`) tells "
        "whether there are more."
    )
    return {**page, "description": description}


def _shown() -> dict[str, Any]:
    shown = referring("RecordedEvent", "The event, with what retracted or superseded it.")
    shown["content"] |= referring("CloudEvent", "", cloudevents.ONE)["content"]
    return {**shown, "description": "The event, with what retracted or superseded it."}


@router.get(
    "/v1/events",
    summary="Read the log in order",
    responses={
        200: _listed(),
        **NOT_MODIFIED,
        **refusals("invalid-parameter", "not-acceptable"),
    },
)
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
    """The list runs on to the log's head of the moment.

    NDJSON by `Accept: application/x-ndjson`, CloudEvents by
    `Accept: application/cloudevents-batch+json`.
    """
    form = accepted(request, (JSON, NDJSON, cloudevents.BATCH))
    if form == NDJSON:
        upto = await serving.head() if limit is None else MOST_WHOLE
        first = _Page(wanted, after, upto, limit or MOST_WHOLE)
        found = await serving.database.ask(first.read_known)
        return StreamingResponse(_lines(serving, first, found), media_type=NDJSON)
    page = _Page(wanted, after, MOST_WHOLE, limit or USUAL_ITEMS)
    found = await serving.database.ask(page.read_known)
    cursor = str(found.upto) if found.full else None
    if form == JSON:
        items = await _written(found, log.RecordedEvent.fields)
        return answered(request, {"items": items, "next": cursor})
    batch = await _written(found, serving.cloudevents)
    return answered(request, batch, _following(request, cursor), cloudevents.BATCH)


@dataclass(frozen=True, slots=True)
class _Page:
    """So many of the wanted events after a position and up to another."""

    wanted: log.EventFilter
    after: int
    upto: int
    limit: int

    def read_known(self, conn: Connection) -> log.Stretch:
        """As `read`, but refuse what no event names."""
        require_named(conn, self.wanted)
        return self.read(conn)

    def read(self, conn: Connection) -> log.Stretch:
        limit = min(self.limit, MOST_ITEMS)
        return log.events(conn, self.wanted, after=self.after, upto=self.upto, limit=limit)

    def rest(self, found: log.Stretch) -> _Page:
        """What remains of it behind what was found."""
        left = self.limit - len(found.stored)
        return replace(self, after=found.upto, limit=left)


async def _lines(serving: Serving, page: _Page, found: log.Stretch) -> AsyncIterator[bytes]:
    """The first of the events, and those that follow, one page at a time."""
    while True:
        fields = await _written(found, log.RecordedEvent.fields)
        yield b"".join(as_line(one) for one in fields)
        page = page.rest(found)
        if not found.full or not page.limit:
            return
        found = await serving.database.ask(page.read)


async def _written(
    found: log.Stretch, fields: Callable[[log.RecordedEvent], dict[str, Any]]
) -> list[dict[str, Any]]:
    """The events as JSON values; reading a page of them takes too long for the event loop."""
    return await asyncio.to_thread(lambda: [fields(log.recorded(one)) for one in found.stored])


def _following(request: Request, cursor: str | None) -> dict[str, str]:
    """The header that names the next page (RFC 8288)."""
    if cursor is None:
        return {}
    following = request.url.include_query_params(after=cursor)
    return {"Link": f'<{following.path}?{following.query}>; rel="next"'}


@router.get(
    "/v1/events/{id}",
    summary="One event, and what became of it",
    responses={
        200: _shown(),
        **NOT_MODIFIED,
        **refusals("not-found", "invalid-parameter", "not-acceptable"),
    },
)
async def show_event(request: Request, serving: ServingDep, id: EventPath) -> Response:
    """An event by its id, with the ids of the events that retracted or superseded it.

    As a CloudEvent, without those, by `Accept: application/cloudevents+json`.
    """
    form = accepted(request, (JSON, cloudevents.ONE))
    try:
        found = await serving.database.ask(lambda conn: log.event(conn, id))
    except log.UnknownEvent as unknown:
        raise Refusing("not-found", str(unknown)) from unknown
    if form == cloudevents.ONE:
        return answered(request, serving.cloudevents(found), media_type=form)
    endings = {"retracted_by": found.retracted_by, "superseded_by": found.superseded_by}
    return answered(request, found.fields() | endings)
