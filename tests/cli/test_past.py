"""`foedus timeline` and `foedus revisions`: the session of docs/history.md, and the body that the API answers."""

import re
import shlex

import pytest

from api.app import create_app
from api.settings import Settings
from tests.architecture.project import ROOT
from tests.cli.conftest import Foedus
from tests.e2e.http import served
from tests.test_readme import masked, steps

PAGE = ROOT / "docs" / "history.md"
TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC")


@pytest.mark.usefixtures("loaded_file")
def test_the_session_says_what_the_page_shows(foedus: Foedus) -> None:
    session = steps(PAGE.read_text(encoding="utf-8"))
    assert [step.command.split()[1] for step in session] == ["timeline", "timeline", "revisions"]
    for step in session:
        program, *arguments = shlex.split(step.command)
        ended = foedus(*arguments)
        assert (program, ended.code, ended.err) == ("foedus", 0, "")
        assert TIME.sub("TIME", masked(ended.out)) == TIME.sub("TIME", masked(step.shown))


async def test_the_json_is_the_body_that_http_answers(loaded: str, foedus: Foedus) -> None:
    pair = "/v1/alignments/mali/wagner-group"
    questions: list[tuple[str, list[str], dict[str, str]]] = [
        ("timeline", [], {}),
        (
            "timeline",
            ["--known-at", "26", "--reliability", "D"],
            {"known_at": "26", "reliability": "D"},
        ),
        ("revisions", [], {}),
        (
            "revisions",
            ["--valid-at", "2024-07-28", "--according-to", "mali", "--include", "alleged"],
            {"valid_at": "2024-07-28", "according_to": "mali", "include": "alleged"},
        ),
    ]
    async with served(create_app(Settings(database_url=loaded))) as client:
        for past, arguments, parameters in questions:
            answer = await client.get(f"{pair}/{past}", params=parameters)
            assert answer.status_code == 200, answer.text
            told = foedus(past, "wagner-group", "mali", *arguments, "--json")
            assert told.out == answer.text + "\n"


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("past", ["timeline", "revisions"])
def test_what_cannot_be_asked_is_told(foedus: Foedus, past: str) -> None:
    for actors, why in ((("mali", "mali"), "two different"), (("mali", "franc"), "mean france")):
        refused = foedus(past, *actors)
        assert why in refused.err
    assert "parts" in foedus(past, "mali", "france", "--include", "parts").err
