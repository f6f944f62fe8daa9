"""How the accounts of a pair differ, and which claims they differ by (DESIGN sections 5 and 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.policy import Alignment

Minimality = Literal["smallest", "inclusion-minimal", "sufficient"]
"""What was shown of some claims: no fewer do, none of them can be put back, or only that they do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RivalAccount:
    """How a pair stands by one claimant's claims and those without one, less what it denies.

    `claimant` None: by the claims without a claimant alone. `claims`: how many of its own events
    speak of the pair, having begun by the day and being neither retracted nor superseded.
    """

    claimant: str | None
    alignment: Alignment
    cooperation: int
    conflict: int
    claims: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedClaim:
    """An event without which, among others, two accounts agree."""

    event: str
    type: str
    position: int
    claimant: str | None
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The claims that two accounts differ by: as if these had never been recorded, both have `both`.

    `removing`: by position, the first hundred of `count`. Two that agree differ by no claims.
    """

    between: tuple[str | None, str | None]
    alignments: tuple[Alignment, Alignment]
    method: Minimality
    count: int
    removing: tuple[RemovedClaim, ...]
    both: Alignment


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """The accounts of a pair, and by what those differ that do.

    The account without claimants comes first, then claimants, those with most claims first.
    `more_accounts` and `more_differences`: so many are not told.
    """

    accounts: tuple[RivalAccount, ...]
    more_accounts: int
    differences: tuple[Difference, ...]
    more_differences: int
