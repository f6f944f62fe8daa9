"""Audits, policy and health over HTTP, with the log and the read models tampered with."""

import json
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from api.schemas.answers import PolicyAnswer, Readiness, VerifyAnswer
from domain import policy
from infrastructure.database import Database
from tests.builders import worked_case
from tests.e2e.http import Client, ask, parameters, problem, recorded, serving

EVENTS = worked_case()["events"]
LAST = len(EVENTS)


@pytest.fixture
async def own_case(client: Client) -> Client:
    """The worked case in a database that the test may spoil."""
    await recorded(client, EVENTS)
    await ask(client, "/v1/actors")
    return client


async def replayed(client: Client, **asked: Any) -> list[dict[str, Any]]:
    response = await client.get("/v1/audit/replay", params=asked)
    assert response.status_code == httpx.codes.OK, response.text
    assert response.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in response.text.splitlines()]


def tamper(url: str, statement: str) -> None:
    database = Database(url)
    with database.write() as conn:
        assert conn.execute(text(statement)).rowcount == 1
    database.dispose()


async def test_an_honest_log_is_verified(case: Client) -> None:
    response = await case.get("/v1/audit/verify")
    VerifyAnswer.model_validate_json(response.content)
    last = (await case.get("/v1/events", params={"after": LAST - 1})).json()["items"][0]
    assert response.json() == {
        "ok": True, "position": LAST, "hash": last["hash"], "first_bad": None,
    }  # fmt: skip


async def test_a_tampered_event_is_located(own_case: Client, fresh_url: str) -> None:
    tamper(fresh_url, "UPDATE events SET recorded_by = 'somebody' WHERE position = 32")
    verdict = (await own_case.get("/v1/audit/verify")).json()
    assert (verdict["ok"], verdict["position"], verdict["first_bad"]["position"]) == (False, 31, 32)
    assert verdict["first_bad"]["reason"]


async def test_honest_read_models_are_replayed(case: Client) -> None:
    for _ in range(2):
        *progress, last = await replayed(case)
        assert progress[-1] == {"position": LAST, "until": LAST}
        assert last == last | {"ok": True, "position": LAST, "first_difference": None}
        assert last["compared"] > LAST
    *_, earlier = await replayed(case, position=30)
    assert (earlier["ok"], earlier["position"]) == (True, 30)


async def test_the_answers_for_a_day_are_replayed(case: Client) -> None:
    *steps, last = await replayed(case, valid_at="2024-07-28")
    assert last == last | {"ok": True, "position": LAST, "first_difference": None}
    assert steps[0] == {"position": LAST, "until": LAST}
    assert steps[-1] == {"answers": last["answers"]}
    *_, earlier = await replayed(case, position=30, valid_at="2024-07-28")
    assert 0 < earlier["answers"] < last["answers"]
    assert (await replayed(case))[-1]["answers"] is None
    response = await case.get("/v1/audit/replay", params={"valid_at": "2024-07"})
    assert parameters(response, 422, "invalid-parameter") == ["valid_at"]


async def test_a_tampered_read_model_is_located(own_case: Client, fresh_url: str) -> None:
    tamper(fresh_url, "UPDATE rm_a_reports SET claimant = 'france' WHERE position = 32")
    *_, last = await replayed(own_case)
    assert last["ok"] is False
    assert last["first_difference"]["position"] == 32
    assert last["first_difference"]["expected"] != last["first_difference"]["found"]


async def test_a_replay_ahead_of_the_read_model_is_refused(case: Client) -> None:
    response = await case.get("/v1/audit/replay", params={"position": LAST + 1})
    assert parameters(response, 409, "ahead-of-read-model") == ["position"]
    assert (await replayed(case))[-1]["ok"]


@pytest.mark.parametrize("audit", ["verify", "replay"])
async def test_one_of_each_at_a_time(case: Client, audit: str) -> None:
    running = {"verify": serving(case).verifying, "replay": serving(case).replaying}
    async with running[audit]:
        response = await case.get(f"/v1/audit/{audit}")
        assert problem(response, 429, "busy") == []
        assert int(response.headers["retry-after"]) > 0
        other = {"verify": "replay", "replay": "verify"}[audit]
        assert (await case.get(f"/v1/audit/{other}")).status_code == httpx.codes.OK
    assert (await case.get(f"/v1/audit/{audit}")).status_code == httpx.codes.OK


async def test_the_policy_is_the_table(case: Client) -> None:
    response = await case.get("/v1/policy")
    answer = PolicyAnswer.model_validate_json(response.content)
    assert answer.policy == policy.VERSION
    assert [rule.id for rule in answer.rules] == [
        f"{name}/{number}"
        for name, rules in policy.RULES.items()
        for number in range(1, len(rules) + 1)
    ]
    texts = {rule.id: rule.text for rule in answer.rules}
    assert texts["ForcesDeployed/1"] == "sender ↔ host: set cooperation 3, if role is combat"
    assert texts["BattleReported/1"] == (
        "members of different sides, both ways: close cooperation 1–3, first of the day"
    )
    assert texts["AbuseAlleged/2"] == "perpetrator → victims: set conflict 3, as alleged"
    assert texts["MembershipStarted/1"] == "umbrella → member: set umbrella 1, unless as is claimed"
    assert {rule.line for rule in answer.rules} >= {"cooperation", "conflict", "neutral"}
    by_levels = {(row.cooperation, row.conflict, row.neutral): row for row in answer.alignments}
    assert len(by_levels) == 32
    assert by_levels[2, 3, False].alignment == "mixed"
    assert by_levels[0, 0, True].alignment == "neutral"


async def test_health(case: Client) -> None:
    assert (await case.get("/healthz")).json() == {"status": "ok"}
    response = await case.get("/readyz")
    assert Readiness.model_validate_json(response.content).position == LAST


async def test_a_stopped_projection_is_not_ready(own_case: Client) -> None:
    serving(own_case).projector.stop()
    serving(own_case).projector.failure = "position 47: KeyError: 'x'"
    response = await own_case.get("/readyz")
    assert problem(response, 503, "not-ready") == []
    assert "position 47" in response.json()["detail"]
    assert (await own_case.get("/v1/actors")).status_code == httpx.codes.OK
