"""Suites that were measured before, on the same machine with the same versions, read back."""

import json
from pathlib import Path
from typing import Any

from benchmarks.figures import Figures, Key
from benchmarks.reporting import Report, SuiteRun


class NotComparable(RuntimeError):
    """The kept results were made on another machine, with other versions or at another size."""


def take_earlier(report: Report, folder: Path) -> None:
    """Put the suites that are kept under the report's name into it; there may be none.

    Raises NotComparable.
    """
    path = folder / f"{report.name}.json"
    if not path.exists():
        return
    kept = json.loads(path.read_text(encoding="utf-8"))
    here = json.loads(report.json())
    different = [
        what
        for what in ("size", "rounds", "machine", "postgresql", "suites")
        if what not in kept or (what != "suites" and kept[what] != here[what])
    ]
    if different:
        raise NotComparable(f"{path} has other values under: {', '.join(different)}")
    report.runs |= {suite: _run(suite, one, kept) for suite, one in kept["suites"].items()}


def _run(suite: str, kept: dict[str, Any], everything: dict[str, Any]) -> SuiteRun:
    values = {
        Key(*(figure[name] for name in Key._fields)): figure["values"]
        for figure in everything["figures"]
        if figure["suite"] == suite
    }
    figures = Figures(values, dict(kept["left out"]))
    return SuiteRun(kept["date"], kept["seconds"], kept["code"], kept["whole"], figures)
