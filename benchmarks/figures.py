"""What was measured, and what it was measured for: figures of rounds, and targets on ratios.

The machine is noisy, so a ratio is taken within each round, where both sides met the same
weather, and the median of the rounds' ratios is held against the goal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

RATE = "events/s"
REQUESTS = "requests/s"
P50 = "p50 ms"
P99 = "p99 ms"
PEAK = "peak MB"


class Key(NamedTuple):
    """One figure: of which suite, on which database, who, doing what, in which unit."""

    suite: str
    database: str
    subject: str
    case: str
    measure: str


@dataclass
class Figures:
    """The figures of a run, one value a round, and what could not be measured, with the reason."""

    values: dict[Key, list[float]] = field(default_factory=dict)
    unmeasured: dict[str, str] = field(default_factory=dict)

    def add(self, key: Key, value: float) -> None:
        self.values.setdefault(key, []).append(value)


@dataclass(frozen=True, kw_only=True)
class Target:
    """`over` divided by the largest of `under` must be at least `goal` (or `at_most`).

    Of several peers the best one counts. `or_over` names a value of `over` that is good
    enough by itself.
    """

    what: str
    over: Key
    under: tuple[Key, ...]
    goal: float
    at_most: bool = False
    or_over: float | None = None

    def judged(self, figures: Figures) -> "Outcome":
        """Hold the run's figures against the goal."""
        over = figures.values.get(self.over, [])
        under = [figures.values[key] for key in self.under if key in figures.values]
        if len(under) < len(self.under):
            under = []
        ratios = [
            top / max(bottoms) for top, *bottoms in zip(over, *under, strict=False) if bottoms
        ]
        if not ratios:
            return Outcome(self, (), None)
        ratio = median(ratios)
        met = ratio <= self.goal if self.at_most else ratio >= self.goal
        if self.or_over is not None and median(over) >= self.or_over:
            met = True
        return Outcome(self, tuple(ratios), met)


@dataclass(frozen=True)
class Outcome:
    """A target with the ratio of each round; `met` is None where a side was not measured."""

    target: Target
    ratios: Sequence[float]
    met: bool | None

    @property
    def verdict(self) -> str:
        return {True: "met", False: "missed", None: "not measured"}[self.met]
