"""The session of docs/backup.md is run, and says what the page shows."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.project import ROOT
from tests.test_readme import Step, foedus, masked, steps

PAGE = ROOT / "docs" / "backup.md"
POSTGRESQL = "postgresql+psycopg://foedus@localhost/foedus"


def run_all(session: list[Step], environment: dict[str, str], folder: Path) -> list[str]:
    """What each command writes, one shell for all of them."""
    script = "\n".join(f"{step.command} 2>&1\necho =====" for step in session)
    done = subprocess.run(
        ["bash", "-c", script],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split("=====\n")[:-1]


@pytest.mark.long
def test_the_session_says_what_the_page_shows(home: Path, new_url: Callable[..., str]) -> None:
    session = steps(PAGE.read_text(encoding="utf-8"))
    assert len(session) >= 8
    url = new_url("postgresql", migrated=False)
    named = [Step(step.command.replace(POSTGRESQL, url), step.shown) for step in session]
    environment = os.environ | {
        "PATH": f"{Path(foedus()).parent}{os.pathsep}{os.environ['PATH']}",
    }
    for step, wrote in zip(session, run_all(named, environment, home), strict=True):
        shown, said = (
            re.sub(r"hash [0-9a-f]{64}", "hash HASH", masked(text))
            for text in (step.shown, re.sub(r"^postgresql\S+", POSTGRESQL, wrote))
        )
        assert said == shown, step.command
