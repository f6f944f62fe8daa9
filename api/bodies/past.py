"""The bodies of questions about a pair's past."""

from __future__ import annotations

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

Pair = tuple[str, str]


def timeline_body(
    snapshot: Snapshot,
    viewpoint: Viewpoint,
    pair: Pair,
    *,
    after: int = 0,
    limit: int | None = None,
) -> tuple[Body, int | None]:
    """The pair's segments behind the first `after` of them, and how many were given so far.

    None where these were the last.
    """
    body = _begun(snapshot, viewpoint, pair)
    whole = segments(Dossier.of(snapshot, viewpoint, Sides.alone(pair)))
    page = list(islice(whole, after, None if limit is None else after + limit))
    upto = after + len(page)
    body |= {"segments": plain(page), "next": None}
    return body, upto if upto < len(whole) else None


def revisions_body(
    snapshot: Snapshot,
    viewpoint: Viewpoint,
    pair: Pair,
    *,
    after: int = 0,
    limit: int | None = None,
) -> tuple[Body, int | None]:
    """The pair's revisions beyond position `after`, and the last position given; None as above."""
    body = _begun(snapshot, viewpoint, pair)
    dossier = Dossier.of(snapshot, viewpoint, Sides.alone(pair))
    page, following = revisions(snapshot, dossier, after=after, limit=limit)
    body |= {"revisions": plain(page), "next": None}
    return body, following


def _begun(snapshot: Snapshot, viewpoint: Viewpoint, pair: Pair) -> Body:
    actors = plain(named(snapshot, viewpoint, pair))
    return {"viewpoint": viewpoint_json(viewpoint), "actors": actors}
