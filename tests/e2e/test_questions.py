"""Questions over HTTP: actors, alliances and alignments, their viewpoints, pages and waiting."""

import base64
import json
from typing import Any

import httpx
import pytest

from api.schemas.answers import (
    ActorAnswer,
    ActorsAnswer,
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
    attack,
    formation,
    parameters,
    problem,
    recorded,
    registration,
    serving,
)

EVENTS = worked_case()["events"]
ACTORS = sorted(e["data"]["actor"] for e in EVENTS if e["type"] == "ActorRegistered")
PAIR = "/v1/alignments/mali/wagner-group"
PACT = "mali-wagner-security-assistance"


async def pages(client: Client, path: str, items: str, **asked: Any) -> list[Any]:
    """The entries of all pages, asked for one after another."""
    found: list[Any] = []
    cursor = None
    while True:
        page = await ask(client, path, **asked, **({"after": cursor} if cursor else {}))
        assert len(page[items]) <= asked["limit"]
        found += page[items]
        cursor = page["next"]
        if cursor is None:
            return found


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/v1/actors", ActorsAnswer),
        ("/v1/actors/mali", ActorAnswer),
        ("/v1/actors/jnim", ActorAnswer),
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
        ({"name": "'; --"}, ACTORS),
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
    assert answer["parts"] is None
    assert answer["hidden"] == {"not_admitted": 0, "ungraded": 0, "below_grade": 0}


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
        {},
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


# Viewpoints


async def test_the_viewpoint_is_echoed_resolved(case: Client) -> None:
    asked = {"valid_at": "2024-07-28", "known_at": "33", "according_to": "mali",
             "reliability": "C", "credibility": "4", "include": "alleged"}  # fmt: skip
    echoed = (await ask(case, PAIR, **asked))["viewpoint"]
    event = (await case.get("/v1/events", params={"after": 32, "limit": 1})).json()["items"][0]
    assert echoed == {
        "valid_at": "2024-07-28",
        "known_at": event["recorded_at"],
        "position": 33,
        "according_to": "mali",
        "reliability": "C",
        "credibility": 4,
        "include": ["alleged"],
        "policy": 1,
    }


async def test_the_defaults_are_today_and_all_that_is_known(case: Client) -> None:
    echoed = (await ask(case, "/v1/actors"))["viewpoint"]
    assert echoed["position"] == len(EVENTS)
    assert echoed["valid_at"] >= "2025-01-01"


async def test_nothing_was_known_at_position_0(case: Client) -> None:
    answer = await ask(case, PAIR, known_at=0, valid_at="2024-07-28")
    assert answer["viewpoint"]["known_at"] is None
    assert answer["alignments"][0]["alignment"] == "unknown"
    assert answer["evidence_list"] == []


async def test_a_time_means_the_last_position_until_then(case: Client) -> None:
    items = (await case.get("/v1/events", params={"after": 30, "limit": 2})).json()["items"]
    for position, event in enumerate(items, start=31):
        exact = event["recorded_at"]
        for known_at in (exact, exact.replace("Z", "+00:00"), exact.replace("Z", "-00:00")):
            echoed = (await ask(case, PAIR, known_at=known_at))["viewpoint"]
            assert (echoed["position"], echoed["known_at"]) == (position, exact)
    early = await ask(case, PAIR, known_at="1999-12-31T23:59:59.9Z")
    assert early["viewpoint"]["position"] == 0


async def test_accept_datetime_asks_where_the_query_does_not(case: Client) -> None:
    headers = {"accept-datetime": "Fri, 31 Dec 1999 23:59:59 GMT"}
    response = await case.get(PAIR, headers=headers)
    assert response.json()["viewpoint"]["position"] == 0
    assert "accept-datetime" in response.headers["vary"].lower()
    response = await case.get(PAIR, params={"known_at": 7}, headers=headers)
    assert response.json()["viewpoint"]["position"] == 7
    assert response.headers["memento-datetime"].endswith(" GMT")
    response = await case.get(PAIR, headers={"accept-datetime": "yesterday"})
    assert parameters(response, 422, "invalid-parameter") == ["accept-datetime"]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("valid_at", "2024"),
        ("valid_at", "2024-02-30"),
        ("valid_at", "0000-01-01"),
        ("valid_at", "28.07.2024"),
        ("valid_at", ""),
        ("known_at", "-1"),
        ("known_at", "1.5"),
        ("known_at", "2024-07-28"),
        ("known_at", "2024-07-28T12:00:00"),
        ("known_at", "2024-07-28T25:00:00Z"),
        ("known_at", "0001-01-01T00:00:00+01:00"),
        ("known_at", "9999-01-01T00:00:00Z"),
        ("known_at", "99999999999999999999"),
        ("according_to", "nobody"),
        ("according_to", "Mali"),
        ("according_to", "\0"),
        ("reliability", "F"),
        ("reliability", "b"),
        ("credibility", "6"),
        ("credibility", "0"),
        ("credibility", "2.0"),
        ("include", "parts"),
        ("include", "rumours"),
        ("wait", "31"),
        ("wait", "-1"),
        ("wait", "soon"),
        ("wait", "nan"),
        ("limit", "0"),
        ("limit", "1001"),
        ("after", "x"),
    ],
)
async def test_bad_viewpoints_are_refused(case: Client, name: str, given: str) -> None:
    response = await case.get(PAIR, params={name: given})
    assert parameters(response, 422, "invalid-parameter") == [name]


