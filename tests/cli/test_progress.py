"""How far long work is, how fast it goes, and how long it will take."""

import io
import re

import pytest
from rich.console import Console

from api.cli import terminal
from api.cli.terminal import progress


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands still until its one entry is set."""
    now = [100.0]
    monkeypatch.setattr("api.cli.terminal.time.monotonic", lambda: now[0])
    return now


def test_a_line_tells_rate_and_time_left_of_what_this_program_does(
    clock: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    with progress("importing x.csv", "rows") as advance:
        advance(50_000, 100_000)
        clock[0] += 10
        advance(60_000, 100_000)
        clock[0] += 1
        advance(61_000, 100_000)
        clock[0] += 9
        advance(100_000, None)
    assert capsys.readouterr().err == (
        "importing x.csv: 60,000 of 100,000 rows, 1,000 rows/s, 0:00:40 left\n"
        "importing x.csv: 100,000 rows, 2,500 rows/s\n"
    )


def test_a_bar_tells_rate_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=120, highlight=False)
    monkeypatch.setattr(terminal, "messages", lambda: console)
    with progress("importing", "rows") as advance:
        for done in range(1_000, 30_000, 1_000):
            advance(done, 30_000)
    assert re.search(r"[\d,]+ rows/s", shown.getvalue())
    assert "0:00:0" in shown.getvalue()
