"""How the accounts of a pair differ, and which claims they differ by (DESIGN section 5, according_to)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations

from domain.counterfactuals import REMOVING_SHOWN
from domain.disagreement import Difference, Disagreement, RemovedClaim, RivalAccount
from domain.viewpoint import Viewpoint
from infrastructure.questions.events import types
from infrastructure.questions.parts import Sides
from infrastructure.questions.quarrels import Accounts, Claimant, Settled, Two, settled
from infrastructure.questions.removals import Bearing
from infrastructure.questions.snapshots import Snapshot

MOST_ACCOUNTS = 20
"""So many claimants' accounts are told."""
MOST_DIFFERENCES = 6
"""So many of the differences between them are traced to claims, where none is asked for."""


def disagreement(
    snapshot: Snapshot, viewpoint: Viewpoint, pair: tuple[str, str], between: Two | None = None
) -> Disagreement:
    """Each claimant's account of a pair, and which claims these differ by: two of them, or the first.

    The actors are known, and the viewpoint is nobody's in particular.
    """
    bearing = Bearing.of(snapshot, viewpoint, Sides.alone(pair), denied=True)
    accounts = Accounts(bearing)
    claims = _claims(bearing)
    claimants = sorted((one for one in claims if one), key=lambda one: (-claims[one], one))
    shown: list[Claimant] = [None, *claimants[:MOST_ACCOUNTS]]
    differing = [two for two in combinations(shown, 2) if not accounts.agree(two)]
    differing.sort(key=lambda two: None in two and not claims[None])  # who said nothing comes last
    traced = [between] if between else differing[:MOST_DIFFERENCES]
    found = [settled(accounts, two) for two in traced]
    return Disagreement(
        accounts=tuple(_account(accounts, one, claims[one]) for one in shown),
        more_accounts=len(claimants[MOST_ACCOUNTS:]),
        differences=tuple(_differences(snapshot, accounts, found)),
        more_differences=0 if between else len(differing) - len(traced),
    )


def _claims(bearing: Bearing) -> Counter[Claimant]:
    """How many live events of each claimant tell of the pair, or deny one that does."""
    told = [bearing.board.told[at] for at in bearing.told]
    live = [one for one in told if one.position not in bearing.ended]
    speaking = {one.position: one.claimant for one in live}
    for place in {one.place for one in live}:
        for denial in bearing.denials.get(place, ()):
            if denial.ended is None:
                speaking[denial.position] = denial.claimant
    return Counter(speaking.values())


def _account(accounts: Accounts, claimant: Claimant, claims: int) -> RivalAccount:
    stance = accounts.of(claimant).stance(frozenset())
    return RivalAccount(
        claimant=claimant,
        alignment=stance.alignment,
        cooperation=stance.cooperation,
        conflict=stance.conflict,
        claims=claims,
    )


def _differences(
    snapshot: Snapshot, accounts: Accounts, found: Sequence[Settled]
) -> Iterable[Difference]:
    bearers = accounts.bearing.bearers
    shown = [one.removed[:REMOVING_SHOWN] for one in found]
    named = {bearers[position].event_id for removed in shown for position in removed}
    type_of = types(snapshot.conn, named)
    for one, removed in zip(found, shown, strict=True):
        first, other = one.between
        yield Difference(
            between=one.between,
            alignments=(accounts.alignment(first), accounts.alignment(other)),
            method=one.method,
            count=len(one.removed),
            removing=tuple(
                RemovedClaim(
                    event=bearers[position].event_id,
                    type=type_of[bearers[position].event_id],
                    position=position,
                    claimant=bearers[position].claimant,
                    origin=bearers[position].voice,
                )
                for position in removed
            ),
            both=one.both,
        )
