"""What changed: between two days, or between two states of the log."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import WithJsonSchema

from api import reading
from api.bodies.matrix import changes_body
from api.documenting import question
from api.memento import answered_from
from api.paging import Page, PageDep
from api.parameters import AskedWithoutPartsDep, only_documented
from api.planned import Planned
from api.problems import ahead_of_read_model, wrong_parameter
from api.schemas.matrix import CHANGES_EXAMPLE, ChangesAnswer
from api.serving import ServingDep
from infrastructure.questions.changes import Axis, Between, NotBefore
from infrastructure.questions.partners import Pair
from infrastructure.questions.registrations import UnknownActors
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.viewpoints import AheadOfReadModel, InTheFuture

router = APIRouter(
    tags=["alignments"], dependencies=[Depends(only_documented)], route_class=Planned
)

_READ = {"valid": reading.day, "known": reading.known_at}
_Given = Annotated[
    str,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "format": "date"},
                {"type": "integer", "minimum": 0},
                {"type": "string", "format": "date-time"},
            ]
        }
    ),
]


@router.get(
    "/v1/changes",
    response_model=ChangesAnswer,
    responses={200: CHANGES_EXAMPLE, **question()},
    summary="Which pairs stand otherwise than before",
)
async def list_changes(
    *,
    request: Request,
    serving: ServingDep,
    asked: AskedWithoutPartsDep,
    page: PageDep,
    axis: Annotated[
        Literal["valid", "known"],
        Query(description="`valid`: between two days. `known`: between two states of the log."),
    ],
    from_: Annotated[
        _Given,
        Query(alias="from", description="A day, or what `known_at` takes; before `to`."),
    ],
    to: Annotated[_Given, Query(description="A day, or what `known_at` takes.")],
) -> Response:
    """Pairs that differ in alignment, cooperation or conflict, by both ids.

    The axis takes the place of its clock in the viewpoint: with `axis=valid`, `valid_at` is `to`
    and `known_at` says what is known of both days; with `axis=known` it is the other way round.
    """
    between = _pinned(Between(axis, _read(axis, "from", from_), _read(axis, "to", to)), page)
    pinned, behind = page.pinned(asked.request), page.pair()
    now = serving.clock()

    def ask(snapshot: Snapshot) -> tuple[dict[str, Any], Pair | None]:
        return changes_body(
            snapshot,
            pinned,
            between,
            today=now.date(),
            now=now,
            behind=behind,
            limit=page.limit,
        )

    try:
        answer, last = await serving.ask(ask, pinned, asked.wait, takes="long")
    except NotBefore as error:
        raise wrong_parameter("from", "must be before `to`") from error
    except AheadOfReadModel as ahead:
        raise ahead_of_read_model(ahead, _clock(axis)) from ahead
    except InTheFuture as error:
        raise wrong_parameter(_clock(axis), str(error)) from error
    except UnknownActors as unknown:
        raise wrong_parameter("according_to", str(unknown)) from unknown
    answer["next"] = page.next(answer["viewpoint"], last)
    return answered_from(request, answer)


def _read(axis: Axis, name: str, given: str) -> Any:
    try:
        return _READ[axis](given)
    except ValueError as error:
        raise wrong_parameter(name, str(error)) from error


def _pinned(between: Between, page: Page) -> Between:
    """What is compared, with the position of the first page where it was asked for by a time."""
    if between.axis == "valid" or page.position is None:
        return between
    return between.upto(page.position)


def _clock(axis: Axis) -> str:
    """The parameter by which the position was asked."""
    return "known_at" if axis == "valid" else "to"
