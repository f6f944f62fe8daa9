"""Incidents over HTTP: who says what, in pages, and what is refused."""

import json
from typing import Any

import httpx
import pytest

from api.schemas.answers import Shape
from api.schemas.incident_examples import INCIDENT, INCIDENTS
from api.schemas.incidents import IncidentAnswer, IncidentsAnswer
from tests.builders import worked_case
from tests.e2e.http import Client, ask, pages, parameters, problem, recorded, registration

EVENTS = worked_case()["events"]
ID = "tinzaouatene-2024-07"
ONE = f"/v1/incidents/{ID}"


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/v1/incidents", IncidentsAnswer),
        (ONE, IncidentAnswer),
        (f"{ONE}?total=highest", IncidentAnswer),
        (f"{ONE}?known_at=33", IncidentAnswer),
    ],
)
async def test_answers_have_the_documented_shape(
    case: Client, path: str, shape: type[Shape]
) -> None:
    response = await case.get(path)
    answer = shape.model_validate_json(response.content)
    held = json.loads(answer.model_dump_json(by_alias=True, exclude_unset=True))
    assert without_times(held) == without_times(response.json())


@pytest.mark.parametrize(
    ("example", "shape"), [(INCIDENT, IncidentAnswer), (INCIDENTS, IncidentsAnswer)]
)
def test_the_documented_examples_have_the_documented_shape(
    example: dict[str, Any], shape: type[Shape]
) -> None:
    answer = shape.model_validate_json(json.dumps(example))
    held = json.loads(answer.model_dump_json(by_alias=True, exclude_unset=True))
    assert without_times(held) == without_times(example)


def without_times(value: Any) -> Any:
    """Times are written to the microsecond, however many of them are zero."""
    if isinstance(value, dict):
        left = ("viewpoint", "recorded_at")
        return {name: without_times(one) for name, one in value.items() if name not in left}
    return [without_times(one) for one in value] if isinstance(value, list) else value


async def test_the_list_says_who_when_and_where(case: Client) -> None:
    answer = await ask(case, "/v1/incidents")
    [item] = answer["items"]
    assert item | {"places": [place["name"] for place in item["places"]]} == {
        "id": ID,
        "first_day": "2024-07-25",
        "last_day": "2024-07-27",
        "places": ["Tinzaouatene", "Kidal"],
        "actors": ["csp-psd", "mali", "wagner-group"],
        "claimants": ["csp-psd", "mali"],
        "account_count": 8,
    }
    assert answer["next"] is None


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"actor": "wagner-group"}, True),
        ({"actor": "france"}, False),
        ({"claimant": "csp-psd"}, True),
        ({"claimant": "wagner-group"}, False),
        ({"claimant": "russian-military-bloggers"}, False),
        ({"claimant": "russian-military-bloggers", "known_at": "44"}, True),
        ({"actor": "wagner-group", "claimant": "mali"}, True),
        ({"occurred_from": "2024-07-27"}, True),
        ({"occurred_from": "2024-07-28"}, False),
        ({"occurred_to": "2024-07-24"}, False),
        ({"occurred_from": "2024-07-25", "occurred_to": "2024-07-25"}, True),
        ({"valid_at": "2024-07-24"}, False),
        ({"valid_at": "2024-07-25"}, True),
        ({"known_at": "31"}, False),
        ({"according_to": "france"}, False),
        ({"reliability": "B"}, False),
    ],
)
async def test_the_list_is_filtered(case: Client, asked: dict[str, str], found: bool) -> None:  # noqa: FBT001 - a parameter of the test
    items = (await ask(case, "/v1/incidents", **asked))["items"]
    assert [item["id"] for item in items] == ([ID] if found else [])


async def test_the_list_comes_in_pages_that_keep_what_was_known(growing: Client) -> None:
    await recorded(growing, [registration("chad"), registration("libya")])
    await recorded(growing, [raid(f"raid-{n}") for n in (1, 3, 5, 7)])
    first = await ask(growing, "/v1/incidents", limit=2)
    await recorded(growing, [raid("raid-4")])
    second = await ask(growing, "/v1/incidents", limit=2, after=first["next"])
    listed = [one["id"] for one in first["items"] + second["items"]]
    assert listed == ["raid-1", "raid-3", "raid-5", "raid-7"]
    assert second["next"] is None


