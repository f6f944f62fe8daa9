"""Reading the log as it was recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import Connection

from api import cloudevents
from api.accepting import accepted
from api.answering import JSON, answered
from api.documenting import NOT_MODIFIED, referring, refusals
from api.exporting import bodies, chosen, streaming
from api.filters import WantedDep, require_named
from api.paging import USUAL_ITEMS, Limit
from api.parameters import EventPath, only_documented
from api.planned import Planned
from api.problems import Refusing
from api.reading import Whole
from api.serving import Serving, ServingDep
from infrastructure.exporting.cloudevents import BATCH, ONE
from infrastructure.exporting.forms import Origin, Stretch
from infrastructure.exporting.log import LOG_FORMS, ExportedLog
from infrastructure.questions import events as log

router = APIRouter(tags=["events"], dependencies=[Depends(only_documented)], route_class=Planned)


FormName = Literal["json", "ndjson", "cloudevents", "parquet"]
_LINE = referring("RecordedEvent", "")["content"][JSON]
_BATCH = {"schema": cloudevents.BATCH_SCHEMA}


def _listed() -> dict[str, Any]:
    page = referring("EventPage", "Events by position.")
    page["content"] |= bodies(LOG_FORMS.values(), {"ndjson": _LINE, "cloudevents": _BATCH})
    description = (
        "Events by position; as NDJSON one in each line. A page may have fewer than `limit` events "
        "where they are large: only `next` (of a batch of CloudEvents, the header `Link`) tells "
        "whether there are more."
    )
    return {**page, "description": description}


def _shown() -> dict[str, Any]:
    shown = referring("RecordedEvent", "The event, with what retracted or superseded it.")
    shown["content"] |= referring("CloudEvent", "", ONE)["content"]
    return {**shown, "description": "The event, with what retracted or superseded it."}


@router.get(
    "/v1/events",
    summary="Read the log in order",
    responses={
        200: _listed(),
        **NOT_MODIFIED,
        **refusals("invalid-parameter", "not-acceptable", "not-installed"),
    },
)
async def list_events(
    *,
    request: Request,
    serving: ServingDep,
    wanted: WantedDep,
    after: Annotated[
        Whole, Query(description="Only events after this position; `next` gives it.")
    ] = 0,
    limit: Annotated[
        Limit | None,
        Query(description="The most events; not given, 100 as JSON and all in another form."),
    ] = None,
    format: Annotated[FormName | None, Query(description="In place of the header Accept.")] = None,
) -> Response:
    """The list runs on to the log's head of the moment.

    NDJSON by `Accept: application/x-ndjson`, CloudEvents by
    `Accept: application/cloudevents-batch+json`, Parquet by `Accept: application/vnd.apache.parquet`.
    """
    form = chosen(request, format, LOG_FORMS, {"json": JSON})
    if form == "json" or (form == "cloudevents" and limit is not None):
        return await _page(request, serving, (wanted, after, limit or USUAL_ITEMS), form)
    upto = await serving.head()

    def ask(conn: Connection) -> tuple[ExportedLog, Stretch]:
        require_named(conn, wanted)
        export = ExportedLog(Origin.of(conn), LOG_FORMS[form], upto, wanted, after, limit)
        return export, export.stretch(conn, None)

    export, first = await serving.database.ask(ask)
    return streaming(serving, export, first, {})


async def _page(
    request: Request, serving: Serving, asked: tuple[log.EventFilter, int, int], form: str
) -> Response:
    """A page as JSON, or as a batch of CloudEvents whose header names the next."""
    wanted, after, limit = asked

    def ask(conn: Connection) -> log.Stretch:
        require_named(conn, wanted)
        return log.events(conn, wanted, after=after, limit=limit)

    found = await serving.database.ask(ask)
    cursor = str(found.upto) if found.full else None
    if form == "json":
        items = await _written(found, log.RecordedEvent.fields)
        return answered(request, {"items": items, "next": cursor})
    batch = await _written(found, serving.cloudevents)
    return answered(request, batch, _following(request, cursor), BATCH)


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
    form = accepted(request, (JSON, ONE))
    try:
        found = await serving.database.ask(lambda conn: log.event(conn, id))
    except log.UnknownEvent as unknown:
        raise Refusing("not-found", str(unknown)) from unknown
    if form == ONE:
        return answered(request, serving.cloudevents(found), media_type=form)
    endings = {"retracted_by": found.retracted_by, "superseded_by": found.superseded_by}
    return answered(request, found.fields() | endings)
