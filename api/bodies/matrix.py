"""The bodies of questions about many pairs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from api.bodies import Body
from domain.answers import PairAlignment
from domain.viewpoint import Viewpoint
from infrastructure.answering import answer_hash, plain, viewpoint_json
from infrastructure.questions import matrix, stances
from infrastructure.questions.changes import Between, changes
from infrastructure.questions.partners import Pair
from infrastructure.questions.registrations import named, require_known
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.viewpoints import ViewpointRequest


def matrix_body(
    snapshot: Snapshot,
    viewpoint: Viewpoint,
    *,
    actor: str | None = None,
    after: Pair | None = None,
    limit: int = 100,
) -> tuple[Body, Pair | None]:
    """A page of the pairs that are not `unknown`, without its cursor, and where the next begins.

    `actor`: only those of this actor.
    """
    source = source_of(snapshot, viewpoint, actor)
    pairs, following = matrix.page(snapshot, viewpoint, after=after, limit=limit, source=source)
    return _pairs_body(snapshot, viewpoint, pairs), following


def whole_matrix_body(
    snapshot: Snapshot,
    viewpoint: Viewpoint,
    *,
    actor: str | None = None,
) -> Body:
    """The same with all pages joined."""
    source = source_of(snapshot, viewpoint, actor)
    pairs = [
        pair for stretch in matrix.stretches(snapshot, viewpoint, source) for pair in stretch.pairs
    ]
    return _pairs_body(snapshot, viewpoint, pairs)


def summary_body(
    snapshot: Snapshot, viewpoint: Viewpoint, *, after: Pair | None = None, limit: int = 100
) -> tuple[Body, Pair | None]:
    """A page of how every two actors stand in short, without its cursor, and where the next begins."""
    found, following = stances.page(snapshot, viewpoint, after=after, limit=limit)
    pairs = [
        {"actors": [a, b], **plain(stances.stance(cooperation, conflict))}
        for a, b, cooperation, conflict in found
    ]
    body = {
        "viewpoint": viewpoint_json(viewpoint),
        "alignments": pairs,
        "answer_hash": answer_hash(viewpoint, pairs),
        "next": None,
    }
    return body, following


def source_of(snapshot: Snapshot, viewpoint: Viewpoint, actor: str | None) -> matrix.Source:
    """The source of an actor's pairs, or of all. Raises UnknownActors."""
    if actor is None:
        return matrix.every_pair
    require_known(snapshot, viewpoint.position, [actor])
    return matrix.pairs_with(actor)


def changes_body(
    snapshot: Snapshot,
    request: ViewpointRequest,
    between: Between,
    *,
    today: date,
    now: datetime,
    behind: Pair | None = None,
    limit: int = 100,
) -> tuple[Body, Pair | None]:
    """The body of `/v1/changes` without its cursor, and where the next page begins.

    It resolves the request itself, once for each end. Raises what `Between.resolved` raises.
    """
    before, after = between.resolved(snapshot, request, today=today, now=now)
    found, following = changes(snapshot, before, after, behind=behind, limit=limit)
    by_day = between.axis == "valid"
    body = {
        "viewpoint": viewpoint_json(after),
        "axis": between.axis,
        "from": before.valid_at.isoformat() if by_day else before.position,
        "to": after.valid_at.isoformat() if by_day else after.position,
        "changes": plain(found),
        "next": None,
    }
    return body, following


def _pairs_body(
    snapshot: Snapshot, viewpoint: Viewpoint, pairs: Sequence[PairAlignment]
) -> dict[str, Any]:
    actors = {actor for pair in pairs for actor in pair.actors}
    return {
        "viewpoint": viewpoint_json(viewpoint),
        "actors": named(snapshot, viewpoint, actors),
        "alignments": pairs,
        "answer_hash": answer_hash(viewpoint, pairs),
        "next": None,
    }
