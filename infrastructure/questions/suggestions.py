"""Hints for an actor's unknown pairs, drawn from how both stand to third actors (DOMAIN rule 15).

Reads what the questions about alignments answer; none of them reads this.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from domain.answers import PairAlignment
from domain.suggestions import Suggestion, is_premise
from domain.suggestions import suggestions as suggested
from domain.viewpoint import Viewpoint
from infrastructure.questions import matrix
from infrastructure.questions.partners import Pair, partners_of_any
from infrastructure.questions.registrations import require_known
from infrastructure.questions.snapshots import Snapshot

MOST_PARTNERS = 1_000
"""Third actors are looked for among so many partners of the actor, by id."""

MOST_THIRD_ACTORS = 100
"""So many third actors are looked at, by id."""

MOST_LOOKED_AT = 50
"""So many actors, whom the third ones have to do with, are looked at for a page."""


@dataclass(frozen=True, slots=True)
class SuggestionPage:
    """Some of an actor's hints. `next`: after whose id there may be more.

    `complete` False: the actor has more third actors than were looked at, so that hints and triads are missing.
    """

    suggestions: list[Suggestion]
    third_actors: int
    complete: bool
    next: str | None


def suggestions(
    snapshot: Snapshot,
    viewpoint: Viewpoint,
    actor: str,
    *,
    after: str = "",
    limit: int = MOST_LOOKED_AT,
) -> SuggestionPage:
    """The hints for the pairs of an actor that are unknown, by the other one's id.

    Raises UnknownActors.
    """
    require_known(snapshot, viewpoint.position, [actor])
    premises, complete = _premises(snapshot, viewpoint, actor)
    most = min(limit, MOST_LOOKED_AT)
    found = partners_of_any(snapshot, premises, after, most) if premises else []
    others = [other for other in found if other != actor and other not in premises]
    with_actor = {_pair(actor, other) for other in others}
    with_third = {_pair(third, other) for third, other in product(premises, others)}
    known = matrix.not_unknown(snapshot, viewpoint, sorted(with_actor | with_third))
    hints = suggested(actor, [*premises.values(), *known])
    return SuggestionPage(hints, len(premises), complete, found[-1] if len(found) == most else None)


def _premises(
    snapshot: Snapshot, viewpoint: Viewpoint, actor: str
) -> tuple[dict[str, PairAlignment], bool]:
    """How the actor stands to each third actor, and whether these are all."""
    partners = matrix.pairs_with(actor)(snapshot, viewpoint, None, MOST_PARTNERS)
    usable = [pair for pair in partners.pairs if is_premise(pair)]
    complete = partners.upto is None and len(usable) <= MOST_THIRD_ACTORS
    return {_other(pair, actor): pair for pair in usable[:MOST_THIRD_ACTORS]}, complete


def _pair(one: str, other: str) -> Pair:
    return min(one, other), max(one, other)


def _other(pair: PairAlignment, actor: str) -> str:
    one, other = pair.actors
    return other if one == actor else one
