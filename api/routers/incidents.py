"""What happened in an incident, teller by teller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from api.answering import JSON
from api.bodies.incidents import incident_body, incidents_body
from api.documenting import question
from api.exporting import bodies, chosen, streaming
from api.memento import headers_of, refuse_if_held
from api.paging import PageDep, refuse_paging
from api.parameters import AskedWithoutPartsDep, IncidentPath, only_documented
from api.planned import Planned
from api.problems import Refusing, wrong_parameter
from api.reading import Day, Slug
from api.schemas.incidents import IncidentAnswer, IncidentsAnswer
from api.serving import ServingDep
from domain.incidents import IncidentFilter, Method
from domain.viewpoint import Viewpoint
from infrastructure.answering import viewpoint_json
from infrastructure.exporting.forms import Origin, Stretch
from infrastructure.exporting.incidents import INCIDENT_FORMS, ExportedIncidents
from infrastructure.questions.incidents import UnknownIncident
from infrastructure.questions.registrations import UnknownActors, require_known
from infrastructure.questions.snapshots import Snapshot

router = APIRouter(tags=["incidents"], dependencies=[Depends(only_documented)], route_class=Planned)


FormName = Literal["json", "ndjson", "csv", "geojson"]
_FILES = {JSON: {}, **bodies(INCIDENT_FORMS.values())}


@router.get(
    "/v1/incidents",
    response_model=IncidentsAnswer,
    responses={200: {"content": _FILES}, **question("not-acceptable", "not-installed")},
    summary="Incidents, with who was involved and who tells of them",
)
async def list_incidents(
    *,
    request: Request,
    serving: ServingDep,
    asked: AskedWithoutPartsDep,
    page: PageDep,
    actor: Annotated[
        Slug | None, Query(description="Incidents with an account that names this actor.")
    ] = None,
    claimant: Annotated[
        Slug | None, Query(description="Incidents with an account by this actor.")
    ] = None,
    occurred_from: Annotated[
        Day | None, Query(description="Incidents that may have lasted to this day or later.")
    ] = None,
    occurred_to: Annotated[
        Day | None, Query(description="Incidents that may have begun on this day or earlier.")
    ] = None,
    format: Annotated[
        FormName | None,
        Query(
            description="In place of the header Accept. In another form than `json` the answer is "
            "whole, without pages."
        ),
    ] = None,
) -> Response:
    """By id, those of which the viewpoint admits an account that may have begun by `valid_at`.

    With both days, an account must have touched the days between. Each names at most 100 places,
    actors and claimants. In pages of JSON, or all of them as NDJSON, CSV or GeoJSON, which the header
    `Foedus-Viewpoint` tells the viewpoint of.
    """
    form = chosen(request, format, INCIDENT_FORMS, {"json": JSON})
    wanted = IncidentFilter(
        actor=actor, claimant=claimant, occurred_from=occurred_from, occurred_to=occurred_to
    )

    def require_known_actors(snapshot: Snapshot, viewpoint: Viewpoint) -> None:
        for name, given in (("actor", actor), ("claimant", claimant)):
            _require(snapshot, viewpoint, name, given)

    def as_file(
        snapshot: Snapshot, viewpoint: Viewpoint
    ) -> tuple[ExportedIncidents, Stretch, Mapping[str, str]]:
        headers = headers_of(request, viewpoint_json(viewpoint))
        refuse_if_held(request, headers)
        require_known_actors(snapshot, viewpoint)
        origin = Origin.of(snapshot.conn, viewpoint)
        export = ExportedIncidents(origin, INCIDENT_FORMS[form], wanted)
        return export, export.stretch(snapshot.conn, None), headers

    if form != "json":
        refuse_paging(request)
        export, first, headers = await serving.view(
            as_file, asked.request, asked.wait, takes="long"
        )
        return streaming(serving, export, first, headers)

    def ask(snapshot: Snapshot, viewpoint: Viewpoint) -> dict[str, Any]:
        require_known_actors(snapshot, viewpoint)
        body, last = incidents_body(
            snapshot, viewpoint, wanted, after=page.slug(), limit=page.limit
        )
        return body | {"next": page.next(body["viewpoint"], last)}

    return await serving.answer(request, ask, page.pinned(asked.request), asked.wait)


def _require(snapshot: Snapshot, viewpoint: Viewpoint, parameter: str, actor: str | None) -> None:
    try:
        require_known(snapshot, viewpoint.position, [actor] if actor else [])
    except UnknownActors as unknown:
        raise wrong_parameter(parameter, str(unknown)) from unknown


@router.get(
    "/v1/incidents/{id}",
    response_model=IncidentAnswer,
    response_model_exclude_unset=True,
    responses=question("not-found"),
    summary="One incident: rival accounts side by side",
)
async def show_incident(
    *,
    request: Request,
    serving: ServingDep,
    asked: AskedWithoutPartsDep,
    page: PageDep,
    id: IncidentPath,
    total: Annotated[
        Method | None,
        Query(
            description="Add up victim sides by this method: of each side the `lowest`, the "
            "`highest` or the `median` of the tellers' figures, or with "
            "`acknowledged-or-lowest` the lowest that a side acknowledges of its own, else the "
            "lowest. Without it nothing is added up."
        ),
    ] = None,
) -> Response:
    """Who says what of which losses, where they agree and contradict, and how each changed its story.

    Found as long as any report of it is known, live or not; accounts that begin after `valid_at` are left out.
    """

    def ask(snapshot: Snapshot, viewpoint: Viewpoint) -> dict[str, Any]:
        try:
            body, last = incident_body(
                snapshot, viewpoint, id, method=total, after=page.number(), limit=page.limit
            )
        except UnknownIncident as unknown:
            raise Refusing("not-found", str(unknown)) from unknown
        return body | {"next": page.next(body["viewpoint"], last)}

    return await serving.answer(request, ask, page.pinned(asked.request), asked.wait, takes="long")
