"""How the answer for one day changed with every position, folded afresh for each: slow, and obvious."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from domain.event import Recorded
from domain.fold.timeline import stance
from domain.past import UNKNOWN, Stance
from domain.viewpoint import Viewpoint


def revisions(
    log: Iterable[Recorded], viewpoint: Viewpoint, a: str, b: str
) -> list[tuple[int, Stance, str]]:
    """Each position up to the viewpoint's at which the stance became another, and the event there."""
    records = [one for one in log if one.position <= viewpoint.position]
    before = UNKNOWN
    found = []
    for recorded in records:
        now = stance(records, replace(viewpoint, position=recorded.position), a, b)
        if now != before:
            found.append((recorded.position, now, recorded.event.id))
        before = now
    return found
