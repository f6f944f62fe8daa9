"""The body of the question for hints."""

from __future__ import annotations

from api.bodies import Body
from domain.viewpoint import Viewpoint
from infrastructure.answering import plain, viewpoint_json
from infrastructure.questions.registrations import named
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.suggestions import MOST_LOOKED_AT, suggestions

NOTICE = (
    "Not evidence. This is what structural balance would expect of pairs about which nothing is "
    "known; no alignment is computed from it."
)
"""Said with every answer."""


def suggestions_body(
    snapshot: Snapshot,
    viewpoint: Viewpoint,
    actor: str,
    *,
    after: str | None = None,
    limit: int = MOST_LOOKED_AT,
) -> tuple[Body, str | None]:
    """The body of `/v1/suggestions` without its cursor, and after which id the next page begins.

    Raises UnknownActors.
    """
    page = suggestions(snapshot, viewpoint, actor, after=after or "", limit=limit)
    actors = {actor} | {one for hint in page.suggestions for one in hint.actors}
    body = {
        "viewpoint": viewpoint_json(viewpoint),
        "notice": NOTICE,
        "actor": actor,
        "actors": plain(named(snapshot, viewpoint, actors)),
        "third_actors": page.third_actors,
        "complete": page.complete,
        "suggestions": plain(page.suggestions),
        "next": None,
    }
    return body, page.next
