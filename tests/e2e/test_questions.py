"""Questions over HTTP: actors, alliances and alignments, what they answer."""

import json

import pytest

from api.schemas.actors import ActorAnswer, ActorsAnswer, JudgementsAnswer
from api.schemas.answers import (
    AlignmentsAnswer,
    AllianceAnswer,
    AlliancesAnswer,
    PairAnswer,
    Shape,
)
from tests.builders import worked_case
from tests.e2e.http import (
    Client,
    ask,
    pages,
    parameters,
    problem,
)

EVENTS = worked_case()["events"]
ACTORS = sorted(e["data"]["actor"] for e in EVENTS if e["type"] == "ActorRegistered")
PAIR = "/v1/alignments/mali/wagner-group"
PACT = "mali-wagner-security-assistance"


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/v1/actors", ActorsAnswer),
        ("/v1/actors/mali", ActorAnswer),
        ("/v1/actors/jnim", ActorAnswer),
        ("/v1/judgements", JudgementsAnswer),
        ("/v1/alliances", AlliancesAnswer),
        (f"/v1/alliances/{PACT}", AllianceAnswer),
        ("/v1/alignments?actors=mali,wagner-group,csp-psd,france", AlignmentsAnswer),
        (PAIR, PairAnswer),
    ],
)
async def test_answers_have_the_documented_shape(
    case: Client, path: str, shape: type[Shape]
) -> None:
    response = await case.get(path)
    answer = shape.model_validate_json(response.content)
    assert json.loads(answer.model_dump_json(by_alias=True, exclude={"viewpoint"})) == {
        name: value for name, value in response.json().items() if name != "viewpoint"
    }


# Actors


async def test_actors_come_by_id_in_pages(case: Client) -> None:
    listed = await pages(case, "/v1/actors", "items", limit=5)
    assert [actor["id"] for actor in listed] == ACTORS


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"name": "malian"}, ["mali-armed-forces"]),
        ({"name": "KEITA gov"}, ["keita-government"]),
        ({"name": "stratégique"}, ["csp-psd"]),
        ({"kind": "umbrella"}, ["al-qaeda", "csp-psd", "islamic-state"]),
        ({"name": "islamic", "kind": "umbrella"}, ["islamic-state"]),
        ({"name": "zzz"}, []),
        ({"name": "'; --"}, []),
    ],
    ids=str,
)
async def test_actors_are_found(case: Client, asked: dict[str, str], expected: list[str]) -> None:
    assert [actor["id"] for actor in (await ask(case, "/v1/actors", **asked))["items"]] == expected


async def test_an_actor_with_its_umbrellas(case: Client) -> None:
    jnim = await ask(case, "/v1/actors/jnim")
    stay = {"as": "branch", "from": "2017-03-02", "to": None}
    assert jnim["memberships"] == [{"umbrella": "al-qaeda"} | stay]
    al_qaeda = await ask(case, "/v1/actors/al-qaeda")
    assert al_qaeda["members"] == [{"member": "jnim"} | stay]


# Alignments


async def test_a_pair_is_the_same_in_either_order(case: Client) -> None:
    one = await ask(case, PAIR, valid_at="2024-07-28")
    other = await ask(case, "/v1/alignments/wagner-group/mali", valid_at="2024-07-28")
    assert one == other
    several = await ask(case, "/v1/alignments", actors="wagner-group,mali", valid_at="2024-07-28")
    assert several == {name: one[name] for name in several}


async def test_a_pair_explains_itself(case: Client) -> None:
    answer = await ask(case, PAIR, valid_at="2024-07-28")
    rules = {rule["id"] for rule in (await case.get("/v1/policy")).json()["rules"]}
    positions = [item["position"] for item in answer["evidence_list"]]
    assert positions == sorted(positions)
    assert {
        effect["rule"] for item in answer["evidence_list"] for effect in item["effects"]
    } <= rules
    admitted = {item["event"] for item in answer["evidence_list"] if item["admitted"]}
    assert set(answer["alignments"][0]["support"]) <= admitted
    assert answer["parts"] == {
        "alignment": "allied",
        "overlap": False,
        "groups": [
            {
                "actor": "mali",
                "stands_for": ["mali", "mali-armed-forces", "mali-junta"],
                "count": 3,
            },
            {"actor": "wagner-group", "stands_for": ["wagner-group"], "count": 1},
        ],
    }
    assert answer["lineage"] == []
    assert answer["hidden"] == {"not_admitted": 0, "ungraded": 0, "below_grade": 0}
    assert answer["fragility"] == {
        "origins": 4,
        "fewest": 3,
        "method": "exact",
        "removing": ["", "Al Jazeera", "csp-psd"],
        "becomes": "unknown",
    }


async def test_what_a_viewpoint_hides_is_counted(case: Client) -> None:
    answer = await ask(case, "/v1/alignments/csp-psd/france", valid_at="2024-08-01")
    assert answer["alignments"][0]["alignment"] == "unknown"
    assert answer["alleged"]["alignment"] == "cooperating"
    assert answer["hidden"]["not_admitted"] == len(answer["alleged"]["events"]) == 1


async def test_evidence_comes_in_pages(case: Client) -> None:
    whole = (await ask(case, PAIR))["evidence_list"]
    assert len(whole) > 4
    assert await pages(case, PAIR, "evidence_list", limit=2) == whole


@pytest.mark.parametrize(
    "given",
    [
        {"actors": "mali"},
        {"actors": "mali,mali"},
        {"actors": "mali,nobody"},
        {"actors": "mali,Mali"},
        {"actors": "mali,,france"},
        {"actors": ""},
        {"actors": ",".join(f"a{n}" for n in range(51))},
    ],
    ids=str,
)
async def test_two_to_fifty_known_actors_are_asked_about(
    case: Client, given: dict[str, str]
) -> None:
    response = await case.get("/v1/alignments", params=given)
    assert set(parameters(response, 422, "invalid-parameter")) == {"actors"}


async def test_actors_may_be_given_one_by_one(case: Client) -> None:
    asked = {"actors": ["mali", "france"]}
    response = await case.get("/v1/alignments", params=asked)
    assert response.json() == await ask(case, "/v1/alignments", actors="france,mali")


async def test_an_actor_and_itself_are_no_pair(case: Client) -> None:
    response = await case.get("/v1/alignments/mali/mali")
    assert parameters(response, 422, "invalid-parameter") == ["b"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/actors/nobody",
        "/v1/actors/Mali",
        "/v1/actors/%00",
        "/v1/actors/a%2Fb",
        "/v1/actors/" + "a" * 5_000,
        "/v1/alliances/nowhere",
        "/v1/alliances/%F0%9F",
        "/v1/alignments/mali/nobody",
        "/v1/alignments/nobody/mali",
        "/v1/alignments/mali/%00",
    ],
)
async def test_unknown_ids_in_a_path_are_not_found(case: Client, path: str) -> None:
    assert problem(await case.get(path), 404, "not-found") == []
