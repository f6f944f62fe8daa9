"""The session of docs/counterfactuals.md, and the figure that it shows."""

import json
import re
import shlex

import pytest

from tests.architecture.project import ROOT
from tests.cli.conftest import Foedus
from tests.cli.test_past import TIME
from tests.test_readme import masked, steps

PAGE = (ROOT / "docs" / "counterfactuals.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("loaded_file")
def test_the_session_says_what_the_page_shows(foedus: Foedus) -> None:
    [step] = steps(PAGE)
    program, *arguments = shlex.split(step.command)
    ended = foedus(*arguments)
    assert (program, ended.code, ended.err) == ("foedus", 0, "")
    assert TIME.sub("TIME", masked(ended.out)) == TIME.sub("TIME", masked(step.shown))


@pytest.mark.usefixtures("loaded_file")
def test_the_fragility_is_what_the_page_shows(foedus: Foedus) -> None:
    [shown] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    told = foedus("explain", "csp-psd", "mali", "--valid-at", "2024-07-28", "--json")
    assert json.loads(told.out)["fragility"] == json.loads(shown)
