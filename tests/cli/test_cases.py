"""`foedus example`, and the session of docs/cases.md: it is run, and says what the page shows."""

import json
import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.example import CASES, case_file
from tests.architecture.project import ROOT
from tests.cli.conftest import Foedus
from tests.test_readme import Step, foedus, masked, steps

PAGE = ROOT / "docs" / "cases.md"
ROW = re.compile(r"^\| (\d+) \| (\d+ \w+ \d{4}) \|", re.MULTILINE)


def run_all(session: list[Step], folder: Path) -> list[str]:
    """What each command writes, one shell for all of them."""
    script = "\n".join(f"{step.command}\necho =====" for step in session)
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        env=os.environ | {"PATH": f"{Path(foedus()).parent}{os.pathsep}{os.environ['PATH']}"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split("=====\n")[:-1]


def test_the_session_says_what_the_page_shows(home: Path) -> None:
    session = steps(PAGE.read_text(encoding="utf-8"))
    assert len(session) >= 10
    for step, wrote in zip(session, run_all(session, home), strict=True):
        assert masked(wrote) == masked(step.shown), step.command


def test_the_page_tells_how_far_the_log_was_on_each_day() -> None:
    events = json.loads(case_file("rival-accounts").read_bytes())["events"]
    last: dict[str, int] = {}
    for position, event in enumerate(events, start=1):
        if day := event.get("claim", {}).get("reported_on"):
            last[day] = position
    for position, written in ROW.findall(PAGE.read_text(encoding="utf-8")):
        day = datetime.strptime(written, "%d %B %Y").replace(tzinfo=UTC).date()
        assert last[day.isoformat()] == int(position)
    assert len(ROW.findall(PAGE.read_text(encoding="utf-8"))) >= 16


@pytest.mark.usefixtures("home")
def test_cases_are_listed_and_written(foedus: Foedus) -> None:
    listed = foedus("example")
    assert (listed.code, [line.split()[0] for line in listed.out.splitlines()]) == (0, list(CASES))
    for name, title in CASES.items():
        assert title in listed.out
        written = json.loads(foedus("example", name).out)
        assert written == json.loads(case_file(name).read_bytes())
        assert written["title"] == title
    unknown = foedus("example", "rival")
    assert unknown.code == 2
    assert (
        unknown.err == "foedus: there is no case 'rival': there are tinzaouatene, rival-accounts\n"
    )


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("name", CASES)
def test_a_case_is_loaded_once(foedus: Foedus, name: str) -> None:
    case = foedus("example", name).out.encode()
    count = len(json.loads(case)["events"])
    assert foedus("load", "-", stdin=case).out.startswith(f"{count} events read, {count} new;")
    assert foedus("load", "-", stdin=case).out.startswith(f"{count} events read, 0 new;")
