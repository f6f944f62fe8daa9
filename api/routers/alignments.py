"""How actors stand to each other, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BeforeValidator

from api.answering import JSON
from api.bodies import Body
from api.bodies.alignments import alignments_body, pair_body
from api.bodies.matrix import matrix_body, summary_body
from api.documenting import question
from api.exporting import chosen, streaming
from api.memento import headers_of, refuse_if_held
from api.paging import Page, PageDep, refuse_paging
from api.parameters import ActorPath, Asked, AskedDep, AskedWithoutPartsDep, only_documented
from api.planned import Planned
from api.problems import Refusing, wrong_parameter
from api.reading import Slug, listed
from api.schemas.answers import AlignmentsAnswer, PairAnswer
from api.schemas.matrix import AS_FILES, MatrixAnswer, SummaryAnswer
from api.serving import Serving, ServingDep
from domain.viewpoint import Viewpoint
from infrastructure.answering import viewpoint_json
from infrastructure.bounds import Takes
from infrastructure.exporting.alignment_forms import ALIGNMENT_FORMS
from infrastructure.exporting.forms import Detail, Origin, Stretch
from infrastructure.exporting.pairs import ExportedPairs
from infrastructure.questions.registrations import UnknownActors
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.viewpoints import ViewpointRequest

FEWEST_ACTORS, MOST_ACTORS = 2, 50
AT_ONCE, SOON = 4, 10
"""How so many actors stand to each other takes little to compute, and some."""

router = APIRouter(
    tags=["alignments"], dependencies=[Depends(only_documented)], route_class=Planned
)


FormName = Literal["json", "ndjson", "csv", "parquet", "graphml", "stix"]


@router.get(
    "/v1/alignments",
    response_model=AlignmentsAnswer | MatrixAnswer | SummaryAnswer,
    responses={200: AS_FILES, **question("not-acceptable", "not-installed")},
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
        FormName | None,
        Query(
            description="In place of the header Accept. In another form than `json` the answer is "
            "whole, without pages."
        ),
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
    them as NDJSON (`Accept: application/x-ndjson`), CSV (`text/csv`), Parquet, GraphML or a STIX
    bundle, which the header `Foedus-Viewpoint` tells the viewpoint of. With `detail=summary` how
    each stands, and not why.
    """
    form = chosen(request, format, ALIGNMENT_FORMS, {"json": JSON})
    if actors is None and asked.request.parts:
        raise wrong_parameter("include", "parts is for pairs among `actors`, not for everybody")
    if actors is not None and detail == "summary":
        raise wrong_parameter("detail", "summary is for everybody, not for pairs among `actors`")
    if form in ALIGNMENT_FORMS and detail not in ALIGNMENT_FORMS[form].details:
        raise wrong_parameter("detail", f"{form} tells of each direction, which a summary does not")
    if actors is not None or form != "json":
        refuse_paging(request)
    few = [] if actors is None else _few(actors)
    try:
        if form != "json":
            return await _as_file(request, serving, asked, (form, detail), few)
        if few:
            return await _among(request, serving, asked, few)
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

    takes = _takes(asked.request, len(actors))
    return await serving.answer(request, ask, asked.request, asked.wait, takes=takes)


def _takes(request: ViewpointRequest, actors: int) -> Takes:
    """How much it is to compute how so many actors stand to each other."""
    if request.parts or actors > SOON:
        return "long"
    return "some" if request.without or actors > AT_ONCE else "little"


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

    return await serving.answer(request, ask, page.pinned(asked.request), asked.wait, takes="long")


async def _as_file(
    request: Request,
    serving: Serving,
    asked: Asked,
    how: tuple[str, Detail],
    actors: Sequence[str],
) -> Response:
    """Pairs among some actors as a file, or all; what is refused is refused before it begins."""
    form, detail = how

    def ask(
        snapshot: Snapshot, viewpoint: Viewpoint
    ) -> tuple[ExportedPairs, Stretch, Mapping[str, str]]:
        headers = headers_of(request, viewpoint_json(viewpoint))
        refuse_if_held(request, headers)
        origin = Origin.of(snapshot.conn, viewpoint, detail)
        export = ExportedPairs(origin, ALIGNMENT_FORMS[form], actors)
        return export, export.stretch(snapshot.conn, None), headers

    export, first, headers = await serving.view(ask, asked.request, asked.wait, takes="long")
    return streaming(serving, export, first, headers)


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

    return await serving.answer(request, ask, page.pinned(asked.request), asked.wait, takes="long")


def _few(actors: list[str]) -> list[str]:
    if len(set(actors)) < len(actors):
        raise wrong_parameter("actors", "must not hold an actor twice")
    if not FEWEST_ACTORS <= len(actors) <= MOST_ACTORS:
        raise wrong_parameter(
            "actors", f"must hold {FEWEST_ACTORS} to {MOST_ACTORS} actors, not {len(actors)}"
        )
    return actors
