"""How actors stand to each other, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BeforeValidator

from api.accepting import accepted
from api.answering import JSON, NDJSON
from api.bodies import Body
from api.bodies.alignments import alignments_body, pair_body
from api.bodies.matrix import matrix_body, summary_body
from api.documenting import question
from api.matrix_lines import LINES
from api.matrix_streams import Detail, Piece, Streamed, StreamedInFull, streamed
from api.memento import headers_of, refuse_if_held
from api.paging import Page, PageDep
from api.parameters import ActorPath, Asked, AskedDep, AskedWithoutPartsDep, only_documented
from api.planned import Planned
from api.problems import Refusing, wrong_parameter
from api.reading import Slug, listed
from api.schemas.answers import AlignmentsAnswer, PairAnswer
from api.schemas.matrix import AS_LINES, CSV, MatrixAnswer, SummaryAnswer
from api.serving import Serving, ServingDep
from domain.viewpoint import Viewpoint
from infrastructure.answering import viewpoint_json
from infrastructure.questions.registrations import UnknownActors
from infrastructure.questions.snapshots import Snapshot

FEWEST_ACTORS, MOST_ACTORS = 2, 50
SOON = 10
"""How so many actors stand to each other is answered at once."""

router = APIRouter(
    tags=["alignments"], dependencies=[Depends(only_documented)], route_class=Planned
)


Form = Literal["json", "ndjson", "csv"]
FORMS: dict[str, Form] = {JSON: "json", NDJSON: "ndjson", CSV: "csv"}


@router.get(
    "/v1/alignments",
    response_model=AlignmentsAnswer | MatrixAnswer | SummaryAnswer,
    responses={200: AS_LINES, **question("not-acceptable")},
    summary="Every pair among some actors, or of all",
)
async def list_alignments(
    *,
    request: Request,
    serving: ServingDep,
    asked: AskedDep,
    page: PageDep,
    actors: Annotated[
        list[Slug] | None,
        BeforeValidator(listed),
        Query(description="2 to 50 actors, separated by commas; left out, everybody."),
    ] = None,
    format: Annotated[
        Form | None,
        Query(description="In place of the header Accept. As lines, no page ends the answer."),
    ] = None,
    detail: Annotated[
        Detail,
        Query(
            description="Without `actors`: `summary` tells of each pair its alignment, cooperation "
            "and conflict only, many times as fast."
        ),
    ] = "full",
) -> Response:
    """The alignment of each pair on `valid_at`, as the log knew it, with the deciding events.

    Without `actors`, every pair that is not `unknown`, by both ids: in pages of JSON, or all of
    them as NDJSON (`Accept: application/x-ndjson`) or CSV (`text/csv`), which the header
    `Foedus-Viewpoint` tells the viewpoint of. With `detail=summary` how each stands, and not why.
    """
    form = format or FORMS[accepted(request, list(FORMS))]
    if actors is None and asked.request.parts:
        raise wrong_parameter("include", "parts is for pairs among `actors`, not for everybody")
    if actors is not None and detail == "summary":
        raise wrong_parameter("detail", "summary is for everybody, not for pairs among `actors`")
    if actors is not None or form != "json":
        _refuse_paging(request)
    chosen = [] if actors is None else _chosen(actors)
    try:
        if form != "json":
            return await _as_lines(request, serving, asked, (form, detail), chosen)
        if chosen:
            return await _among(request, serving, asked, chosen)
        return await _page(request, serving, asked, page, detail=detail)
    except UnknownActors as unknown:
        raise wrong_parameter("actors", str(unknown)) from unknown


@router.get(
    "/v1/actors/{id}/alignments",
    response_model=MatrixAnswer,
    responses=question("not-found"),
    summary="Every pair of one actor",
)
async def list_alignments_of_actor(
    *,
    request: Request,
    serving: ServingDep,
    asked: AskedWithoutPartsDep,
    page: PageDep,
    id: ActorPath,
) -> Response:
    """Everybody whose alignment with the actor is not `unknown`, by their ids, in pages."""
    try:
        return await _page(request, serving, asked, page, actor=id)
    except UnknownActors as unknown:
        raise Refusing("not-found", str(unknown)) from unknown


async def _among(
    request: Request, serving: Serving, asked: Asked, actors: Sequence[str]
) -> Response:
    """Every pair among some actors."""

    def ask(snapshot: Snapshot, viewpoint: Viewpoint) -> Body:
        return alignments_body(snapshot, viewpoint, actors)

    long = asked.request.parts or len(actors) > SOON
    return await serving.answer(request, ask, asked.request, asked.wait, apart=long)


async def _page(
    request: Request,
    serving: Serving,
    asked: Asked,
    page: Page,
    *,
    actor: str | None = None,
    detail: Detail = "full",
) -> Response:
    """A page of the whole matrix, or of an actor's part of it."""

    def ask(snapshot: Snapshot, viewpoint: Viewpoint) -> Body:
        after, limit = page.pair(), page.limit
        if detail == "summary":
            body, last = summary_body(snapshot, viewpoint, after=after, limit=limit)
        else:
            body, last = matrix_body(snapshot, viewpoint, actor=actor, after=after, limit=limit)
        return body | {"next": page.next(body["viewpoint"], last)}

    return await serving.answer(request, ask, page.pinned(asked.request), asked.wait, apart=True)


async def _as_lines(
    request: Request,
    serving: Serving,
    asked: Asked,
    how: tuple[str, Detail],
    actors: Sequence[str],
) -> Response:
    """Pairs among some actors as lines, or all; what is refused is refused before the first line."""
    form, detail = how

    def ask(snapshot: Snapshot, viewpoint: Viewpoint) -> tuple[Streamed, Piece, Mapping[str, str]]:
        headers = headers_of(request, viewpoint_json(viewpoint))
        refuse_if_held(request, headers)
        if actors:
            few = StreamedInFull(viewpoint, LINES[form])
            return few, few.among(snapshot, actors), headers
        everybody = streamed(viewpoint, form, detail)
        return everybody, everybody.piece(snapshot, None), headers

    lines, first, headers = await serving.view(ask, asked.request, asked.wait, apart=True)
    return lines.response(serving, first, headers)


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
    pair = min(a, b), max(a, b)

    def ask(snapshot: Snapshot, viewpoint: Viewpoint) -> Body:
        try:
            body, last = pair_body(snapshot, viewpoint, pair, after=page.number(), limit=page.limit)
        except UnknownActors as unknown:
            raise Refusing("not-found", str(unknown)) from unknown
        return body | {"next": page.next(body["viewpoint"], last)}

    return await serving.answer(request, ask, page.pinned(asked.request), asked.wait, apart=True)


def _refuse_paging(request: Request) -> None:
    """Only the whole matrix as JSON comes in pages."""
    for name in ("after", "limit"):
        if name in request.query_params:
            raise wrong_parameter(name, "is for pages of every pair as JSON; this is given whole")


def _chosen(actors: list[str]) -> list[str]:
    if len(set(actors)) < len(actors):
        raise wrong_parameter("actors", "must not hold an actor twice")
    if not FEWEST_ACTORS <= len(actors) <= MOST_ACTORS:
        raise wrong_parameter(
            "actors", f"must hold {FEWEST_ACTORS} to {MOST_ACTORS} actors, not {len(actors)}"
        )
    return actors
