"""The body of the question how the accounts of a pair differ, for HTTP and for the command line."""

from __future__ import annotations

from datetime import date, datetime

from api.bodies import Body
from infrastructure.answering import plain, viewpoint_json
from infrastructure.questions.disagreement import disagreement
from infrastructure.questions.quarrels import Two
from infrastructure.questions.registrations import named, require_known
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.viewpoints import ViewpointRequest, resolve


def disagreement_body(
    snapshot: Snapshot,
    request: ViewpointRequest,
    pair: tuple[str, str],
    between: Two | None,
    *,
    today: date,
    now: datetime,
) -> Body:
    """The body of `/v1/alignments/{a}/{b}/disagreement`. The request is nobody's account.

    Raises UnknownActors (of the pair, else of `between`), AheadOfReadModel, InTheFuture and
    NothingToLeaveOut.
    """
    viewpoint = resolve(snapshot, request, today=today, now=now)
    actors = named(snapshot, viewpoint, pair)
    require_known(snapshot, viewpoint.position, [one for one in between or () if one])
    found = disagreement(snapshot, viewpoint, pair, between)
    return {"viewpoint": viewpoint_json(viewpoint), "actors": plain(actors), **plain(found)}
