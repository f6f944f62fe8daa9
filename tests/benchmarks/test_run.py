"""Every suite runs, with every subject, at sizes whose figures say nothing."""

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import UNUSABLE, main
from benchmarks.suites.registry import SUITES


@pytest.mark.long
@pytest.mark.parametrize("suite", SUITES)
# What peers leave open is theirs to answer for.
@pytest.mark.filterwarnings(
    "default::ResourceWarning", "default::pytest.PytestUnraisableExceptionWarning"
)
def test_a_suite_measures_all_its_subjects(
    suite: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--tiny", "--suite", suite, "--results", str(tmp_path)]) == 0
    kept = json.loads((tmp_path / f"tiny-{suite}.json").read_text(encoding="utf-8"))
    assert kept["left out"] == {}
    assert {figure["suite"] for figure in kept["figures"]} == {suite}
    assert all(
        figure["low"] > 0 for figure in kept["figures"] if figure["measure"] != "events found"
    )
    assert (tmp_path / f"tiny-{suite}.md").read_text(encoding="utf-8") == capsys.readouterr().out


def test_a_folder_in_memory_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("benchmarks.machine.filesystem", lambda _: "tmpfs")
    assert main(["--tiny", "--folder", str(tmp_path), "--results", str(tmp_path)]) == UNUSABLE
    assert "tmpfs" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
