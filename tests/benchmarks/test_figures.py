"""Ratios are taken within rounds, and a run is kept whole."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.earlier import NotComparable, take_earlier
from benchmarks.figures import RATE, Figures, Key, Outcome, Target
from benchmarks.reporting import Report, SuiteRun

OURS, PEER, RAW = (Key("appends", "sqlite", who, "1 × single events", RATE) for who in "abc")


def figures(**values: list[float]) -> Figures:
    keys = {"ours": OURS, "peer": PEER, "raw": RAW}
    return Figures({keys[name]: given for name, given in values.items()})


def judged(given: Figures, goal: float, **fields: Any) -> Outcome:
    target = Target(what="", over=OURS, under=(PEER,), goal=goal)
    return replace(target, **fields).judged(given)


def report(given: Figures) -> Report:
    target = Target(what="ours against theirs", over=OURS, under=(PEER,), goal=2)
    run = SuiteRun("2026-01-01", 5, "abc123", whole=True, figures=given)
    return Report("mine", "quick", 2, {"cores": "2"}, {}, [target], {"appends": run})


def test_the_median_of_the_rounds_ratios_is_judged() -> None:
    # The machine was ten times slower in the second round; its figures say nothing across rounds.
    given = figures(ours=[70.0, 6.0, 40.0], peer=[10.0, 1.0, 8.0])
    outcome = judged(given, 6)
    assert list(outcome.ratios) == [7, 6, 5]
    assert outcome.met is True
    assert judged(given, 6.1).met is False


def test_of_several_peers_the_best_of_each_round_counts() -> None:
    given = figures(ours=[12.0, 12.0], peer=[4.0, 6.0], raw=[6.0, 3.0])
    assert judged(given, 2, under=(PEER, RAW)).ratios == (2, 2)


@pytest.mark.parametrize("missing", ["ours", "peer"])
def test_a_side_that_was_not_measured_is_neither_met_nor_missed(missing: str) -> None:
    given = figures(**{name: [1.0] for name in ("ours", "peer") if name != missing})
    assert judged(given, 1).met is None
    assert judged(given, 1).verdict == "not measured"


def test_a_peer_left_out_does_not_make_the_others_count_for_all() -> None:
    assert judged(figures(ours=[1.0], peer=[1.0]), 1, under=(PEER, RAW)).met is None


def test_costs_have_an_upper_goal() -> None:
    given = figures(ours=[13.0], peer=[10.0])
    assert judged(given, 1.3, at_most=True).met is True
    assert judged(given, 1.2, at_most=True).met is False


def test_a_value_may_be_good_enough_by_itself() -> None:
    given = figures(ours=[300_000.0], peer=[1_000_000.0])
    assert judged(given, 0.6).met is False
    assert judged(given, 0.6, or_over=300_000).met is True


def test_a_run_is_kept_as_markdown_and_json(tmp_path: Path) -> None:
    given = figures(ours=[1_234.0, 1_000.0], peer=[500.0, 500.0])
    given.unmeasured["somebody"] = "not installed"
    markdown, kept = report(given).write(tmp_path)
    text = markdown.read_text(encoding="utf-8")
    assert "| ours against theirs | ≥ 2 × | 2.23 (2–2.47) | met |" in text
    assert "| sqlite | 1 × single events | a | 1,117 (1,000–1,234) |" in text
    assert "| appends | somebody | not installed |" in text
    assert "| appends | 2026-01-01 | 5 s | abc123 |  |" in text
    found = json.loads(kept.read_text(encoding="utf-8"))
    assert found["figures"][0]["values"] == [1_234, 1_000]
    assert found["figures"][0]["median"] == 1_117
    assert found["targets"][0]["ratios"] == [2.468, 2.0]
    assert found["targets"][0]["met"] is True


def test_suites_measured_apart_are_kept_together(tmp_path: Path) -> None:
    given = figures(ours=[1_234.0, 1_000.0], peer=[500.0, 500.0])
    report(given).write(tmp_path)
    later = report(given)
    earlier = later.runs.pop("appends")
    later.runs["reads"] = replace(earlier, date="2026-01-02", figures=Figures())
    take_earlier(later, tmp_path)
    assert later.runs["appends"] == earlier
    assert later.outcomes[0].met is True
    text = later.write(tmp_path)[0].read_text(encoding="utf-8")
    assert "| reads | 2026-01-02 |" in text
    assert "| appends | 2026-01-01 |" in text


def test_a_suite_of_another_machine_is_not_added(tmp_path: Path) -> None:
    there = report(figures())
    there.machine["cores"] = "64"
    there.write(tmp_path)
    with pytest.raises(NotComparable, match="machine"):
        take_earlier(report(figures()), tmp_path)
