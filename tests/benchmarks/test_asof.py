"""The questions are put to everybody, and figures are given only where all answer alike."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.figures import P50, Figures, Key
from benchmarks.isolation import Unavailable
from benchmarks.questions import KINDS, VIEWS, Questions
from benchmarks.session import OURS
from benchmarks.subjects.duckdb_rows import DuckDBAnswers
from benchmarks.suites import asof
from benchmarks.suites.asof_cases import DUCKDB, RAPHTORY, SUITE, TARGETS, EachOf

ACTORS, EVENTS = 60, 300
PEERS_LEAVE_OPEN = pytest.mark.filterwarnings(
    "default::ResourceWarning", "default::pytest.PytestUnraisableExceptionWarning"
)


@pytest.mark.long
@PEERS_LEAVE_OPEN
def test_everybody_is_asked(tmp_path: Path) -> None:
    assert main(["--tiny", "--suite", SUITE, "--results", str(tmp_path)]) == 0
    kept = json.loads((tmp_path / "tiny-asof.json").read_text(encoding="utf-8"))
    assert kept["suites"][SUITE]["whole"] is True
    # Only `make bench-asof` installs it.
    assert set(kept["suites"][SUITE]["left out"]) <= {RAPHTORY}
    compared = {
        (figure["database"], figure["subject"]): figure["median"]
        for figure in kept["figures"]
        if figure["measure"] == "answers"
    }
    assert compared == {
        ("sqlite", "DuckDB"): 136,
        ("postgresql", "DuckDB"): 136,
        ("sqlite", "plain replay"): 32,
        ("postgresql", "plain replay"): 32,
    }
    judged = [target for target in kept["targets"] if target["met"] is not None]
    assert len(judged) == len(TARGETS) - 6  # of 32 connections, which are too many here
    assert {"duckdb", "raphtory"} <= kept["machine"].keys()


@pytest.mark.long
@PEERS_LEAVE_OPEN
def test_a_peer_that_answers_otherwise_ends_the_suite(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pair = ("actor-0000", "actor-0001")
    monkeypatch.setattr(
        DuckDBAnswers, "answers", lambda _, asked: [{pair: ("allied", 1, 1)} for _ in asked]
    )
    assert main(["--tiny", "--suite", SUITE, "--results", str(tmp_path)]) == 0
    kept = json.loads((tmp_path / "tiny-asof.json").read_text(encoding="utf-8"))
    assert kept["suites"][SUITE]["whole"] is False
    assert "another answer" in kept["suites"][SUITE]["left out"]["the rest of the suite"]
    assert not [figure for figure in kept["figures"] if figure["measure"] == P50]


@pytest.mark.long
@PEERS_LEAVE_OPEN
def test_an_absent_peer_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def absent(_url: str) -> None:
        raise Unavailable("No module named 'raphtory'")

    monkeypatch.setattr(asof, "RaphtoryAnswers", absent)
    assert main(["--tiny", "--suite", SUITE, "--results", str(tmp_path)]) == 0
    kept = json.loads((tmp_path / "tiny-asof.json").read_text(encoding="utf-8"))
    assert kept["suites"][SUITE]["left out"] == {RAPHTORY: "No module named 'raphtory'"}
    assert kept["suites"][SUITE]["whole"] is True


def test_no_question_is_asked_twice_in_a_row_and_all_are_of_known_actors() -> None:
    questions = Questions(ACTORS, EVENTS)
    for kind in KINDS:
        for view in VIEWS:
            asked = questions.some(kind, view, 50, seed=1)
            assert asked == questions.some(kind, view, 50, seed=1)
            assert all(one != other for one, other in pairwise(asked))
            assert all((one.position is not None) == view.past for one in asked)
            assert all(one.position is None or ACTORS <= one.position <= EVENTS for one in asked)
            assert {len(set(one.actors)) for one in asked} == {len(asked[0].actors)}


@pytest.mark.parametrize("at_most", [False, True])
@pytest.mark.parametrize("goal", [1.0, 3.0, 30.0])
def test_the_worst_of_several_ratios_is_judged(*, at_most: bool, goal: float) -> None:
    over = [Key(SUITE, "in memory", DUCKDB, case, P50) for case in "xyz"]
    under = [Key(SUITE, "sqlite", OURS, case, P50) for case in "xyz"]
    measured = dict(zip(over, ([8.0], [4.0], [40.0]), strict=True))
    figures = Figures({key: [2.0] for key in under} | measured)
    (first, second), *others = zip(over, under, strict=True)
    target = EachOf(
        what="it", over=first, under=(second,), goal=goal, at_most=at_most, others=others
    )
    outcome = target.judged(figures)
    worst = 20.0 if at_most else 2.0
    assert list(outcome.ratios) == [worst]
    assert outcome.met is (worst <= goal if at_most else worst >= goal)
    assert outcome.target.what == f"it (worst: {'z' if at_most else 'y'})"
    del figures.values[under[2]]
    assert target.judged(figures).met is None
