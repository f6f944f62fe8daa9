"""`foedus incidents` and `foedus incident`: who says what happened, without a server."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer

from api.cli import viewpoints
from api.cli.asking import answer, print_json
from api.cli.opening import asked
from api.cli.rival_accounts import print_incident, print_incidents
from api.cli.stopping import Stop
from api.cli.terminal import output
from api.incident_bodies import Body, incident_body, incidents_body
from domain.incidents import IncidentFilter, Method
from infrastructure.questions.incidents import UnknownIncident
from infrastructure.questions.registrations import require_known
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.viewpoints import resolve

_PAGE = 1_000


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
    valid_at: viewpoints.ValidAt = None,
    known_at: viewpoints.KnownAt = None,
    according_to: viewpoints.AccordingTo = None,
    reliability: viewpoints.Reliability = None,
    credibility: viewpoints.Credibility = None,
    include: viewpoints.Including = None,
    without: viewpoints.Leaving = None,
    as_json: viewpoints.AsJson = False,
    example: viewpoints.Example = False,
) -> None:
    """List what happened, an incident a line: days, places, who was involved, who tells of it."""
    request = viewpoints.request_of(
        valid_at=valid_at,
        known_at=known_at,
        according_to=according_to,
        reliability=reliability,
        credibility=credibility,
        include=viewpoints.without_parts(include),
        without=without,
    )
    wanted = IncidentFilter(
        actor=actor, claimant=claimant, occurred_from=occurred_from, occurred_to=occurred_to
    )

    def question(snapshot: Snapshot, *, today: date, now: datetime) -> Body:
        viewpoint = resolve(snapshot, request, today=today, now=now)
        require_known(snapshot, viewpoint.position, filter(None, (actor, claimant)))
        body, after = incidents_body(snapshot, viewpoint, wanted, limit=_PAGE)
        while after is not None:
            more, after = incidents_body(snapshot, viewpoint, wanted, after=after, limit=_PAGE)
            body["items"] += more["items"]
        return body

    with asked(example=example) as store:
        body = answer(store, question)
    if as_json:
        print_json(body)
    else:
        print_incidents(output(), body)


def incident(
    incident_id: Annotated[str, typer.Argument(metavar="INCIDENT", help="An incident's id.")],
    *,
    total: Annotated[
        Method | None,
        typer.Option(
            help="Add up victim sides by this method; without it nothing is added up.",
        ),
    ] = None,
    valid_at: viewpoints.ValidAt = None,
    known_at: viewpoints.KnownAt = None,
    according_to: viewpoints.AccordingTo = None,
    reliability: viewpoints.Reliability = None,
    credibility: viewpoints.Credibility = None,
    include: viewpoints.Including = None,
    without: viewpoints.Leaving = None,
    as_json: viewpoints.AsJson = False,
    example: viewpoints.Example = False,
) -> None:
    """Put the rival accounts of an incident side by side, and say how each teller changed its story."""
    request = viewpoints.request_of(
        valid_at=valid_at,
        known_at=known_at,
        according_to=according_to,
        reliability=reliability,
        credibility=credibility,
        include=viewpoints.without_parts(include),
        without=without,
    )

    def question(snapshot: Snapshot, *, today: date, now: datetime) -> Body:
        viewpoint = resolve(snapshot, request, today=today, now=now)
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
        body = answer(store, question)
    if as_json:
        print_json(body)
    else:
        print_incident(output(), body)
