"""How few origins an answer hangs on (DESIGN section 6, origin)."""

from __future__ import annotations

from domain.counterfactuals import REMOVING_SHOWN, Fragility
from domain.minimal import Units, least
from domain.viewpoint import Viewpoint
from infrastructure.questions.parts import Sides
from infrastructure.questions.removals import Account, Bearing
from infrastructure.questions.snapshots import Snapshot

MOST_EXACT = 12
"""Up to so many origins the search always ends: there are 4,096 sets of them."""
_STEPS = 400_000
"""How many effects are looked at in a search among more."""


def fragility(snapshot: Snapshot, viewpoint: Viewpoint, sides: Sides) -> Fragility | None:
    """The fewest origins without which the pair's alignment is another; None where none were found.

    An origin is removed with all of its events, as if they had never been recorded. The actors
    are known.
    """
    denied = viewpoint.according_to is not None
    bearing = Bearing.of(snapshot, viewpoint, sides, denied=denied, by_origin=True)
    origins = sorted({one.voice for one in bearing.bearers.values()})
    number = {voice: unit for unit, voice in enumerate(origins)}
    unit_of = {position: number[one.voice] for position, one in bearing.bearers.items()}
    account = bearing.account(lambda _: True, viewpoint.according_to, unit_of)
    now = account.stance(frozenset()).alignment

    def is_another(removed: Units) -> bool:
        return account.stance(removed).alignment != now

    found = least(
        [1] * len(origins),
        is_another,
        account.critical,
        starts=lambda: [account.silencing(frozenset()), *account.openings()],
        tries=_tries(account, len(origins)),
    )
    if found is None:
        return None
    return Fragility(
        origins=len(origins),
        fewest=len(found.units),
        method="exact" if found.proof == "smallest" else "upper-bound",
        removing=tuple(origins[unit] for unit in sorted(found.units)[:REMOVING_SHOWN]),
        becomes=account.stance(found.units).alignment,
    )


def _tries(account: Account, origins: int) -> int:
    if origins <= MOST_EXACT:
        return 1 << origins
    return max(20, min(1 << MOST_EXACT, _STEPS // (account.size + 1)))
