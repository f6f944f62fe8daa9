"""An import that is killed at any moment and run again leaves the log of one that was not."""

import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.importing.asking import recorder
from tests.importing.ged_rows import row, write
from tests.waiting import eventually

ROWS = 3_000
KILLS = 3
COMMAND = (sys.executable, "-m", "api.cli", "import", "ucdp-ged")


def _environment(url: str) -> dict[str, str]:
    return os.environ | {"FOEDUS_DATABASE_URL": url, "PYTHONPATH": str(Path(__file__).parents[2])}


def _imported(url: str, file: Path, *options: str) -> str:
    done = subprocess.run(
        [*COMMAND, file, *options],
        env=_environment(url),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout


def _log(url: str) -> list[tuple[Any, ...]]:
    """All that an import decides: not the times, salts and hashes."""
    with recorder(url) as log:
        return [
            (one.position, one.id, one.event.type, one.event.data, tuple(one.event.tags))
            for one in log.stream()
        ]


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_and_run_again_it_leaves_the_same_log(
    dialect: str, new_url: Any, tmp_path: Path, seed: int
) -> None:
    dice = Random(seed)
    file = write(tmp_path / "ged.csv", map(row, range(ROWS)))
    whole, cut = new_url(dialect), new_url(dialect)
    _imported(whole, file)
    expected = _log(whole)

    for kill in range(KILLS):
        until = dice.randrange(kill * len(expected) // KILLS, (kill + 1) * len(expected) // KILLS)
        with (
            subprocess.Popen(
                [*COMMAND, file],
                env=_environment(cut),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ) as importing,
            recorder(cut) as log,
        ):
            eventually(lambda: log.head().position >= until or importing.poll() is not None)  # noqa: B023
            importing.kill()
        assert _log(cut) == expected[: len(_log(cut))]

    _imported(cut, file)
    assert _log(cut) == expected
    assert " 0 claims new, 0 corrected, 0 withdrawn" in _imported(cut, file)
    assert _log(cut) == expected


def test_a_release_that_is_killed_is_none_until_it_is_run_again(
    dialect: str, new_url: Any, tmp_path: Path
) -> None:
    file = write(tmp_path / "ged.csv", map(row, range(ROWS)))
    url = new_url(dialect)
    with (
        subprocess.Popen(
            [*COMMAND, file, "--as-of-release", "1"],
            env=_environment(url),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as importing,
        recorder(url) as log,
    ):
        eventually(lambda: log.head().position > 500)
        importing.kill()
    listed = [sys.executable, "-m", "api.cli"]
    environment = _environment(url)

    def run(*arguments: str | Path) -> bytes:
        return subprocess.run(
            [*listed, *arguments], env=environment, capture_output=True, check=True, timeout=60
        ).stdout

    assert b"ucdp-ged" not in run("releases")
    _imported(url, file, "--as-of-release", "1")
    assert b"ucdp-ged" in run("releases")
    assert run("release", "ucdp-ged", "1", "-") == file.read_bytes()
