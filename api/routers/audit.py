"""Proofs that the log is what was recorded, and the read models what the log says."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api.answering import JSON, NDJSON, as_json
from api.auditing import proven, replayed, verified
from api.documenting import refusals
from api.parameters import only_documented
from api.planned import Planned
from api.reading import Day, Whole
from api.schemas.answers import CheckpointAnswer, ConsistencyAnswer, ProofAnswer, VerifyAnswer
from api.serving import ServingDep

router = APIRouter(
    prefix="/v1/audit", tags=["audit"], dependencies=[Depends(only_documented)], route_class=Planned
)


@router.get(
    "/verify",
    response_model=VerifyAnswer,
    responses=refusals("invalid-parameter", "busy"),
    summary="Check every stored byte against the hash chain",
)
async def verify_log(serving: ServingDep) -> Response:
    """Reads the whole log, and tells the first position that is not what was recorded.

    Every byte is checked by the chain of hashes, and tags, type and version by the data.
    """
    verdict = await verified(serving.database, serving.verifying)
    return Response(as_json(verdict), 200, _UNCACHED, JSON)


@router.get(
    "/replay",
    responses={
        200: {
            "description": "A line for each stretch done, then the result: `ok`, `position`, "
            "`compared` rows, `first_difference` and, with `valid_at`, how many `answers` agreed.",
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
    valid_at: Annotated[
        Day | None,
        Query(
            description="Compare too how every two actors stood on this day, and the alliances: "
            "as SQL answers, and as the log folds. Takes memory and time with the log."
        ),
    ] = None,
) -> Response:
    """Derives every row of the read models from the log again, and compares."""
    return await replayed(serving.database, position, serving.replaying, valid_at)


@router.get(
    "/checkpoint",
    response_model=CheckpointAnswer,
    responses=refusals("invalid-parameter", "log-damaged"),
    summary="Sign what the log is now: its size, Merkle root and hash",
)
async def sign_checkpoint(serving: ServingDep) -> Response:
    """A signed note (C2SP tlog-checkpoint), and what it says spelled out.

    Kept elsewhere, it exposes any later rewriting or cutting of the log.
    """
    signed = await proven(serving.prover.checkpoint)
    return Response(as_json(signed.document()), 200, _UNCACHED, JSON)


@router.get(
    "/proof",
    response_model=ProofAnswer,
    responses=refusals("invalid-parameter", "log-damaged"),
    summary="Prove that an event is in the log (RFC 9162)",
)
async def prove_inclusion(
    serving: ServingDep,
    position: Annotated[Whole, Query(description="The position of the event, from 1.")],
    size: Annotated[
        Whole | None,
        Query(description="Prove it in the log of so many events. Default: all there are."),
    ] = None,
) -> Response:
    """The event as stored, its leaf, the path to the root and the signed checkpoint with it.

    `foedus verify-proof` checks the answer without the database.
    """
    proof = await proven(lambda: serving.prover.proof(position, size))
    return Response(as_json(proof), 200, _UNCACHED, JSON)


@router.get(
    "/consistency",
    response_model=ConsistencyAnswer,
    responses=refusals("invalid-parameter", "log-damaged"),
    summary="Prove that the log of an earlier size is the beginning of a later one (RFC 9162)",
)
async def prove_consistency(
    serving: ServingDep,
    first: Annotated[Whole, Query(description="How many events the earlier log had.")],
    second: Annotated[
        Whole | None,
        Query(description="How many events the later log had. Default: all there are."),
    ] = None,
) -> Response:
    """Both roots, the path between them, and the signed checkpoint with the second."""
    proof = await proven(lambda: serving.prover.consistency(first, second))
    return Response(as_json(proof), 200, _UNCACHED, JSON)


_UNCACHED = {"Cache-Control": "no-store"}
