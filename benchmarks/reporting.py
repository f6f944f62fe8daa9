"""A run as a table for people and as JSON for programs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.figures import Figures, Key, Outcome

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Report:
    """What is kept of a run."""

    name: str
    size: str
    date: str
    seconds: float
    rounds: int
    machine: dict[str, str]
    postgresql: dict[str, str]
    figures: Figures
    outcomes: Sequence[Outcome]

    def markdown(self) -> str:
        """The run as Markdown: targets first, then every figure, then the machine."""
        suites = list(dict.fromkeys(key.suite for key in self.figures.values))
        parts = [
            f"# Benchmark run “{self.name}”",
            self._heading(),
            "## Targets",
            self._targets(),
        ]
        for suite in suites:
            parts += [f"## {suite.capitalize()}", *self._suite(suite)]
        if self.figures.unmeasured:
            missing = self.figures.unmeasured.items()
            parts += ["## Left out", _table(("who", "why"), missing)]
        parts += ["## Machine and versions", _table(("what", "value"), self.machine.items())]
        parts += ["## PostgreSQL", _table(("setting", "value"), self.postgresql.items())]
        return "\n\n".join(parts) + "\n"

    def json(self) -> str:
        """The run as JSON: the same, with the figure of every round."""
        kept: dict[str, Any] = {
            "name": self.name,
            "size": self.size,
            "date": self.date,
            "seconds": round(self.seconds),
            "rounds": self.rounds,
            "machine": self.machine,
            "postgresql": self.postgresql,
            "targets": [_target(outcome) for outcome in self.outcomes],
            "figures": [
                {**key._asdict(), **_spread(values)} for key, values in self.figures.values.items()
            ],
            "left out": self.figures.unmeasured,
        }
        return json.dumps(kept, indent=1, ensure_ascii=False) + "\n"

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write both under the run's name and return where they are."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = folder / f"{self.name}.md", folder / f"{self.name}.json"
        for path, text in zip(paths, (self.markdown(), self.json()), strict=True):
            path.write_text(text, encoding="utf-8")
        return paths

    def _heading(self) -> str:
        return (
            f"{self.date}, size {self.size}, {self.rounds} rounds, {self.seconds:.0f} s. "
            "Medians of the rounds, with the lowest and highest in brackets."
        )

    def _targets(self) -> str:
        rows = []
        for outcome in self.outcomes:
            target = outcome.target
            goal = f"{'≤' if target.at_most else '≥'} {target.goal:g} ×"
            if target.or_over is not None:
                goal += f", or ≥ {target.or_over:,.0f} {target.over.measure}"
            rows.append((target.what, goal, _ratio(outcome.ratios), outcome.verdict))
        return _table(("target", "goal", "reached", ""), rows)

    def _suite(self, suite: str) -> list[str]:
        keys = [key for key in self.figures.values if key.suite == suite]
        measures = list(dict.fromkeys(key.measure for key in keys))
        lines = dict.fromkeys((key.database, key.case, key.subject) for key in keys)
        order = {
            place: rank
            for rank, place in enumerate(dict.fromkeys((key.database, key.case) for key in keys))
        }
        rows = [
            (
                *line,
                *(
                    _cell(self.figures.values.get(Key(suite, line[0], line[2], line[1], measure)))
                    for measure in measures
                ),
            )
            for line in sorted(lines, key=lambda line: order[line[:2]])
        ]
        return [_table(("database", "what", "who", *measures), rows)]


def _target(outcome: Outcome) -> dict[str, Any]:
    target = outcome.target
    return {
        "what": target.what,
        "over": target.over._asdict(),
        "under": [key._asdict() for key in target.under],
        "goal": target.goal,
        "at_most": target.at_most,
        "or_over": target.or_over,
        "ratios": [float(f"{ratio:.4g}") for ratio in outcome.ratios],
        "ratio": float(f"{median(outcome.ratios):.4g}") if outcome.ratios else None,
        "met": outcome.met,
    }


def _spread(values: Sequence[float]) -> dict[str, Any]:
    rounded = [float(f"{value:.5g}") for value in values]
    return {"median": median(rounded), "low": min(rounded), "high": max(rounded), "values": rounded}


def _cell(values: Sequence[float] | None) -> str:
    if not values:
        return ""
    if len(values) == 1:
        return _number(values[0])
    return f"{_number(median(values))} ({_number(min(values))}–{_number(max(values))})"


def _ratio(ratios: Sequence[float]) -> str:
    return _cell(ratios) if ratios else "–"


def _number(value: float) -> str:
    """Three digits that matter, and all of a large number's."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
