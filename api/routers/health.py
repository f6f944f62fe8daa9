"""Whether the server lives, and whether it is ready to answer."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from api.documenting import refusals
from api.parameters import only_documented
from api.problems import Refusing
from api.schemas.answers import Health, Readiness
from api.serving import ServingDep

router = APIRouter(tags=["health"], dependencies=[Depends(only_documented)])


@router.get("/healthz", responses=refusals("invalid-parameter"), summary="The process answers")
async def show_health() -> Health:
    """Asks neither the database nor anybody else."""
    return Health(status="ok")


@router.get(
    "/readyz",
    responses=refusals("invalid-parameter", "not-ready"),
    summary="The read models have reached the head found at start",
)
async def show_readiness(serving: ServingDep) -> Readiness:
    """503 names what is wrong: the database away, or the projection stopped or not there yet."""
    await serving.head()
    projector = serving.projector
    if projector.failure is not None:
        raise Refusing("not-ready", projector.failure)
    if projector.position < serving.head_at_start:
        raise Refusing(
            "not-ready",
            f"the read models hold position {projector.position} of {serving.head_at_start}",
        )
    return Readiness(status="ready", position=projector.position)
