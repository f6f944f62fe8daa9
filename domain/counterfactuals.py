"""What an answer hangs on: origins without which it would be another, and claims that two accounts differ by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.policy import Alignment

REMOVING_SHOWN = 100
"""So many of what would have to be removed are named; `fewest` and `count` count all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragility:
    """The fewest origins without whose events a pair's alignment would be another.

    `origins`: of all events that bear on it. An event's origin is its `origin`, else its claimant,
    else its publisher; "" for all events that give none (DESIGN section 6). `exact`: no fewer
    would do; `upper-bound`: fewer might. `removing`: their names, in the order of text.
    """

    origins: int
    fewest: int
    method: Literal["exact", "upper-bound"]
    removing: tuple[str, ...]
    becomes: Alignment
