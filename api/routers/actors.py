"""Who the actors are."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from api.documenting import question
from api.paging import PageDep
from api.parameters import ActorPath, AskedWithoutPartsDep, only_documented
from api.planned import Planned
from api.problems import Refusing
from api.reading import SearchText
from api.schemas.actors import ActorAnswer, ActorsAnswer
from api.serving import ServingDep
from domain.answers import ActorState
from domain.viewpoint import Viewpoint
from domain.vocabulary.actors import ActorKind
from infrastructure.answering import plain, viewpoint_json
from infrastructure.questions import actors as who
from infrastructure.questions.judgements import beside
from infrastructure.questions.registrations import UnknownActors
from infrastructure.questions.snapshots import Snapshot

router = APIRouter(tags=["actors"], dependencies=[Depends(only_documented)], route_class=Planned)


@router.get(
    "/v1/actors",
    response_model=ActorsAnswer,
    responses=question(),
    summary="Find actors by name and kind",
)
async def list_actors(
    *,
    request: Request,
    serving: ServingDep,
    asked: AskedWithoutPartsDep,
    page: PageDep,
    name: Annotated[
        SearchText | None,
        Query(description="Each of its words must begin a word of one of the actor's names."),
    ] = None,
    kind: Annotated[ActorKind | None, Query(description="Actors of this kind.")] = None,
) -> Response:
    """The actors known, by id, each with the name in force on `valid_at`.

    `also` names those that somebody judges to be the same actor; nobody is merged.
    """

    def ask(snapshot: Snapshot, viewpoint: Viewpoint) -> dict[str, Any]:
        found, last = who.actors(
            snapshot, viewpoint, name=name, kind=kind, after=page.slug(), limit=page.limit
        )
        echo = viewpoint_json(viewpoint)
        items = beside(snapshot, viewpoint, found)
        return {"viewpoint": echo, "items": plain(items), "next": page.next(echo, last)}

    return await serving.answer(request, ask, page.pinned(asked.request), asked.wait)


@router.get(
    "/v1/actors/{id}",
    response_model=ActorAnswer,
    responses=question("not-found"),
    summary="One actor: names, identifiers, memberships, lineage",
)
async def show_actor(
    request: Request, serving: ServingDep, asked: AskedWithoutPartsDep, id: ActorPath
) -> Response:
    """Registrations, names and memberships count whatever claims the viewpoint admits."""

    def ask(snapshot: Snapshot, viewpoint: Viewpoint) -> dict[str, Any]:
        try:
            actor = who.actor(snapshot, viewpoint, id)
        except UnknownActors as unknown:
            raise Refusing("not-found", str(unknown)) from unknown
        return {"viewpoint": viewpoint_json(viewpoint), **_shown(actor)}

    return await serving.answer(request, ask, asked.request, asked.wait)


def _shown(actor: ActorState) -> dict[str, Any]:
    """The actor as answered: the other actor of a membership stands under what it is there."""
    shown: dict[str, Any] = plain(actor)
    for stays, role in (("memberships", "umbrella"), ("members", "member")):
        shown[stays] = [{role: stay.pop("actor"), **stay} for stay in shown[stays]]
    return shown
