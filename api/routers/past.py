"""How a pair stood over all of time, and how the answer for a day changed as the log grew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from api.documenting import question
from api.memento import answered_from
from api.paging import Page, PageDep
from api.parameters import ActorPath, Asked, AskedWithoutPartsDep, only_documented
from api.past_bodies import revisions_body, timeline_body
from api.problems import Refusing, wrong_parameter
from api.schemas.past import (
    REVISIONS_EXAMPLE,
    TIMELINE_EXAMPLE,
    RevisionsAnswer,
    TimelineAnswer,
)
from api.serving import Serving, ServingDep
from infrastructure.questions.registrations import UnknownActors
from infrastructure.questions.snapshots import Snapshot

router = APIRouter(tags=["alignments"], dependencies=[Depends(only_documented)])

Body = Callable[..., tuple[dict[str, Any], int | None]]


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
    body: Body,
) -> Response:
    a, b = actors
    if a == b:
        raise wrong_parameter("b", "a pair is of two different actors")
    pair = min(a, b), max(a, b)
    pinned, after = page.pinned(asked.request), page.number()
    now = serving.clock()

    def ask(snapshot: Snapshot) -> tuple[dict[str, Any], int | None]:
        return body(
            snapshot, pinned, pair, today=now.date(), now=now, after=after, limit=page.limit
        )

    try:
        answer, last = await serving.ask(ask, pinned, asked.wait, apart=True, conditional=request)
    except UnknownActors as unknown:
        by = asked.request.according_to
        if by in unknown.ids and by not in pair:
            raise wrong_parameter("according_to", str(unknown)) from unknown
        raise Refusing("not-found", str(unknown)) from unknown
    answer["next"] = page.next(answer["viewpoint"], last)
    return answered_from(request, answer)
