"""The README's session is run, on a real server over an empty data folder, and says what it shows."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.architecture.project import ROOT

README = ROOT / "README.md"
START = "make run"
SHOWN_BASE = "http://127.0.0.1:8000"

MASKS = (
    # What differs from run to run, and what is compared in its place.
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
    (r"recorded \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "recorded TIME"),
    (r'"hash":"[0-9a-f]{64}"', '"hash":"HASH"'),
    (r"sqlite:////\S+/foedus/example\.sqlite3", "sqlite:////FOLDER/foedus/example.sqlite3"),
)


@dataclass(frozen=True)
class Step:
    """A command of the README and the output shown under it."""

    command: str
    shown: str


def steps(text: str) -> list[Step]:
    """The commands of every console block, in order; a command goes on while a quote is open."""
    found: list[Step] = []
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = part.splitlines()
            until = next(
                number
                for number in range(1, len(lines) + 1)
                if "\n".join(lines[:number]).count("'") % 2 == 0
                and not lines[number - 1].endswith("\\")
            )
            found.append(Step("\n".join(lines[:until]), "\n".join(lines[until:])))
    return found


def masked(text: str) -> str:
    """Text without what differs from run to run, and without blanks at the ends of lines."""
    for pattern, instead in MASKS:
        text = re.sub(pattern, instead, text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


@contextmanager
def example_served(environment: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What `make run` serves, on a free port: its address and what it said when it began."""
    process = subprocess.Popen(
        [foedus(), "serve", "--example", "--port", "0"],
        env=environment | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if line == "Ctrl-C ends it.\n":
            break
    try:
        assert process.poll() is None, said
        yield said.splitlines()[0].rpartition(" ")[2], said
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


def foedus() -> str:
    """The command installed beside the interpreter that runs the tests."""
    return str(Path(sys.executable).parent / "foedus")


def run(step: Step, base: str, environment: dict[str, str]) -> str:
    """The output of a command, as if the server were at the address that the README shows."""
    command = step.command.replace(".venv/bin/foedus", foedus()).replace(SHOWN_BASE, base)
    done = subprocess.run(
        ["bash", "-c", command],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.replace(base, SHOWN_BASE)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A user with an empty data folder and no settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FOEDUS_")}
    return kept | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}


def test_the_session_says_what_the_readme_shows(environment: dict[str, str]) -> None:
    assert shutil.which("curl"), "the README's session uses curl: install it"
    first, *others = steps(README.read_text(encoding="utf-8"))
    assert first.command == START
    assert len(others) >= 8
    with example_served(environment) as (base, said):
        echoed = ".venv/bin/foedus serve --example\n"  # make repeats what it runs
        assert masked(echoed + said.replace(base, SHOWN_BASE)) == masked(first.shown)
        for step in others:
            assert masked(run(step, base, environment)) == masked(step.shown), step.command
        # The append of the session may be sent twice.
        [append] = [step for step in others if " -d " in step.command]
        assert masked(run(append, base, environment)) == masked(append.shown)


def test_make_run_is_what_the_test_ran() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^run: setup .*\n\t\$\(BIN\)/foedus serve --example ", makefile, re.MULTILINE)


def test_the_readme_gives_the_two_commands() -> None:
    text = README.read_text(encoding="utf-8")
    assert "```\nmake run\nmake test\n```" in text


def test_a_command_ends_where_its_quotes_do() -> None:
    block = "```console\n$ one 'a\nb'\nout\nmore\n$ two \\\n  three\n```\n"
    assert steps(block) == [Step("one 'a\nb'", "out\nmore"), Step("two \\\n  three", "")]
