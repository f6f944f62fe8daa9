"""The log as a stream: what is in it, and what comes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BeforeValidator, Field, WithJsonSchema

from api.accepting import accepted
from api.answering import JSON
from api.documenting import refusals
from api.filters import WantedDep, require_named
from api.parameters import only_documented
from api.planned import Planned
from api.problems import Fault, Refusing
from api.reading import Wait, Whole, seconds, whole
from api.schemas.events import REFERENCES
from api.serving import ServingDep
from api.streaming import PATH, PLAIN, AsMessage, EventStream, Subscription
from domain.fields import MOST_WHOLE

EVENT_STREAM = "text/event-stream"
HEAD = "head"

router = APIRouter(tags=["events"], dependencies=[Depends(only_documented)], route_class=Planned)


def _place(given: Any) -> Any:
    return given if given == HEAD else whole(given)


Place = Annotated[
    int | Literal["head"],
    BeforeValidator(_place),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 0, "maximum": MOST_WHOLE}, {"const": HEAD}]}
    ),
]
Heartbeat = Annotated[float, Field(ge=1, le=60), BeforeValidator(seconds)]


MESSAGE = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^[0-9]+$", "description": "The position."},
        "event": {"const": "message"},
        "data": {
            "type": "string",
            "contentMediaType": JSON,
            "contentSchema": {
                "oneOf": [
                    {"$ref": REFERENCES + "RecordedEvent"},
                    {"$ref": REFERENCES + "CloudEvent"},
                ]
            },
        },
    },
    "required": ["id", "event", "data"],
}
"""A message as OpenAPI 3.2 describes the items of a stream."""


@router.get(
    PATH,
    responses={
        200: {
            "description": "Server-sent events that go on: the `id` of each is its position, its "
            "`data` a RecordedEvent or a CloudEvent.",
            "content": {EVENT_STREAM: {"itemSchema": MESSAGE}},
        },
        **refusals("invalid-parameter", "not-acceptable", "ahead-of-log", "too-many-streams"),
    },
    summary="Follow the log",
)
async def stream_events(
    request: Request,
    serving: ServingDep,
    wanted: WantedDep,
    *,
    after: Annotated[
        Place,
        Query(
            description="Only events after this position; `head` means those yet to be recorded."
        ),
    ] = 0,
    last_event_id: Annotated[
        Whole | None,
        Header(
            alias="Last-Event-ID",
            description="The position to go on from, as clients send it when they come back; "
            "it counts before `after`.",
        ),
    ] = None,
    format: Annotated[
        Literal["cloudevents"] | None,
        Query(description="`cloudevents`: as CloudEvents 1.0, JSON format."),
    ] = None,
    heartbeat: Annotated[
        Heartbeat, Query(description="After so many seconds without an event a comment is sent.")
    ] = 15.0,
    wait: Annotated[
        Wait | None,
        Query(
            description="End after so many seconds without an event, once the log's head was "
            "reached. Not given: never."
        ),
    ] = None,
) -> Response:
    """Every event that the filters keep, in order and once, as soon as the log holds it.

    Who comes back with the last `id` goes on behind it. An `id` that comes without data says how
    far the log was looked through.
    """
    accepted(request, (EVENT_STREAM,))
    head = await serving.head()
    begin = _begin(after, last_event_id, head)
    await serving.database.ask(lambda conn: require_named(conn, wanted))
    asked = Subscription(
        wanted=wanted,
        after=begin,
        head=head,
        form=PLAIN if format is None else AsMessage(serving.cloudevents),
        heartbeat=heartbeat,
        wait=wait,
    )
    return EventStream(serving.following, asked)


def _begin(after: int | Literal["head"], last_event_id: int | None, head: int) -> int:
    """The position to begin behind; one that the log has not reached was seen in another log."""
    name = "after" if last_event_id is None else "Last-Event-ID"
    begin = after if last_event_id is None else last_event_id
    if isinstance(begin, str):
        return head
    if begin > head:
        detail = f"position {begin} is ahead of the log, which ends at {head}"
        raise Refusing("ahead-of-log", detail, [Fault(detail, parameter=name)], position=head)
    return begin
