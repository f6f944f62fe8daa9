"""Proofs that the log is what was recorded, and the read models what the log says."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api.answering import JSON, NDJSON, as_json
from api.auditing import replayed, verified
from api.documenting import refusals
from api.parameters import only_documented
from api.reading import Whole
from api.schemas.answers import VerifyAnswer
from api.serving import ServingDep

router = APIRouter(prefix="/v1/audit", tags=["audit"], dependencies=[Depends(only_documented)])


@router.get(
    "/verify",
    response_model=VerifyAnswer,
    responses=refusals("invalid-parameter", "busy"),
    summary="Check every stored byte against the hash chain",
)
async def verify_log(serving: ServingDep) -> Response:
    """Reads the whole log, and tells the first position that is not what was recorded."""
    verdict = await verified(serving.database, serving.verifying)
    return Response(as_json(verdict), 200, _UNCACHED, JSON)


@router.get(
    "/replay",
    responses={
        200: {
            "description": "A line for each stretch done, then the result: `ok`, `position`, "
            "`compared` rows and `first_difference`.",
            "content": {NDJSON: {"schema": {"type": "object"}}},
        },
        **refusals("invalid-parameter", "ahead-of-read-model", "busy"),
    },
    summary="Fold the log afresh and compare every read model with it",
)
async def replay_log(
    serving: ServingDep,
    position: Annotated[
        Whole | None, Query(description="Compare the read models as of this position.")
    ] = None,
) -> Response:
    """Derives every row of the read models from the log again, and compares."""
    return await replayed(serving.database, position, serving.replaying)


_UNCACHED = {"Cache-Control": "no-store"}