def raid(incident: str, **fields: Any) -> Any:
    data = {"attacker": "libya", "target": "chad", "killed": {"best": 1}}
    event = {"type": "AttackReported", "occurred": "1987-01-02", "data": data}
    return event | {"incident": incident} | fields


async def test_accounts_come_in_pages_beside_the_whole_of_what_follows(case: Client) -> None:
    whole = await ask(case, ONE)
    assert [one["position"] for one in whole["accounts"]] == [32, 34, 35, 36, 37, 38, 39, 46]
    assert await pages(case, ONE, "accounts", limit=3) == whole["accounts"]
    first = await ask(case, ONE, limit=3)
    assert first["ranges"] == whole["ranges"]
    assert whole["next"] is None


async def test_an_account_is_what_its_claimant_gives(case: Client) -> None:
    first = (await ask(case, ONE))["accounts"][0]
    event = EVENTS[31]
    assert first["event"] == event["id"]
    assert (first["claimant"], first["grade"]) == ("csp-psd", "C3")
    assert first["losses"] == [
        {
            "actors": ["mali", "wagner-group"],
            "killed": figure(text="enemy columns decisively obliterated"),
            "wounded": None,
            "captured": None,
            "missing": None,
            "acknowledged": False,
        }
    ]
    assert first["outcome"] == [
        {"actors": ["csp-psd"], "outcome": "victory"},
        {"actors": ["mali", "wagner-group"], "outcome": "defeat"},
    ]
    assert first["recorded_at"].endswith("Z")


def figure(**given: Any) -> dict[str, Any]:
    return {"low": None, "best": None, "high": None, "text": None} | given


async def test_a_story_changes_as_the_log_grows(case: Client) -> None:
    before = await toll_of_mali(case, known_at=45)
    assert (before["best"], before["revisions"], before["acknowledged"]) == (2, [], True)
    after = await toll_of_mali(case)
    assert (after["best"], after["text"]) == (None, "a high toll")
    [revision] = after["revisions"]
    assert (revision["best"], revision["became"]) == (2, "restated")
    assert revision["by"] == EVENTS[45]["id"]
    changes = (await ask(case, ONE))["changes"]
    assert [(one["position"], one["claimant"], one["how"]) for one in changes] == [
        (45, "russian-military-bloggers", "retracted"),
        (46, "mali", "restated"),
    ]
    assert changes[0]["withdrawn"] == [EVENTS[32]["id"]]
    assert changes[0]["reason"] == "withdrawn by the source"
    assert changes[1]["told"] == [
        {
            "actors": ["mali"],
            "measure": "killed",
            "scope": "incident",
            "before": figure(best=2),
            "after": figure(text="a high toll"),
        }
    ]


async def toll_of_mali(client: Client, **asked: Any) -> Any:
    answer = await ask(client, ONE, **asked)
    [told] = [
        one
        for one in answer["ranges"]
        if (one["actors"], one["measure"], one["scope"]) == (["mali"], "killed", "incident")
    ]
    [claimed] = told["claimed_by"]
    assert claimed["claimant"] == "mali"
    return claimed


async def test_nothing_is_added_up_unless_a_method_is_named(case: Client) -> None:
    assert "totals" not in await ask(case, ONE)
    totals = (await ask(case, ONE, total="lowest", known_at=44))["totals"]
    assert totals["method"] == "lowest"
    killed = next(one for one in totals["measures"] if one["measure"] == "killed")
    assert killed["total"] == 2
    [part] = killed["parts"]
    assert (part["actors"], part["claim"]["claimant"], part["number"]) == (["mali"], "mali", 2)
    assert [(one["actors"], one["reason"]) for one in killed["not_added"]] == [
        (["mali"], "part"),
        (["mali", "wagner-group"], "overlap"),
    ]


