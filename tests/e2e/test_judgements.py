"""Judgements whether two actors are the same, over HTTP: listed, on actors, beside actors found."""

import json
from typing import Any

import pytest

from api.schemas.actors import JudgementsAnswer
from tests.e2e.http import Client, ask, pages, parameters, recorded, registration


def judged(judgement: str, *actors: str, claimant: str | None = None) -> dict[str, Any]:
    data = {"actors": list(actors), "judgement": judgement}
    claim = {"claim": {"claimant": claimant}} if claimant else {}
    return {"type": "ActorsJudged", "occurred": "2024", "data": data, **claim}


async def scene(client: Client, prefix: str) -> tuple[list[str], list[str]]:
    """Actors a, b and c: b and c are judged to be a, b not by everybody. Ids, and those of events."""
    a, b, c = ids = [f"{prefix}-{name}" for name in "abc"]
    names = [f"{prefix}ists", f"Front of {prefix}", "Something else"]
    await recorded(
        client, [registration(one, name=name) for one, name in zip(ids, names, strict=True)]
    )
    events = [
        judged("same", a, b),
        judged("different", b, a, claimant=c),
        judged("same", c, a, claimant=b),
    ]
    receipts = await recorded(client, events)
    return ids, [receipt["id"] for receipt in receipts["items"]]


async def test_they_are_listed_by_position(growing: Client) -> None:
    (a, b, c), events = await scene(growing, "listed")
    answer = await ask(growing, "/v1/judgements", actor=a)
    assert [one["event"] for one in answer["items"]] == events
    position = answer["items"][0]["position"]
    assert answer["items"][0] == {
        "actors": [a, b],
        "judgement": "same",
        "event": events[0],
        "position": position,
        "claimant": None,
        "modality": "asserted",
        "occurred": "2024",
        "standing": True,
    }
    assert answer["items"][1]["claimant"] == c
    assert answer["viewpoint"]["position"] >= position + 2


async def test_they_are_found_by_actor_and_judgement(growing: Client) -> None:
    (_, b, c), events = await scene(growing, "found")
    for asked, expected in (
        ({"actor": b}, events[:2]),
        ({"actor": c}, events[2:]),
        ({"actor": b, "judgement": "different"}, events[1:2]),
    ):
        items = (await ask(growing, "/v1/judgements", **asked))["items"]
        assert [one["event"] for one in items] == expected


async def test_they_come_in_pages(growing: Client) -> None:
    await scene(growing, "paged")
    whole = (await ask(growing, "/v1/judgements"))["items"]
    assert len(whole) >= 3
    assert await pages(growing, "/v1/judgements", "items", limit=2) == whole
    same = [one for one in whole if one["judgement"] == "same"]
    assert await pages(growing, "/v1/judgements", "items", limit=1, judgement="same") == same


async def test_an_actor_shows_them_side_by_side(growing: Client) -> None:
    (a, b, c), events = await scene(growing, "shown")
    answer = await ask(growing, f"/v1/actors/{a}")
    told = [(one["actor"], one["judgement"], one["claimant"]) for one in answer["judged"]]
    assert told == [(b, "same", None), (b, "different", c), (c, "same", b)]
    assert [one["event"] for one in answer["judged"]] == events


async def test_the_one_judged_the_same_is_found_beside(growing: Client) -> None:
    (a, b, c), events = await scene(growing, "beside")
    asked = {"name": "besideists"}
    [found] = (await ask(growing, "/v1/actors", **asked))["items"]
    assert (found["id"], found["name"]) == (a, "besideists")
    assert found["also"] == [
        {
            "id": b,
            "name": "Front of beside",
            "kind": "state",
            "claimants": {"same": 1, "different": 1, "unsure": 0},
        },
        {
            "id": c,
            "name": "Something else",
            "kind": "state",
            "claimants": {"same": 1, "different": 0, "unsure": 0},
        },
    ]
    await recorded(
        growing,
        {
            "type": "ReportRetracted",
            "occurred": "2024",
            "data": {"event": events[0], "reason": "an error"},
        },
    )
    [found] = (await ask(growing, "/v1/actors", **asked))["items"]
    assert [one["id"] for one in found["also"]] == [c]


def test_the_documented_example_has_the_documented_shape() -> None:
    [example] = JudgementsAnswer.model_json_schema()["examples"]
    JudgementsAnswer.model_validate_json(json.dumps(example))


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("actor", "nobody"),
        ("actor", "No Slug"),
        ("judgement", "maybe"),
        ("after", "x"),
        ("who", "x"),
    ],
)
async def test_what_cannot_be_asked_is_refused(growing: Client, name: str, given: str) -> None:
    response = await growing.get("/v1/judgements", params={name: given})
    assert parameters(response, 422, "invalid-parameter") == [name]
