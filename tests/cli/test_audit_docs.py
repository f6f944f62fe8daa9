"""The session of docs/audit.md is run, and says what the page shows."""

import re
import shlex
from pathlib import Path

import pytest

from tests.architecture.project import ROOT
from tests.cli.conftest import Foedus
from tests.test_readme import masked, steps

PAGE = ROOT / "docs" / "audit.md"
HEX = re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b[0-9a-f]{4}…|\b(?:[0-9a-f]{64}|[0-9a-f]{32})\b")


@pytest.mark.usefixtures("loaded_file")
def test_the_session_says_what_the_page_shows(foedus: Foedus, home: Path) -> None:
    session = steps(PAGE.read_text(encoding="utf-8"))
    assert len(session) >= 6
    for step in session:
        command, _, target = step.command.partition(" > ")
        program, *arguments = shlex.split(command)
        ended = foedus(*arguments)
        assert (program, ended.code, ended.err) == ("foedus", 0, "")
        if target:
            (home / target).write_text(ended.out, encoding="utf-8")
        said = "" if target else ended.out
        assert HEX.sub("HEX", masked(said)) == HEX.sub("HEX", masked(step.shown)), step.command
