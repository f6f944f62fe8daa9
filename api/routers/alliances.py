"""Which alliances there were."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from api.documenting import question
from api.paging import PageDep
from api.parameters import AlliancePath, AskedWithoutPartsDep, only_documented
from api.planned import Planned
from api.problems import Refusing, wrong_parameter
from api.reading import Slug
from api.schemas.answers import AllianceAnswer, AlliancesAnswer
from api.serving import ServingDep
from domain.viewpoint import Viewpoint
from infrastructure.answering import plain, viewpoint_json
from infrastructure.questions import alliances as pacts
from infrastructure.questions.registrations import UnknownActors, require_known
from infrastructure.questions.snapshots import Snapshot

router = APIRouter(tags=["alliances"], dependencies=[Depends(only_documented)], route_class=Planned)


@router.get(
    "/v1/alliances",
    response_model=AlliancesAnswer,
    responses=question(),
    summary="Alliances, with their members on the day asked",
)
async def list_alliances(
    request: Request,
    serving: ServingDep,
    asked: AskedWithoutPartsDep,
    page: PageDep,
    member: Annotated[
        Slug | None, Query(description="Alliances in which this actor certainly or possibly is.")
    ] = None,
) -> Response:
    """An alliance is in force with at least two certain members."""

    def ask(snapshot: Snapshot, viewpoint: Viewpoint) -> dict[str, Any]:
        if member is not None:
            try:
                require_known(snapshot, viewpoint.position, [member])
            except UnknownActors as unknown:
                raise wrong_parameter("member", str(unknown)) from unknown
        items, last = pacts.alliances(
            snapshot, viewpoint, member=member, after=page.slug(), limit=page.limit
        )
        echo = viewpoint_json(viewpoint)
        return {"viewpoint": echo, "items": plain(items), "next": page.next(echo, last)}

    return await serving.answer(request, ask, page.pinned(asked.request), asked.wait)


@router.get(
    "/v1/alliances/{id}",
    response_model=AllianceAnswer,
    responses=question("not-found"),
    summary="One alliance and its history",
)
async def show_alliance(
    request: Request, serving: ServingDep, asked: AskedWithoutPartsDep, id: AlliancePath
) -> Response:
    """Formations, joinings, departures and ends, with the events and whether each is admitted."""

    def ask(snapshot: Snapshot, viewpoint: Viewpoint) -> dict[str, Any]:
        try:
            state, history = pacts.alliance(snapshot, viewpoint, id)
        except pacts.UnknownAlliance as unknown:
            raise Refusing("not-found", str(unknown)) from unknown
        echo = viewpoint_json(viewpoint)
        return {"viewpoint": echo, **plain(state), "history": plain(history)}

    return await serving.answer(request, ask, asked.request, asked.wait)
