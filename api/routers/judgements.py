"""Who is judged to be the same actor, and by whom."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from api.documenting import question
from api.paging import PageDep
from api.parameters import AskedWithoutPartsDep, only_documented
from api.planned import Planned
from api.problems import wrong_parameter
from api.reading import Slug
from api.schemas.actors import JudgementsAnswer
from api.serving import ServingDep
from domain.viewpoint import Viewpoint
from domain.vocabulary.actors import Judgement
from infrastructure.answering import plain, viewpoint_json
from infrastructure.questions.judgements import judgements
from infrastructure.questions.registrations import UnknownActors
from infrastructure.questions.snapshots import Snapshot

router = APIRouter(tags=["actors"], dependencies=[Depends(only_documented)], route_class=Planned)


@router.get(
    "/v1/judgements",
    response_model=JudgementsAnswer,
    responses=question(),
    summary="Opinions whether two actors are the same",
)
async def list_judgements(
    *,
    request: Request,
    serving: ServingDep,
    asked: AskedWithoutPartsDep,
    page: PageDep,
    actor: Annotated[Slug | None, Query(description="On this actor and another.")] = None,
    judgement: Annotated[Judgement | None, Query(description="That say this.")] = None,
) -> Response:
    """By position, neither retracted nor superseded, whatever claims the viewpoint admits.

    `standing`: the claimant has not judged the two again since. Opinions of several claimants
    stand side by side; none of them merges actors or moves a stance.
    """

    def ask(snapshot: Snapshot, viewpoint: Viewpoint) -> dict[str, Any]:
        try:
            items, last = judgements(
                snapshot,
                viewpoint,
                actor=actor,
                judgement=judgement,
                after=page.number(),
                limit=page.limit,
            )
        except UnknownActors as unknown:
            raise wrong_parameter("actor", str(unknown)) from unknown
        echo = viewpoint_json(viewpoint)
        return {"viewpoint": echo, "items": plain(items), "next": page.next(echo, last)}

    return await serving.answer(request, ask, page.pinned(asked.request), asked.wait)
