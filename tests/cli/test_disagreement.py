"""`foedus disagreement`: the accounts side by side, what they differ by, and the body that the API answers."""

import pytest

from api.app import create_app
from api.settings import Settings
from tests.cli.conftest import Foedus
from tests.e2e.http import served

BATTLE = "c3377c4b-90ab-5a61-b4df-78c9b099fed0"


@pytest.mark.usefixtures("loaded")
def test_the_accounts_and_the_claims_they_differ_by_are_told(foedus: Foedus) -> None:
    said = foedus("disagreement", "mali", "csp-psd", "--valid-at", "2024-08-10")
    assert (said.code, said.err) == (0, "")
    lines = [line.split() for line in said.out.splitlines()]
    assert ["unattributed", "unknown", "0", "0", "0"] in lines
    assert ["csp-psd", "hostile", "0", "3", "3"] in lines
    assert (
        "unattributed: unknown, mali: hostile. Without this claim both: unknown (no fewer would do)."
        in said.out
    )
    assert f"  34  BattleReported {BATTLE}, claimed by mali" in said.out
    assert "Without these 3 claims both: unknown" in said.out


@pytest.mark.usefixtures("loaded")
def test_where_nothing_differs_it_says_so(foedus: Foedus) -> None:
    said = foedus("disagreement", "mali", "france")
    assert "All accounts have the two aligned alike." in said.out
    said = foedus("disagreement", "mali", "csp-psd", "--between", "mali,csp-psd")
    assert "mali and csp-psd agree: hostile." in said.out


async def test_the_json_is_the_body_that_http_answers(loaded: str, foedus: Foedus) -> None:
    questions: list[tuple[list[str], dict[str, str]]] = [
        ([], {}),
        (["--between", "mali", "--include", "alleged"], {"between": "mali", "include": "alleged"}),
        (
            ["--between", "mali,csp-psd", "--known-at", "33"],
            {"between": "mali,csp-psd", "known_at": "33"},
        ),
    ]
    async with served(create_app(Settings(database_url=loaded))) as client:
        for arguments, parameters in questions:
            answer = await client.get("/v1/alignments/csp-psd/mali/disagreement", params=parameters)
            assert answer.status_code == 200, answer.text
            told = foedus("disagreement", "mali", "csp-psd", *arguments, "--json")
            assert told.out == answer.text + "\n"


@pytest.mark.usefixtures("loaded")
def test_what_cannot_be_asked_is_told(foedus: Foedus) -> None:
    for arguments, why in (
        (("mali", "mali"), "two different"),
        (("mali", "franc"), "mean france"),
        (("mali", "france", "--between", "atlantis"), "no actor is registered as atlantis"),
        (("mali", "france", "--between", "mali,mali"), "two different ones"),
        (("mali", "france", "--between", "a,b,c"), "one claimant"),
        (("mali", "france", "--between", "No Slug"), "No Slug"),
        (("mali", "france", "--include", "parts"), "parts"),
    ):
        refused = foedus("disagreement", *arguments)
        assert refused.code == 2, arguments
        assert why in refused.err
