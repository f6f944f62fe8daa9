"""How actors stand to each other, and why."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BeforeValidator

from api.answering import answered_from
from api.bodies import alignments_body, pair_body
from api.documenting import question
from api.paging import PageDep
from api.parameters import ActorPath, Asked, AskedDep, only_documented
from api.problems import Refusing, wrong_parameter
from api.reading import Slug, listed
from api.schemas.answers import AlignmentsAnswer, PairAnswer
from api.serving import ServingDep
from infrastructure.questions.registrations import UnknownActors
from infrastructure.questions.snapshots import Snapshot

FEWEST_ACTORS, MOST_ACTORS = 2, 50

router = APIRouter(tags=["alignments"], dependencies=[Depends(only_documented)])


@router.get(
    "/v1/alignments",
    response_model=AlignmentsAnswer,
    responses=question(),
    summary="Every pair among some actors",
)
async def list_alignments(
    request: Request,
    serving: ServingDep,
    asked: AskedDep,
    actors: Annotated[
        list[Slug] | None,
        BeforeValidator(listed),
        Query(description="2 to 50 actors, separated by commas."),
    ] = None,
) -> Response:
    """The alignment of each pair on `valid_at`, as the log knew it, with the deciding events."""
    chosen = _chosen(actors)
    now = serving.clock()

    def ask(snapshot: Snapshot) -> dict[str, Any]:
        return alignments_body(snapshot, asked.request, chosen, today=now.date(), now=now)

    try:
        answer = await serving.ask(ask, asked.request, asked.wait)
    except UnknownActors as unknown:
        name = "according_to" if _asks_by(asked, unknown, chosen) else "actors"
        raise wrong_parameter(name, str(unknown)) from unknown
    return answered_from(request, answer)


@router.get(
    "/v1/alignments/{a}/{b}",
    response_model=PairAnswer,
    responses=question("not-found"),
    summary="One pair, with the evidence for and against",
)
async def show_alignment(
    *,
    request: Request,
    serving: ServingDep,
    asked: AskedDep,
    page: PageDep,
    a: ActorPath,
    b: ActorPath,
) -> Response:
    """Every event that touches the pair, admitted or the reason why not; either order of the two."""
    if a == b:
        raise wrong_parameter("b", "a pair is of two different actors")
    first, second = sorted((a, b))
    pinned = page.pinned(asked.request)
    now = serving.clock()

    def ask(snapshot: Snapshot) -> tuple[dict[str, Any], int | None]:
        return pair_body(
            snapshot,
            pinned,
            (first, second),
            today=now.date(),
            now=now,
            after=page.number(),
            limit=page.limit,
        )

    try:
        answer, last = await serving.ask(ask, pinned, asked.wait)
    except UnknownActors as unknown:
        if _asks_by(asked, unknown, [a, b]):
            raise wrong_parameter("according_to", str(unknown)) from unknown
        raise Refusing("not-found", str(unknown)) from unknown
    answer["next"] = page.next(answer["viewpoint"], last)
    return answered_from(request, answer)


def _chosen(actors: list[str] | None) -> list[str]:
    if actors is None:
        raise wrong_parameter("actors", "must be given; the whole matrix is not offered yet")
    if len(set(actors)) < len(actors):
        raise wrong_parameter("actors", "must not hold an actor twice")
    if not FEWEST_ACTORS <= len(actors) <= MOST_ACTORS:
        raise wrong_parameter(
            "actors", f"must hold {FEWEST_ACTORS} to {MOST_ACTORS} actors, not {len(actors)}"
        )
    return actors


def _asks_by(asked: Asked, unknown: UnknownActors, actors: list[str]) -> bool:
    """Whether it is `according_to` that nobody knows, and not one of the actors asked about."""
    by = asked.request.according_to
    return by in unknown.ids and by not in actors
