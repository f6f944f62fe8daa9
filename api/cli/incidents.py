"""`foedus incidents` and `foedus incident`: who says what happened, without a server."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from api.bodies import Body
from api.bodies.incidents import incident_body, incidents_body
from api.cli import viewpoints
from api.cli.asking import answer, print_json
from api.cli.opening import asked
from api.cli.rival_accounts import print_incident, print_incidents
from api.cli.stopping import Stop
from api.cli.terminal import output
from domain.incidents import IncidentFilter, Method
from domain.viewpoint import Viewpoint
from infrastructure.questions.incidents import UnknownIncident
from infrastructure.questions.registrations import require_known
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.viewpoints import ViewpointRequest

_PAGE = 1_000


@viewpoints.options(parts=False)
def incidents(
    *,
    actor: Annotated[
        str | None, typer.Option(metavar="ACTOR", help="Only those that an account names it in.")
    ] = None,
    claimant: Annotated[
        str | None, typer.Option(metavar="ACTOR", help="Only those that it gives an account of.")
    ] = None,
    occurred_from: Annotated[
        date | None,
        typer.Option(
            "--from", parser=viewpoints.day, metavar="DATE", help="Only on this day or later."
        ),
    ] = None,
    occurred_to: Annotated[
        date | None,
        typer.Option(
            "--to", parser=viewpoints.day, metavar="DATE", help="Only on this day or earlier."
        ),
    ] = None,
    request: ViewpointRequest,
    as_json: viewpoints.AsJson = False,
    example: viewpoints.Example = False,
) -> None:
    """List what happened, an incident a line: days, places, who was involved, who tells of it."""
    wanted = IncidentFilter(
        actor=actor, claimant=claimant, occurred_from=occurred_from, occurred_to=occurred_to
    )

    def question(snapshot: Snapshot, viewpoint: Viewpoint) -> Body:
        require_known(snapshot, viewpoint.position, filter(None, (actor, claimant)))
        body, after = incidents_body(snapshot, viewpoint, wanted, limit=_PAGE)
        while after is not None:
            more, after = incidents_body(snapshot, viewpoint, wanted, after=after, limit=_PAGE)
            body["items"] += more["items"]
        return body

    with asked(example=example) as store:
        body = answer(store, question, request)
    if as_json:
        print_json(body)
    else:
        print_incidents(output(), body)


@viewpoints.options(parts=False)
def incident(
    incident_id: Annotated[str, typer.Argument(metavar="INCIDENT", help="An incident's id.")],
    *,
    total: Annotated[
        Method | None,
        typer.Option(
            help="Add up victim sides by this method; without it nothing is added up.",
        ),
    ] = None,
    request: ViewpointRequest,
    as_json: viewpoints.AsJson = False,
    example: viewpoints.Example = False,
) -> None:
    """Put the rival accounts of an incident side by side, and say how each teller changed its story."""

    def question(snapshot: Snapshot, viewpoint: Viewpoint) -> Body:
        try:
            body, after = incident_body(snapshot, viewpoint, incident_id, method=total, limit=_PAGE)
            while after is not None:
                more, after = incident_body(
                    snapshot, viewpoint, incident_id, after=after, limit=_PAGE
                )
                body["accounts"] += more["accounts"]
        except UnknownIncident as error:
            raise Stop(str(error)) from None
        return body

    with asked(example=example) as store:
        body = answer(store, question, request)
    if as_json:
        print_json(body)
    else:
        print_incident(output(), body)
