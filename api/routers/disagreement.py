"""How the accounts of a pair differ, and which claims they differ by."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BeforeValidator, Field

from api.bodies import Body
from api.bodies.disagreement import disagreement_body
from api.documenting import question
from api.parameters import ActorPath, Asked, AskedWithoutPartsDep, only_documented
from api.planned import Planned
from api.problems import Refusing, wrong_parameter
from api.reading import Slug, listed
from api.schemas.disagreement import DISAGREEMENT_EXAMPLE, DisagreementAnswer
from api.serving import ServingDep
from domain.viewpoint import Viewpoint
from infrastructure.questions.quarrels import Two
from infrastructure.questions.registrations import UnknownActors
from infrastructure.questions.snapshots import Snapshot

router = APIRouter(
    tags=["alignments"], dependencies=[Depends(only_documented)], route_class=Planned
)


async def _nobodys(asked: AskedWithoutPartsDep) -> Asked:
    if asked.request.according_to is not None:
        raise wrong_parameter(
            "according_to", "every claimant's account is told; between=X,Y compares two"
        )
    return asked


async def _between(
    between: Annotated[
        Annotated[list[Slug], Field(min_length=1, max_length=2)] | None,
        BeforeValidator(listed),
        Query(
            description="Two claimants, `X,Y`, whose accounts are to be compared; one is compared "
            "with the claims without a claimant. Default: the first accounts that differ."
        ),
    ] = None,
) -> Two | None:
    if between is None:
        return None
    *others, last = between
    if others == [last]:
        raise wrong_parameter("between", "two accounts are of two different claimants")
    return (others[0] if others else None, last)


@router.get(
    "/v1/alignments/{a}/{b}/disagreement",
    response_model=DisagreementAnswer,
    responses={200: DISAGREEMENT_EXAMPLE, **question("not-found")},
    summary="How the accounts of one pair differ, and by which claims",
)
async def show_disagreement(
    *,
    request: Request,
    serving: ServingDep,
    asked: Annotated[Asked, Depends(_nobodys)],
    between: Annotated[Two | None, Depends(_between)],
    a: ActorPath,
    b: ActorPath,
) -> Response:
    """Each claimant's alignment, and claims as if without which two of them would have one alignment.

    Ask for the alignment `according_to` either, `without` these events, to see it. Putting any one
    of them back makes the two differ again.
    """
    if a == b:
        raise wrong_parameter("b", "a pair is of two different actors")
    pair = min(a, b), max(a, b)

    def ask(snapshot: Snapshot, viewpoint: Viewpoint) -> Body:
        try:
            return disagreement_body(snapshot, viewpoint, pair, between)
        except UnknownActors as unknown:
            if not set(pair) & set(unknown.ids):
                raise wrong_parameter("between", str(unknown)) from unknown
            raise Refusing("not-found", str(unknown)) from unknown

    return await serving.answer(request, ask, asked.request, asked.wait, takes="long")
