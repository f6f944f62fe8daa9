"""`foedus suggestions`: the session of docs/suggestions.md, and the body that the API answers."""

from pathlib import Path

import pytest

from api.app import create_app
from api.settings import Settings
from tests.architecture.project import ROOT
from tests.cli.conftest import Foedus
from tests.cli.test_cases import run_all
from tests.e2e.http import served
from tests.test_readme import masked, steps

PAGE = ROOT / "docs" / "suggestions.md"


def test_the_session_says_what_the_page_shows(home: Path) -> None:
    session = steps(PAGE.read_text(encoding="utf-8"))
    assert len(session) == 4
    for step, wrote in zip(session, run_all(session, home), strict=True):
        assert masked(wrote) == masked(step.shown), step.command


async def test_the_json_is_the_body_that_http_answers(loaded: str, foedus: Foedus) -> None:
    questions: list[tuple[list[str], dict[str, str]]] = [
        ([], {}),
        (["--known-at", "40", "--include", "alleged"], {"known_at": "40", "include": "alleged"}),
        (
            ["--according-to", "mali", "--reliability", "C"],
            {"according_to": "mali", "reliability": "C"},
        ),
    ]
    async with served(create_app(Settings(database_url=loaded))) as client:
        for actor in ("csp-psd", "mali", "adama-gaye"):
            for arguments, parameters in questions:
                asked = {"actor": actor, "valid_at": "2024-07-28"} | parameters
                answer = await client.get("/v1/suggestions", params=asked)
                assert answer.status_code == 200, answer.text
                told = foedus(
                    "suggestions", actor, "--valid-at", "2024-07-28", *arguments, "--json"
                )
                assert told.out == answer.text + "\n"


@pytest.mark.usefixtures("loaded")
def test_no_hints_and_what_cannot_be_asked_are_told(foedus: Foedus) -> None:
    said = foedus("suggestions", "algeria", "--valid-at", "2024-07-28").out
    assert "Not evidence." in said
    assert "No hint" in said
    assert "mean france" in foedus("suggestions", "franc").err
    assert "parts" in foedus("suggestions", "mali", "--include", "parts").err
