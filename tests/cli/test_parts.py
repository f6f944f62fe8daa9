"""`foedus ask` and `foedus explain` with parts, and predecessors beside a pair."""

import json

import pytest

from api.app import create_app
from api.settings import Settings
from infrastructure.questions import parts
from tests.cli.conftest import Foedus
from tests.e2e.http import served

DAY = ("--valid-at", "2024-07-28")
ATTACK = "5d0d2c0e-3c1f-4a6e-9c70-2f7a4d2f1b11"
MORE = [
    {
        "id": ATTACK,
        "type": "AttackReported",
        "occurred": "2024-07-01",
        "data": {"attacker": "mali-armed-forces", "target": "france"},
    },
    {
        "type": "ActorRegistered",
        "occurred": "2024-07-10",
        "data": {"actor": "newcomer", "kind": "state", "name": "Newcomer"},
    },
    {
        "type": "ActorSucceeded",
        "occurred": "2024-07-10",
        "data": {"predecessors": ["france"], "successors": ["newcomer"], "continuity": "disputed"},
    },
]


def told_more(foedus: Foedus) -> None:
    assert foedus("load", "-", stdin=json.dumps(MORE).encode()).code == 0


@pytest.mark.usefixtures("loaded_file")
def test_parts_change_what_is_asked(foedus: Foedus) -> None:
    told_more(foedus)
    plain = foedus("ask", "mali", "france", *DAY).out
    whole = foedus("ask", "mali", "france", *DAY, "--include", "parts").out
    assert "strained" in plain
    assert "hostile" in whole
    assert "umbrellas and members included" in whole


@pytest.mark.usefixtures("loaded_file")
def test_the_account_says_for_whom_the_two_stand_and_by_way_of_whom_events_count(
    foedus: Foedus,
) -> None:
    told_more(foedus)
    plain = foedus("explain", "mali", "france", *DAY).out.splitlines()
    stands = "mali stands for mali-armed-forces, mali-junta too, where parts are included."
    assert plain[-2:] == [stands, "With parts included it would be hostile."]
    whole = foedus("explain", "mali", "france", *DAY, "--include", "parts").out.splitlines()
    assert whole[-1] == stands
    assert "      by way of mali-armed-forces" in whole
    assert any(ATTACK in line for line in whole)
    assert not any(ATTACK in line for line in plain)


@pytest.mark.usefixtures("loaded_file")
def test_actors_in_common_are_said(foedus: Foedus) -> None:
    said = foedus("explain", "mali", "mali-armed-forces", *DAY).out
    assert "The two have such actors in common, so that including parts changes nothing." in said


@pytest.mark.usefixtures("loaded_file")
def test_predecessors_are_told_and_not_counted(foedus: Foedus) -> None:
    told_more(foedus)
    said = foedus("explain", "mali", "newcomer", *DAY).out.splitlines()
    assert said[3].startswith("UNKNOWN")
    assert said[-1] == (
        "Not counted: france, predecessor of newcomer (disputed, 2024-07-10), and mali: "
        "strained, cooperation 0, conflict 2."
    )


@pytest.mark.usefixtures("loaded_file")
def test_too_many_are_refused_in_a_sentence(
    foedus: Foedus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "MOST_PARTS", 2)
    ended = foedus("ask", "mali", "france", "--include", "parts")
    assert ended.code == 2
    assert ended.err.startswith("foedus: --include parts: the actors asked about stand for more")
    said = foedus("explain", "mali", "france").out
    assert "With umbrellas and members there are too many to be looked at." in said


async def test_the_json_is_the_body_that_http_answers(loaded: str, foedus: Foedus) -> None:
    async with served(create_app(Settings(database_url=loaded))) as client:
        asked = {"valid_at": "2024-07-28", "known_at": "40", "include": "alleged,parts"}
        answer = await client.get("/v1/alignments/mali/csp-psd", params=asked)
        assert answer.status_code == 200, answer.text
        options = ("--known-at", "40", "--include", "alleged", "--include", "parts", "--json")
        ended = foedus("explain", "mali", "csp-psd", *DAY, *options)
        assert ended.out == answer.text + "\n"
        several = asked | {"actors": "mali,csp-psd,france"}
        answer = await client.get("/v1/alignments", params=several)
        ended = foedus("ask", "mali", "csp-psd", "france", *DAY, *options)
        assert ended.out == answer.text + "\n"
