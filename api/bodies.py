"""The JSON bodies of the alignment questions, built once for HTTP and for the command line.

Both edges give a snapshot of the read models and a request, so that `foedus ask --json` and
`GET /v1/alignments` cannot drift apart. Errors are those of the questions: UnknownActors,
TooManyParts, AheadOfReadModel, InTheFuture.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from infrastructure.answering import answer_hash, plain, viewpoint_json
from infrastructure.questions.alignments import alignments
from infrastructure.questions.explanation import explain
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.viewpoints import ViewpointRequest, resolve

Body = dict[str, Any]


def alignments_body(
    snapshot: Snapshot,
    request: ViewpointRequest,
    actors: Sequence[str],
    *,
    today: date,
    now: datetime,
) -> Body:
    """The body of `/v1/alignments?actors=`: every pair among the actors (DESIGN section 6)."""
    viewpoint = resolve(snapshot, request, today=today, now=now)
    named, pairs = alignments(snapshot, viewpoint, actors)
    return {
        "viewpoint": viewpoint_json(viewpoint),
        "actors": [plain(actor) for actor in named],
        "alignments": [plain(pair) for pair in pairs],
        "answer_hash": answer_hash(viewpoint, pairs),
    }


def pair_body(
    snapshot: Snapshot,
    request: ViewpointRequest,
    pair: tuple[str, str],
    *,
    today: date,
    now: datetime,
    after: int = 0,
    limit: int = 100,
) -> tuple[Body, int | None]:
    """The body of `/v1/alignments/{a}/{b}` without its cursor, and where the next page begins.

    The caller writes the cursor into `next`, which stands in the body as null.
    """
    viewpoint = resolve(snapshot, request, today=today, now=now)
    explained = explain(snapshot, viewpoint, *pair, after=after, limit=limit)
    explanation = explained.explanation
    body = {
        "viewpoint": viewpoint_json(viewpoint),
        "actors": [plain(actor) for actor in explained.actors],
        "alignments": [plain(explanation.alignment)],
        "answer_hash": answer_hash(viewpoint, [explanation.alignment]),
        "evidence_list": [plain(item) for item in explanation.evidence_list],
        "alleged": plain(explanation.alleged),
        "parts": plain(explanation.parts),
        "lineage": plain(explanation.lineage),
        "hidden": plain(explanation.hidden),
        "fragility": plain(explained.fragility),
        "next": None,
    }
    return body, explained.next
