"""Every suite runs, with every subject, at sizes whose figures say nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from benchmarks.__main__ import UNUSABLE, main
from benchmarks.figures import Key
from benchmarks.session import Session
from benchmarks.suites.registry import OF_THE_STORE, SUITES


@pytest.fixture
def keep() -> Iterator[Path]:
    """Where the database server's own user may go: not below the folders of the tests."""
    with TemporaryDirectory(prefix="foedus-kept-") as folder:
        yield Path(folder)


@pytest.mark.long
@pytest.mark.parametrize("suite", OF_THE_STORE)
# What peers leave open is theirs to answer for.
@pytest.mark.filterwarnings(
    "default::ResourceWarning", "default::pytest.PytestUnraisableExceptionWarning"
)
def test_a_suite_measures_all_its_subjects(
    suite: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--tiny", "--suite", suite, "--results", str(tmp_path)]) == 0
    kept = json.loads((tmp_path / f"tiny-{suite}.json").read_text(encoding="utf-8"))
    assert kept["suites"][suite]["left out"] == {}
    assert kept["suites"][suite]["whole"] is True
    assert {figure["suite"] for figure in kept["figures"]} == {suite}
    assert all(
        figure["low"] > 0 for figure in kept["figures"] if figure["measure"] != "events found"
    )
    assert (tmp_path / f"tiny-{suite}.md").read_text(encoding="utf-8") == capsys.readouterr().out


@pytest.mark.long
@pytest.mark.filterwarnings(
    "default::ResourceWarning", "default::pytest.PytestUnraisableExceptionWarning"
)
def test_an_ended_run_keeps_what_it_has(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def ended(session: Session) -> None:
        session.figures.add(Key("growth", "sqlite", "we", "this", "mean ms"), 1.0)
        raise KeyboardInterrupt

    monkeypatch.setitem(SUITES, "growth", ended)
    command = ["--tiny", "--name", "mine", "--results", str(tmp_path), "--suite", "growth"]
    with pytest.raises(KeyboardInterrupt):
        main([*command, "--suite", "reads"])
    kept = json.loads((tmp_path / "mine.json").read_text(encoding="utf-8"))
    assert [(suite, run["whole"]) for suite, run in kept["suites"].items()] == [
        ("reads", True),
        ("growth", False),
    ]
    assert {figure["suite"] for figure in kept["figures"]} == {"reads", "growth"}
    assert "ended early" in (tmp_path / "mine.md").read_text(encoding="utf-8")


@pytest.mark.long
@pytest.mark.filterwarnings(
    "default::ResourceWarning", "default::pytest.PytestUnraisableExceptionWarning"
)
def test_a_second_run_reuses_the_logs_of_the_first_and_adds_to_its_results(
    tmp_path: Path, keep: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--tiny", "--add", "--name", "mine", "--results", str(tmp_path / "results")]
    command += ["--keep", str(keep)]
    assert main([*command, "--suite", "reads"]) == 0
    first = capsys.readouterr().err
    assert main([*command, "--suite", "growth"]) == 0
    second = capsys.readouterr().err
    assert (first.count("events loaded"), second.count("events loaded")) == (6, 0)
    assert second.count("as an earlier run loaded them") == 6
    kept = json.loads((tmp_path / "results/mine.json").read_text(encoding="utf-8"))
    assert list(kept["suites"]) == ["reads", "growth"]
    names = {place.name for place in keep.iterdir()}
    assert names == {"in-use", "kept", "postgresql"}


def test_a_folder_in_memory_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("benchmarks.machine.filesystem", lambda _: "tmpfs")
    assert main(["--tiny", "--folder", str(tmp_path), "--results", str(tmp_path)]) == UNUSABLE
    assert "tmpfs" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
