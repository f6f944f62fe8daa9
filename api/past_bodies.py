"""The bodies of questions about a pair's past, built once for HTTP and for the command line.

Errors are those of the questions: UnknownActors, AheadOfReadModel, InTheFuture.
"""

from __future__ import annotations

from datetime import date, datetime
from itertools import islice

from api.bodies import Body
from domain.viewpoint import Viewpoint
from infrastructure.answering import plain, viewpoint_json
from infrastructure.questions.dossier import Dossier
from infrastructure.questions.parts import Sides
from infrastructure.questions.registrations import named
from infrastructure.questions.revisions import revisions
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.timeline import segments
from infrastructure.questions.viewpoints import ViewpointRequest, resolve

Pair = tuple[str, str]


def timeline_body(
    snapshot: Snapshot,
    request: ViewpointRequest,
    pair: Pair,
    *,
    today: date,
    now: datetime,
    after: int = 0,
    limit: int | None = None,
) -> tuple[Body, int | None]:
    """The pair's segments behind the first `after` of them, and how many were given so far.

    None where these were the last. The caller writes the cursor into `next`.
    """
    viewpoint, body = _begun(snapshot, request, pair, today=today, now=now)
    whole = segments(Dossier.of(snapshot, viewpoint, Sides.alone(pair)))
    page = list(islice(whole, after, None if limit is None else after + limit))
    upto = after + len(page)
    body |= {"segments": plain(page), "next": None}
    return body, upto if upto < len(whole) else None


def revisions_body(
    snapshot: Snapshot,
    request: ViewpointRequest,
    pair: Pair,
    *,
    today: date,
    now: datetime,
    after: int = 0,
    limit: int | None = None,
) -> tuple[Body, int | None]:
    """The pair's revisions beyond position `after`, and the last position given; None as above."""
    viewpoint, body = _begun(snapshot, request, pair, today=today, now=now)
    dossier = Dossier.of(snapshot, viewpoint, Sides.alone(pair))
    page, following = revisions(snapshot, dossier, after=after, limit=limit)
    body |= {"revisions": plain(page), "next": None}
    return body, following


def _begun(
    snapshot: Snapshot, request: ViewpointRequest, pair: Pair, *, today: date, now: datetime
) -> tuple[Viewpoint, Body]:
    viewpoint = resolve(snapshot, request, today=today, now=now)
    actors = plain(named(snapshot, viewpoint, pair))
    return viewpoint, {"viewpoint": viewpoint_json(viewpoint), "actors": actors}
