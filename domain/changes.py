"""What became of pairs of actors between two days, or between two states of the log."""

from __future__ import annotations

from dataclasses import dataclass

from domain.policy import Alignment


@dataclass(frozen=True, slots=True)
class PairState:
    """How a pair stood, in short: what has to differ for a change (DESIGN section 6)."""

    alignment: Alignment
    cooperation: int
    conflict: int


@dataclass(frozen=True, slots=True)
class PairChange:
    """A pair, the smaller id first, that stood otherwise after than before."""

    actors: tuple[str, str]
    before: PairState
    after: PairState
