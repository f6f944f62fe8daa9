"""The whole matrix and what changed in it, pair by pair: slow, and obvious (DESIGN section 6)."""

from __future__ import annotations

from collections.abc import Iterable

from domain.answers import PairAlignment
from domain.changes import PairChange
from domain.event import Recorded
from domain.fold.alignment import alignments
from domain.past import Stance
from domain.viewpoint import Viewpoint


def matrix(
    log: Iterable[Recorded], viewpoint: Viewpoint, actors: Iterable[str]
) -> list[PairAlignment]:
    """Every pair among the actors that is not `unknown`, by both ids."""
    return [one for one in alignments(log, viewpoint, actors) if one.alignment != "unknown"]


def changes(
    log: Iterable[Recorded], before: Viewpoint, after: Viewpoint, actors: Iterable[str]
) -> list[PairChange]:
    """Every pair among the actors that stands otherwise at the second viewpoint, by both ids."""
    events, among = list(log), list(actors)
    stood, stands = (alignments(events, each, among) for each in (before, after))
    found = (
        PairChange(one.actors, _state(one), _state(other))
        for one, other in zip(stood, stands, strict=True)
    )
    return [change for change in found if change.before != change.after]


def _state(pair: PairAlignment) -> Stance:
    return Stance(pair.alignment, pair.cooperation, pair.conflict)
