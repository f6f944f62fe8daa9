"""How a pair stood over all of time, and how the answer for a day changed as the log grew."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Depends, Request, Response

from api.bodies import Body
from api.bodies.past import revisions_body, timeline_body
from api.documenting import question
from api.paging import Page, PageDep
from api.parameters import ActorPath, Asked, AskedWithoutPartsDep, only_documented
from api.planned import Planned
from api.problems import Refusing, wrong_parameter
from api.schemas.past import (
    REVISIONS_EXAMPLE,
    TIMELINE_EXAMPLE,
    RevisionsAnswer,
    TimelineAnswer,
)
from api.serving import Serving, ServingDep
from domain.viewpoint import Viewpoint
from infrastructure.questions.registrations import UnknownActors
from infrastructure.questions.snapshots import Snapshot

router = APIRouter(
    tags=["alignments"], dependencies=[Depends(only_documented)], route_class=Planned
)

Question = Callable[..., tuple[Body, int | None]]


@router.get(
    "/v1/alignments/{a}/{b}/timeline",
    response_model=TimelineAnswer,
    responses={200: TIMELINE_EXAMPLE, **question("not-found")},
    summary="How one pair stood over all of time",
)
async def show_timeline(
    *,
    request: Request,
    serving: ServingDep,
    asked: AskedWithoutPartsDep,
    page: PageDep,
    a: ActorPath,
    b: ActorPath,
) -> Response:
    """Segments on which alignment, cooperation and conflict stay the same, and what opened each.

    `opened_by` names the events that take hold on `from`, by place. `valid_at` is not used.
    """
    return await _page(request, serving, asked, page, actors=(a, b), body=timeline_body)


@router.get(
    "/v1/alignments/{a}/{b}/revisions",
    response_model=RevisionsAnswer,
    responses={200: REVISIONS_EXAMPLE, **question("not-found")},
    summary="How the answer on one pair changed as the log grew",
)
async def show_revisions(
    *,
    request: Request,
    serving: ServingDep,
    asked: AskedWithoutPartsDep,
    page: PageDep,
    a: ActorPath,
    b: ActorPath,
) -> Response:
    """Each position up to `known_at` with which the answer for `valid_at` became another."""
    return await _page(request, serving, asked, page, actors=(a, b), body=revisions_body)


async def _page(
    request: Request,
    serving: Serving,
    asked: Asked,
    page: Page,
    *,
    actors: tuple[str, str],
    body: Question,
) -> Response:
    a, b = actors
    if a == b:
        raise wrong_parameter("b", "a pair is of two different actors")
    pair = min(a, b), max(a, b)

    def ask(snapshot: Snapshot, viewpoint: Viewpoint) -> Body:
        try:
            told, last = body(snapshot, viewpoint, pair, after=page.number(), limit=page.limit)
        except UnknownActors as unknown:
            raise Refusing("not-found", str(unknown)) from unknown
        return told | {"next": page.next(told["viewpoint"], last)}

    return await serving.answer(request, ask, page.pinned(asked.request), asked.wait, takes="long")