async def test_what_the_viewpoint_leaves_out_is_counted(case: Client) -> None:
    async def asked(**viewpoint: Any) -> tuple[int, dict[str, int]]:
        answer = await ask(case, ONE, **viewpoint)
        return answer["account_count"], {name: n for name, n in answer["hidden"].items() if n}

    assert await asked() == (8, {})
    assert await asked(according_to="mali") == (4, {"not_admitted": 4})
    assert await asked(reliability="B") == (0, {"below_grade": 8})
    assert await asked(credibility="3") == (7, {"below_grade": 1})
    assert await asked(valid_at="2024-07-26") == (5, {"later": 3})
    assert await asked(valid_at="2020-01-01") == (0, {"later": 8})


async def test_what_is_left_out_of_the_log_is_as_if_it_had_not_been_recorded(case: Client) -> None:
    retraction, later = EVENTS[44]["id"], EVENTS[45]["id"]
    told = await ask(case, ONE, without=f"event:{retraction}")
    assert (told["account_count"], told["change_count"]) == (9, 1)
    assert (await toll_of_mali(case, without=f"event:{later}"))["best"] == 2
    told = await ask(case, ONE, without="claimant:csp-psd")
    assert (told["account_count"], told["report_count"], told["claimants"]) == (4, 5, ["mali"])
    assert sum(told["hidden"].values()) == 0
    assert (await ask(case, "/v1/incidents", actor="wagner-group", without="claimant:csp-psd"))[
        "items"
    ] == []


async def test_an_incident_is_found_as_long_as_anything_reports_it(growing: Client) -> None:
    await recorded(growing, [registration("mali"), registration("niger")])
    [kept, gone] = (await recorded(growing, [raid_of_mali("kept"), raid_of_mali("gone")]))["items"]
    data = {"event": gone["id"], "reason": "entered twice"}
    await recorded(growing, {"type": "ReportRetracted", "occurred": "2024-01-03", "data": data})
    listed = [one["id"] for one in (await ask(growing, "/v1/incidents", actor="mali"))["items"]]
    assert listed == ["kept"]
    answer = await ask(growing, "/v1/incidents/gone")
    assert (answer["account_count"], answer["first_day"]) == (0, None)
    [change] = answer["changes"]
    assert (change["how"], change["by"], change["withdrawn"]) == ("retracted", None, [gone["id"]])
    assert kept["position"] < gone["position"]
    for path in ("/v1/incidents/gone?known_at=1", "/v1/incidents/nowhere", "/v1/incidents/No+Id"):
        problem(await growing.get(path), 404, "not-found")


def raid_of_mali(incident: str) -> Any:
    return raid(incident, data={"attacker": "niger", "target": "mali"}, occurred="2024-01-02")


@pytest.mark.parametrize(
    ("path", "name", "given"),
    [
        ("/v1/incidents", "actor", "nobody"),
        ("/v1/incidents", "claimant", "nobody"),
        ("/v1/incidents", "actor", "No Slug"),
        ("/v1/incidents", "occurred_from", "2024"),
        ("/v1/incidents", "include", "parts"),
        ("/v1/incidents", "after", "x"),
        ("/v1/incidents", "total", "lowest"),
        (ONE, "include", "parts"),
        (ONE, "total", "mean"),
        (ONE, "total", ""),
        (ONE, "according_to", "nobody"),
        (ONE, "limit", "0"),
        (ONE, "after", "x"),
        (ONE, "actor", "mali"),
    ],
)
async def test_what_cannot_be_used_is_refused(
    case: Client, path: str, name: str, given: str
) -> None:
    response = await case.get(path, params={name: given})
    assert parameters(response, 422, "invalid-parameter") == [name]


async def test_the_same_bytes_get_the_same_tag(case: Client) -> None:
    asked = {"valid_at": "2024-07-31", "known_at": "46"}
    one, other = await case.get(ONE, params=asked), await case.get(ONE, params=asked)
    assert one.content == other.content
    headers = {"if-none-match": one.headers["etag"]}
    assert (await case.get(ONE, params=asked, headers=headers)).status_code == 304
    headers = {"accept-datetime": "Fri, 31 Dec 1999 23:59:59 GMT"}
    dated = await case.get(ONE, params=asked, headers=headers)
    assert dated.headers["memento-datetime"].endswith(" GMT")
    assert (await case.get(ONE, headers=headers)).status_code == httpx.codes.NOT_FOUND
    ahead = await case.get(ONE, params={"known_at": 47})
    assert parameters(ahead, 409, "ahead-of-read-model") == ["known_at"]
