"""Hints for pairs about which nothing is known, apart from evidence."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from api.bodies.suggestions import suggestions_body
from api.documenting import question
from api.paging import PageDep
from api.parameters import AskedWithoutPartsDep, only_documented
from api.planned import Planned
from api.problems import wrong_parameter
from api.reading import Slug
from api.schemas.suggestions import SUGGESTIONS_EXAMPLE, SuggestionsAnswer
from api.serving import ServingDep
from domain.viewpoint import Viewpoint
from infrastructure.questions.registrations import UnknownActors
from infrastructure.questions.snapshots import Snapshot

router = APIRouter(
    tags=["suggestions"], dependencies=[Depends(only_documented)], route_class=Planned
)


@router.get(
    "/v1/suggestions",
    response_model=SuggestionsAnswer,
    responses={200: SUGGESTIONS_EXAMPLE, **question()},
    summary="What structural balance would expect of an actor's unknown pairs: not evidence",
)
async def list_suggestions(
    *,
    request: Request,
    serving: ServingDep,
    asked: AskedWithoutPartsDep,
    page: PageDep,
    actor: Annotated[Slug, Query(description="The actor whose unknown pairs are asked about.")],
) -> Response:
    """For each pair that is `unknown` from this viewpoint: which way third actors point, and by what rule.

    Friends of a friend and enemies of an enemy may lean towards cooperation, a friend of an enemy towards
    hostility. Premises are alignments of this viewpoint that are certain, and neither mixed nor
    neutral. No alignment is ever computed from a hint.
    """

    def ask(snapshot: Snapshot, viewpoint: Viewpoint) -> dict[str, Any]:
        try:
            body, last = suggestions_body(
                snapshot, viewpoint, actor, after=page.slug(), limit=page.limit
            )
        except UnknownActors as unknown:
            raise wrong_parameter("actor", str(unknown)) from unknown
        return body | {"next": page.next(body["viewpoint"], last)}

    return await serving.answer(request, ask, page.pinned(asked.request), asked.wait, takes="long")