async def test_all_wrong_parameters_are_named(case: Client) -> None:
    response = await case.get(PAIR, params={"valid_at": "x", "wait": "y", "limit": "z"})
    assert sorted(parameters(response, 422, "invalid-parameter")) == ["limit", "valid_at", "wait"]


async def test_a_position_ahead_is_refused_and_never_clamped(case: Client) -> None:
    asked = {"known_at": len(EVENTS) + 1}
    response = await case.get(PAIR, params=asked)
    assert parameters(response, 409, "ahead-of-read-model") == ["known_at"]
    assert response.json()["position"] == len(EVENTS)
    waited = await case.get(PAIR, params=asked | {"wait": "0.05"})
    assert parameters(waited, 409, "ahead-of-read-model") == ["known_at"]


# Bytes and pages


async def test_the_same_question_gets_the_same_bytes_and_tag(case: Client) -> None:
    asked = {"valid_at": "2024-07-28", "known_at": "40"}
    one, other = await case.get(PAIR, params=asked), await case.get(PAIR, params=asked)
    assert one.content == other.content
    assert one.headers["etag"] == other.headers["etag"]
    headers = {"if-none-match": f'"x", W/{one.headers["etag"]}'}
    unchanged = await case.get(PAIR, params=asked, headers=headers)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged.headers["etag"] == one.headers["etag"]
    moved = await case.get(PAIR, params=asked | {"known_at": "30"}, headers=headers)
    assert moved.status_code == httpx.codes.OK


async def test_a_cursor_keeps_what_the_first_page_knew(growing: Client) -> None:
    names = ["chad", "libya", "niger"]
    await recorded(growing, [registration(name) for name in names])
    await recorded(growing, [formation(pact, *names) for pact in ("b", "d", "f")])
    first = await ask(growing, "/v1/alliances", limit=1)
    await recorded(growing, [formation(pact, *names) for pact in ("a", "c", "e")])
    assert (await ask(growing, "/v1/alliances", limit=6))["items"][0]["id"] == "a"
    second = await ask(growing, "/v1/alliances", limit=6, after=first["next"])
    assert [one["id"] for one in first["items"] + second["items"]] == ["b", "d", "f"]
    assert second["viewpoint"] == first["viewpoint"]


async def test_a_cursor_belongs_to_its_question(case: Client) -> None:
    cursor = (await ask(case, "/v1/actors", limit=1, kind="state"))["next"]
    more = await case.get("/v1/actors", params={"limit": 2, "kind": "state", "after": cursor})
    assert len(more.json()["items"]) == 2
    for path, asked in (
        ("/v1/actors", {}),
        ("/v1/actors", {"kind": "umbrella"}),
        ("/v1/actors", {"kind": "state", "valid_at": "2020-01-01"}),
        ("/v1/alliances", {"after": cursor}),
    ):
        response = await case.get(path, params={"after": cursor} | asked)
        assert parameters(response, 422, "invalid-parameter") == ["after"]


def forged(*held: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(held).encode()).decode().rstrip("=")


@pytest.mark.parametrize("path", ["/v1/actors", PAIR])
async def test_forged_cursors_are_refused(case: Client, path: str) -> None:
    page = await ask(case, path, limit=1)
    packed = page["next"] + "=" * (-len(page["next"]) % 4)
    question, position, day, key = json.loads(base64.urlsafe_b64decode(packed))
    wrong_kind = 1 if isinstance(key, str) else "mali"
    for cursor in (
        "",
        "%%%",
        "ä",
        "e30",
        forged(),
        forged(question, position, day),
        forged("x", position, day, key),
        forged(question, -1, day, key),
        forged(question, True, day, key),
        forged(question, 2**70, day, key),
        forged(question, "1", day, key),
        forged(question, position, "2024", key),
        forged(question, position, 7, key),
        forged(question, position, day, None),
        forged(question, position, day, "\0"),
        forged(question, position, day, 2**70),
        forged(question, position, day, wrong_kind),
        base64.urlsafe_b64encode(b"[" * 5_000).decode(),
    ):
        response = await case.get(path, params={"after": cursor})
        assert parameters(response, 422, "invalid-parameter") == ["after"], cursor
    ahead = await case.get(path, params={"after": forged(question, 10**6, day, key)})
    assert parameters(ahead, 409, "ahead-of-read-model") == ["known_at"]


# Waiting


async def test_an_answer_waits_for_what_was_just_posted(growing: Client) -> None:
    await recorded(growing, [registration("mali"), registration("togo")])
    for day in range(1, 11):
        receipt = await recorded(growing, attack("mali", "togo", f"2024-01-{day:02}"))
        asked = {"known_at": receipt["position"], "valid_at": f"2024-01-{day:02}"}
        answer = await ask(growing, "/v1/alignments/mali/togo", **asked)
        assert answer["alignments"][0]["support_count"] == day


async def test_when_the_wait_runs_out(client: Client) -> None:
    await recorded(client, [registration("chad"), registration("libya")])
    await ask(client, "/v1/actors")
    serving(client).projector.stop()
    receipt = await recorded(client, attack("chad", "libya"))
    pair = "/v1/alignments/chad/libya"
    response = await client.get(pair, params={"wait": "0.05"})
    assert response.json()["viewpoint"]["position"] == 2
    response = await client.get(pair, params={"wait": "0.05", "known_at": receipt["position"]})
    assert parameters(response, 409, "ahead-of-read-model") == ["known_at"]
    response = await client.get(pair, params={"wait": "0.05", "known_at": receipt["recorded_at"]})
    assert parameters(response, 409, "ahead-of-read-model") == ["known_at"]
