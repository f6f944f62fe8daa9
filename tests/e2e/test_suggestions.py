"""Hints over HTTP, on the shipped case: where they show, and where they never do."""

from typing import Any

import pytest

from tests.builders import worked_case
from tests.e2e.http import Client, ask

DAY = {"valid_at": "2024-07-28"}


def hints(body: dict[str, Any]) -> dict[str, str]:
    """The leaning of each hint, by the other one's id."""
    return {
        next(one for one in hint["actors"] if one != body["actor"]): hint["leaning"]
        for hint in body["suggestions"]
    }


async def test_an_enemys_enemy_is_hinted_at_here_and_unknown_everywhere_else(case: Client) -> None:
    body = await ask(case, "/v1/suggestions", actor="csp-psd", **DAY)
    assert body["notice"].startswith("Not evidence.")
    assert (body["third_actors"], body["complete"], body["next"]) == (2, True, None)
    assert hints(body)["france"] == "cooperative"
    [hint] = [one for one in body["suggestions"] if one["actors"] == ["csp-psd", "france"]]
    assert [one["third"] for one in hint["cooperative"]["triads"]] == ["mali"]
    [triad] = hint["cooperative"]["triads"]
    pairs = await ask(case, "/v1/alignments", actors="csp-psd,france,mali", **DAY)
    alignments = {tuple(one["actors"]): one for one in pairs["alignments"]}
    for premise in triad["premises"]:
        known = alignments[tuple(premise["actors"])]
        assert premise == {name: known[name] for name in premise}
    unknown = alignments["csp-psd", "france"]
    assert (unknown["alignment"], unknown["support_count"]) == ("unknown", 0)
    matrix = await ask(case, "/v1/actors/csp-psd/alignments", **DAY)
    assert "france" not in str(matrix["alignments"])


async def test_premises_are_of_the_viewpoint(case: Client) -> None:
    before = await ask(case, "/v1/suggestions", actor="csp-psd", **DAY, known_at="31")
    assert (before["third_actors"], before["suggestions"]) == (0, [])
    later = {"actor": "csp-psd", "valid_at": "2024-08-01"}
    assert "france" in hints(await ask(case, "/v1/suggestions", **later))
    alleged = await ask(case, "/v1/suggestions", **later, include="alleged")
    assert "france" not in hints(alleged)  # with allegations something is told of the two
    other = await ask(case, "/v1/suggestions", actor="csp-psd", **DAY, without="claimant:csp-psd")
    assert other["third_actors"] == 1


async def test_pages_are_joined_to_the_whole(case: Client) -> None:
    whole = (await ask(case, "/v1/suggestions", actor="france", **DAY))["suggestions"]
    assert len(whole) > 2
    found: list[Any] = []
    after: dict[str, str] = {}
    while True:
        page = await ask(case, "/v1/suggestions", actor="france", **DAY, limit="1", **after)
        found += page["suggestions"]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert found == whole


async def test_the_same_answer_is_not_sent_twice(case: Client) -> None:
    asked = {"actor": "csp-psd", "known_at": "46"} | DAY
    first = await case.get("/v1/suggestions", params=asked)
    held = {"If-None-Match": first.headers["etag"]}
    assert (await case.get("/v1/suggestions", params=asked, headers=held)).status_code == 304


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ({}, "actor"),
        ({"actor": "nobody"}, "actor"),
        ({"actor": "No Slug"}, "actor"),
        ({"actor": "mali", "according_to": "nobody"}, "according_to"),
        ({"actor": "mali", "include": "parts"}, "include"),
        ({"actor": "mali", "limit": "0"}, "limit"),
        ({"actor": "mali", "after": "x"}, "after"),
        ({"actor": "mali", "between": "x"}, "between"),
    ],
)
async def test_what_cannot_be_asked_names_the_parameter(
    case: Client, asked: dict[str, str], parameter: str
) -> None:
    refused = await case.get("/v1/suggestions", params=asked)
    assert refused.status_code == 422, refused.text
    assert [one["parameter"] for one in refused.json()["errors"]] == [parameter]


async def test_asking_leaves_every_answer_hash_of_the_case_the_same(case: Client) -> None:
    async def hashes() -> list[str]:
        found = []
        for question in worked_case()["questions"]:
            given = {name: value for name, value in question["viewpoint"].items() if value}
            given |= {"include": ",".join(given["include"])} if "include" in given else {}
            answer = await ask(case, "/v1/alignments", actors=",".join(question["actors"]), **given)
            found.append(answer["answer_hash"])
        return found

    before = await hashes()
    for actor in (await ask(case, "/v1/actors"))["items"]:
        await ask(case, "/v1/suggestions", actor=actor["id"], **DAY, include="alleged")
    assert await hashes() == before
