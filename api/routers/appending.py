"""Appending events."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.routing import APIRoute

from api.answering import JSON, as_json
from api.documenting import refusals
from api.parameters import only_documented
from api.reading import Whole
from api.recording import body_of, record
from api.schemas.answers import Receipt, Receipts
from api.schemas.events import request_body
from api.serving import ServingDep
from api.settings import Settings

ExpectedPosition = Annotated[
    Whole | None,
    Query(
        description="Refuse if an event touching the same actors was appended after this position."
    ),
]


class _Direct(APIRoute):
    """Hands a request that has no query to the endpoint as it is: there is nothing to read from it.

    The framework's reading of parameters takes as long as reading and checking an event.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        through_the_parameters = super().get_route_handler()

        async def handle(request: Request) -> Response:
            if request.scope["query_string"]:
                return await through_the_parameters(request)
            return await append_events(request, request.app.state.serving)

        return handle


def add_to(router: APIRouter, settings: Settings) -> None:
    """Add the address that takes events, with the limits of these settings in its documentation.

    It belongs to the application's own router: matching through an included one takes as long again.
    """
    router.add_api_route(
        "/v1/events",
        append_events,
        methods=["POST"],
        tags=["events"],
        dependencies=[Depends(only_documented)],
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
        route_class_override=_Direct,
    )


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
