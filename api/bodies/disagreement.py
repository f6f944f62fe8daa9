"""The body of the question how the accounts of a pair differ."""

from __future__ import annotations

from api.bodies import Body
from domain.viewpoint import Viewpoint
from infrastructure.answering import plain, viewpoint_json
from infrastructure.questions.disagreement import disagreement
from infrastructure.questions.quarrels import Two
from infrastructure.questions.registrations import named, require_known
from infrastructure.questions.snapshots import Snapshot


def disagreement_body(
    snapshot: Snapshot,
    viewpoint: Viewpoint,
    pair: tuple[str, str],
    between: Two | None,
) -> Body:
    """The body of `/v1/alignments/{a}/{b}/disagreement`. The viewpoint is nobody's account.

    Raises UnknownActors of the pair, else of `between`.
    """
    actors = named(snapshot, viewpoint, pair)
    require_known(snapshot, viewpoint.position, [one for one in between or () if one])
    found = disagreement(snapshot, viewpoint, pair, between)
    return {"viewpoint": viewpoint_json(viewpoint), "actors": plain(actors), **plain(found)}
