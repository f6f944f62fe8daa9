"""Which claims two accounts of a pair differ by, searched in memory.

Both accounts are told as they depend on single events. Events that turn nothing one without the
other are then taken for one unit, so that a hundred reports of one side's attacks are no longer to
search among than one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from domain.disagreement import Minimality
from domain.minimal import Proof, Units, least
from domain.policy import Alignment
from infrastructure.questions.board import Told
from infrastructure.questions.removals import Account, Bearing

FEW_ORIGINS = 12
"""Among claims of so many origins, the smallest set is searched for longest."""

_TRIES_AMONG_FEW, _TRIES = 1 << 14, 1 << 10
"""How many sets of claims are tried."""
_METHODS: Mapping[Proof, Minimality] = {
    "smallest": "smallest",
    "inclusion-minimal": "inclusion-minimal",
    "enough": "sufficient",
}
_NOTHING: Units = frozenset()

Claimant = str | None
Two = tuple[Claimant, Claimant]


@dataclass(slots=True)
class Accounts:
    """The accounts of a pair by claimant, as each depends on the events that bear on it, by position."""

    bearing: Bearing
    _found: dict[Claimant, Account] = field(default_factory=dict)

    def of(self, claimant: Claimant) -> Account:
        """One's account; None for what is claimed by nobody."""
        if claimant not in self._found:
            each = {position: position for position in self.bearing.bearers}
            self._found[claimant] = self.in_units(claimant, each)
        return self._found[claimant]

    def in_units(self, claimant: Claimant, unit_of: Mapping[int, int]) -> Account:
        """The same, as it depends on units of events."""

        def told_by(one: Told) -> bool:
            return one.claimant is None or one.claimant == claimant

        # By no denial where there is no claimant: a denial without one binds no account.
        return self.bearing.account(told_by, claimant or "", unit_of)

    def alignment(self, claimant: Claimant) -> Alignment:
        """How one has the pair aligned."""
        return self.of(claimant).stance(_NOTHING).alignment

    def agree(self, two: Two) -> bool:
        """Whether two have the pair aligned alike."""
        return self.alignment(two[0]) == self.alignment(two[1])


class Settled(NamedTuple):
    """The positions of the events without which two accounts agree, in order, and on what."""

    between: Two
    removed: Sequence[int]
    method: Minimality
    both: Alignment


def settled(accounts: Accounts, two: Two) -> Settled:
    """Remove as few events as can be found, as if never recorded, for two accounts to agree."""
    bearers = accounts.bearing.bearers
    units = sorted(_units(accounts, two))
    # The last unit is of all events that move neither account: it turns nothing.
    unit_of = dict.fromkeys(bearers, len(units))
    unit_of |= {position: unit for unit, events in enumerate(units) for position in events}
    one, other = (accounts.in_units(claimant, unit_of) for claimant in two)

    def agree(removed: Units) -> bool:
        return one.stance(removed).alignment == other.stance(removed).alignment

    def critical(removed: Units) -> set[int]:
        return one.critical(removed) | other.critical(removed)

    def starts() -> Iterator[Units]:
        yield _silencing(one, other)
        theirs = {unit_of[at] for at, event in bearers.items() if event.claimant in two}
        yield frozenset(theirs - {len(units)})

    origins = {bearers[position].voice for events in units for position in events}
    tries = _TRIES_AMONG_FEW if len(origins) <= FEW_ORIGINS else _TRIES
    found = least([len(one) for one in units], agree, critical, starts=starts, tries=tries)
    assert found is not None  # noqa: S101 - without all events both are unknown
    removed = sorted(position for unit in found.units for position in units[unit])
    both = one.stance(found.units).alignment
    return Settled(two, removed, _METHODS[found.proof], both)


def _silencing(one: Account, other: Account) -> Units:
    """Units without which both accounts are silent."""
    removed = _NOTHING
    while (more := other.silencing(one.silencing(removed))) != removed:
        removed = more
    return removed


Sign = tuple[int, int, int]
"""Where an event moves a slot: in which account, which slot, and among which run of like effects."""


def _units(accounts: Accounts, two: Two) -> Iterable[tuple[int, ...]]:
    """The events that may move two accounts, by position: together where none moves anything alone.

    A slot is told by the first of its effects that counts. Of sets (or closes) that follow upon
    each other in that order, one is as good as all. So events that stand in the same runs of the same
    slots are one unit, unless something ended or denies them, or they do so to others.
    """
    signs: dict[int, list[Sign]] = defaultdict(list)
    alone: set[int] = set()
    for account, claimant in enumerate(two):
        for slot, effects in enumerate(accounts.of(claimant).slots):
            run, closes = 0, False
            for effect in effects:
                run, closes = run + (effect.closes != closes), effect.closes
                own, ended, denials = effect.condition
                signs[own].append((account, slot, run))
                others = {one for denial in denials for one in denial if one is not None}
                alone |= others if ended is None else {ended, *others}
                if ended is not None or denials:
                    alone.add(own)
    together: dict[tuple[Sign, ...], list[int]] = defaultdict(list)
    for position in sorted(signs.keys() - alone):
        together[tuple(signs[position])].append(position)
    yield from map(tuple, together.values())
    yield from ((position,) for position in alone)
