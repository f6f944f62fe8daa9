"""How the accounts of a pair differ, by folding the log afresh for each account and each set of claims."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations

from domain.disagreement import RivalAccount
from domain.effects import effects_of
from domain.event import Recorded
from domain.fold.alignment import pair_alignment
from domain.fold.explanation import touching
from domain.fold.fragility import alignment, bearing
from domain.fold.ledger import Ledger
from domain.policy import Alignment
from domain.viewpoint import Viewpoint

NOBODY = "nobody-of-that-name"
"""Whose account has no claims of its own: those without a claimant alone, of which it denies none."""


def accounts(
    log: Iterable[Recorded], viewpoint: Viewpoint, a: str, b: str
) -> dict[str | None, RivalAccount]:
    """How the pair stands by each claimant that speaks of it, and without claimants (None)."""
    records = list(log)
    told = _speaking(records, viewpoint, a, b)
    found = {}
    for claimant in {None, *(one.event.claim.claimant for one in told)}:
        pair = pair_alignment(Ledger.of(records, by(viewpoint, claimant)), a, b)
        found[claimant] = RivalAccount(
            claimant=claimant,
            alignment=pair.alignment,
            cooperation=pair.cooperation,
            conflict=pair.conflict,
            claims=sum(one.event.claim.claimant == claimant for one in told),
        )
    return found


def by(viewpoint: Viewpoint, claimant: str | None) -> Viewpoint:
    """The viewpoint of one account."""
    return replace(viewpoint, according_to=claimant or NOBODY)


def common_alignment(
    records: list[Recorded],
    viewpoint: Viewpoint,
    pair: tuple[str, str],
    between: tuple[str | None, str | None],
    without: Iterable[Recorded],
) -> Alignment | None:
    """The alignment that both accounts give as if some events had never been recorded, if it is one."""
    left = list(without)
    one, other = (alignment(records, by(viewpoint, who), *pair, without=left) for who in between)
    return one if one == other else None


def fewest(
    records: list[Recorded],
    viewpoint: Viewpoint,
    pair: tuple[str, str],
    between: tuple[str | None, str | None],
    most: int,
) -> int | None:
    """How few claims two accounts differ by, trying every set of up to `most`; None if it takes more."""
    candidates = candidates_of(records, viewpoint, pair, between)
    for size in range(most + 1):
        for some in combinations(candidates, size):
            if common_alignment(records, viewpoint, pair, between, some) is not None:
                return size
    return None


def candidates_of(
    records: list[Recorded],
    viewpoint: Viewpoint,
    pair: tuple[str, str],
    between: tuple[str | None, str | None],
) -> list[Recorded]:
    """The events that bear on either account, by position."""
    found = {
        one.position: one for who in between for one in bearing(records, by(viewpoint, who), *pair)
    }
    return [found[position] for position in sorted(found)]


def _speaking(records: list[Recorded], viewpoint: Viewpoint, a: str, b: str) -> list[Recorded]:
    """The live events that the viewpoint admits on the pair by the day, and the live denials of these."""
    ledger = Ledger.of(records, viewpoint)
    told = [one for one in ledger.history.live() if _tells(ledger, one, a, b)]
    denials = {
        denial.position: denial
        for one in told
        for denial in ledger.history.denials(one)
        if not viewpoint.passes_over(denial.event)
    }
    return [*told, *denials.values()]


def _tells(ledger: Ledger, recorded: Recorded, a: str, b: str) -> bool:
    event, viewpoint = recorded.event, ledger.viewpoint
    touches = touching(ledger, a, b)
    return not viewpoint.passes_over(event) and any(
        touches(effect)
        and viewpoint.leaves_out(event.claim, alleged=effect.alleged, denied=False) is None
        and (event.span.latest if effect.move == "set" else event.span.earliest)
        <= viewpoint.valid_at
        for effect in effects_of(event.data)
    )
