"""A run as a table for people and as JSON for programs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.figures import Figures, Outcome, Target

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class SuiteRun:
    """One suite: when it was measured, of which code, in how many seconds, and what came of it."""

    date: str
    seconds: float
    code: str
    whole: bool
    """Whether it went to its end."""
    figures: Figures


@dataclass
class Report:
    """What is kept of a run, or of several on one machine that each measured some suites."""

    name: str
    size: str
    rounds: int
    machine: dict[str, str]
    postgresql: dict[str, str]
    targets: Sequence[Target]
    runs: dict[str, SuiteRun] = field(default_factory=dict)
    """By suite, in the order in which they are shown."""

    @property
    def outcomes(self) -> list[Outcome]:
        """The targets of the suites that were measured, held against all figures."""
        figures = Figures(
            {key: kept for run in self.runs.values() for key, kept in run.figures.values.items()}
        )
        return [one.judged(figures) for one in self.targets if one.over.suite in self.runs]

    def markdown(self) -> str:
        """The run as Markdown: targets first, then every figure, then the machine."""
        heading = (
            f"Size {self.size}, {self.rounds} rounds. Medians of the rounds, with the lowest and "
            "highest in brackets."
        )
        parts = [
            f"# Benchmark run “{self.name}”",
            heading,
            self._runs(),
            "## Targets",
            self._targets(),
        ]
        for suite, run in self.runs.items():
            if run.figures.values:
                parts += [f"## {suite.capitalize()}", _figures(run.figures)]
        missing = [
            (suite, *line)
            for suite, run in self.runs.items()
            for line in run.figures.unmeasured.items()
        ]
        if missing:
            parts += ["## Left out", _table(("suite", "who", "why"), missing)]
        parts += ["## Machine and versions", _table(("what", "value"), self.machine.items())]
        parts += ["## PostgreSQL", _table(("setting", "value"), self.postgresql.items())]
        return "\n\n".join(parts) + "\n"

    def json(self) -> str:
        """The run as JSON: the same, with the figure of every round."""
        kept: dict[str, Any] = {
            "name": self.name,
            "size": self.size,
            "rounds": self.rounds,
            "machine": self.machine,
            "postgresql": self.postgresql,
            "suites": {
                suite: {
                    "date": run.date,
                    "seconds": round(run.seconds),
                    "code": run.code,
                    "whole": run.whole,
                    "left out": run.figures.unmeasured,
                }
                for suite, run in self.runs.items()
            },
            "targets": [_target(outcome) for outcome in self.outcomes],
            "figures": [
                {**key._asdict(), **_spread(values)}
                for run in self.runs.values()
                for key, values in run.figures.values.items()
            ],
        }
        return json.dumps(kept, indent=1, ensure_ascii=False) + "\n"

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write both under the run's name and return where they are."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = folder / f"{self.name}.md", folder / f"{self.name}.json"
        for path, text in zip(paths, (self.markdown(), self.json()), strict=True):
            path.write_text(text, encoding="utf-8")
        return paths

    def _runs(self) -> str:
        rows = [
            (suite, run.date, f"{run.seconds:,.0f} s", run.code, "" if run.whole else "ended early")
            for suite, run in self.runs.items()
        ]
        return _table(("suite", "measured", "took", "code", ""), rows)

    def _targets(self) -> str:
        rows = []
        for outcome in self.outcomes:
            target = outcome.target
            goal = f"{'≤' if target.at_most else '≥'} {target.goal:g} ×"
            if target.or_over is not None:
                goal += f", or ≥ {target.or_over:,.0f} {target.over.measure}"
            rows.append((target.what, goal, _ratio(outcome.ratios), outcome.verdict))
        return _table(("target", "goal", "reached", ""), rows)


def _figures(figures: Figures) -> str:
    measures = list(dict.fromkeys(key.measure for key in figures.values))
    shown = {
        ((key.database, key.case, key.subject), key.measure): _cell(values)
        for key, values in figures.values.items()
    }
    lines = dict.fromkeys(line for line, _ in shown)
    places = list(dict.fromkeys(line[:2] for line in lines))
    rows = [
        (*line, *(shown.get((line, measure), "") for measure in measures))
        for line in sorted(lines, key=lambda line: places.index(line[:2]))
    ]
    return _table(("database", "what", "who", *measures), rows)


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


def _cell(values: Sequence[float]) -> str:
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
