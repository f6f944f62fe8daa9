"""From where a question is asked: viewpoints, read strictly and echoed, and waiting for the read model."""

import pytest

from tests.builders import worked_case
from tests.e2e.http import (
    Client,
    ask,
    attack,
    parameters,
    recorded,
    registration,
    serving,
)

EVENTS = worked_case()["events"]
PAIR = "/v1/alignments/mali/wagner-group"


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
    assert parameters(response, 400, "bad-request") == ["accept-datetime"]
    response = await case.get(
        PAIR, params={"known_at": "yesterday"}, headers={"accept-datetime": "yesterday"}
    )
    assert parameters(response, 422, "invalid-parameter") == ["known_at", "accept-datetime"]


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
        ("include", "part"),
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
