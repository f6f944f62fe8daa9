"""What became of pairs of actors between two days, or between two states of the log."""

from __future__ import annotations

from dataclasses import dataclass

from domain.past import Stance


@dataclass(frozen=True, slots=True)
class PairChange:
    """A pair, the smaller id first, that stood otherwise after than before."""

    actors: tuple[str, str]
    before: Stance
    after: Stance
