"""The bodies of the questions about some actors, and about one pair (DESIGN section 6)."""

from collections.abc import Sequence

from api.bodies import Body
from domain.viewpoint import Viewpoint
from infrastructure.answering import answer_hash, plain, viewpoint_json
from infrastructure.questions.alignments import alignments
from infrastructure.questions.explanation import explain
from infrastructure.questions.snapshots import Snapshot


def alignments_body(
    snapshot: Snapshot,
    viewpoint: Viewpoint,
    actors: Sequence[str],
) -> Body:
    """The body of `/v1/alignments?actors=`: every pair among the actors (DESIGN section 6)."""
    named, pairs = alignments(snapshot, viewpoint, actors)
    return {
        "viewpoint": viewpoint_json(viewpoint),
        "actors": named,
        "alignments": pairs,
        "answer_hash": answer_hash(viewpoint, pairs),
    }


def pair_body(
    snapshot: Snapshot,
    viewpoint: Viewpoint,
    pair: tuple[str, str],
    *,
    after: int = 0,
    limit: int = 100,
) -> tuple[Body, int | None]:
    """The body of `/v1/alignments/{a}/{b}` without its cursor, and where the next page begins.

    Raises UnknownActors.
    """
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
