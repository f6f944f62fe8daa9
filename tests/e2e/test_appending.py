"""Appending over HTTP: receipts, idempotency by id, and expected positions."""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from api.schemas.answers import Receipt, Receipts
from tests.e2e import http
from tests.e2e.http import Client, head, parameters, pointers, post, recorded, registration


@dataclass(frozen=True)
class Log:
    """Three actors of one test's own, registered one after another from position `start` on."""

    client: Client
    start: int
    actors: dict[str, str]

    def at(self, number: int) -> int:
        """The position of the event that is recorded as this test's `number`-th, from 1."""
        return self.start + number - 1

    async def holds(self, number: int) -> bool:
        """Whether this test has recorded so many events, the three registrations included."""
        return await head(self.client) == self.at(number)

    def attack(self, attacker: str, target: str, **fields: Any) -> dict[str, Any]:
        actors = self.actors
        attack: dict[str, Any] = http.attack(
            actors.get(attacker, attacker), actors.get(target, target), **fields
        )
        return attack


@pytest.fixture
async def log(growing: Client) -> Log:
    own = token_hex(4)
    actors = {name: f"{name}-{own}" for name in ("chad", "libya", "niger")}
    receipts = await recorded(growing, [registration(actor) for actor in actors.values()])
    return Log(growing, receipts["items"][0]["position"], actors)


async def test_one_event_gets_one_receipt_and_its_address(log: Log) -> None:
    response = await post(log.client, log.attack("chad", "libya"))
    assert response.status_code == httpx.codes.CREATED
    receipt = response.json()
    Receipt.model_validate_json(response.content)
    assert receipt["position"] == log.at(4)
    assert UUID(receipt["id"]).version == 7
    assert response.headers["location"] == f"/v1/events/{receipt['id']}"
    found = (await log.client.get(response.headers["location"])).json()
    assert {name: found[name] for name in receipt} == receipt


async def test_a_list_gets_receipts_in_order_and_rising_times(log: Log) -> None:
    batch = [log.attack("chad", "libya"), log.attack("libya", "chad")]
    response = await post(log.client, batch)
    assert response.status_code == httpx.codes.CREATED
    Receipts.model_validate_json(response.content)
    first, second = response.json()["items"]
    assert (first["position"], second["position"]) == (log.at(4), log.at(5))
    times = [datetime.fromisoformat(one["recorded_at"]) for one in (first, second)]
    assert times[0] < times[1]
    listed = (await log.client.get(response.headers["location"])).json()["items"]
    assert [event["id"] for event in listed] == [first["id"], second["id"]]


async def test_a_list_of_one_gets_a_list(log: Log) -> None:
    assert len((await recorded(log.client, [log.attack("chad", "libya")]))["items"]) == 1


async def test_a_batch_may_define_and_use_in_order(log: Log) -> None:
    togo = f"togo-{token_hex(4)}"
    batch = [registration(togo), log.attack(togo, "chad"), log.attack("chad", togo)]
    receipts = (await recorded(log.client, batch))["items"]
    assert [one["position"] for one in receipts] == [log.at(4), log.at(5), log.at(6)]


async def test_the_same_event_again_gets_the_first_receipt(log: Log) -> None:
    event_id = str(uuid4())
    event = log.attack("chad", "libya", id=event_id)
    first = await post(log.client, event)
    # Defaults spelled out, and the id in capitals, are the same content.
    again = {"note": None, "claim": {"modality": "asserted", "citations": []}} | event
    second = await post(log.client, again | {"id": event_id.upper()})
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == first.json()
    assert second.headers["location"] == first.headers["location"]
    assert await log.holds(4)


async def test_an_event_is_named_in_either_case(log: Log) -> None:
    event_id = str(uuid4())
    await recorded(log.client, log.attack("chad", "libya", id=event_id))
    denial = {"claimant": log.actors["chad"]}
    data = {"event": event_id.upper()}
    await recorded(
        log.client, {"type": "ReportDenied", "occurred": "2024", "data": data, "claim": denial}
    )
    better = log.attack("libya", "chad", supersedes=event_id.upper(), reason="the other way round")
    await recorded(log.client, better)
    found = (await log.client.get(f"/v1/events/{event_id}")).json()
    assert found["superseded_by"]


async def test_a_batch_again_gets_the_first_receipts(log: Log) -> None:
    batch = [
        log.attack("chad", "libya", id=str(uuid4())),
        log.attack("libya", "chad", id=str(uuid4())),
    ]
    first, second = await post(log.client, batch), await post(log.client, batch)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == first.json()
    assert await log.holds(5)


async def test_a_partly_known_batch_gets_all_receipts(log: Log) -> None:
    known = log.attack("chad", "libya", id=str(uuid4()))
    receipt = await recorded(log.client, known)
    response = await post(log.client, [log.attack("libya", "niger"), known])
    assert response.status_code == httpx.codes.CREATED
    new, old = response.json()["items"]
    assert old == receipt
    assert new["position"] == log.at(5)
    assert await log.holds(5)


async def test_the_same_id_with_other_content_is_a_conflict(log: Log) -> None:
    event = log.attack("chad", "libya", id=str(uuid4()))
    await recorded(log.client, event)
    response = await post(log.client, event | {"note": "at night"})
    assert pointers(response, 409, "content-conflict") == ["/id"]
    assert await log.holds(4)


async def test_idempotency_comes_before_every_other_check(log: Log) -> None:
    """A registration that was accepted is accepted again, though its actor exists by now."""
    event = registration(f"togo-{token_hex(4)}") | {"id": str(uuid4())}
    await recorded(log.client, event)
    again = await post(log.client, event, expected_position=0)
    assert again.status_code == httpx.codes.OK


async def test_an_expected_position_refuses_only_what_touches_the_same_actors(log: Log) -> None:
    seen = (await recorded(log.client, log.attack("chad", "libya")))["position"]
    await recorded(log.client, log.attack("libya", "niger"))
    conflict = await post(log.client, log.attack("chad", "libya"), expected_position=seen)
    assert parameters(conflict, 409, "position-conflict") == ["expected_position"]
    assert conflict.json()["position"] == seen + 1
    own = f"togo-{token_hex(4)}"
    await recorded(log.client, registration(own), expected_position=seen)
    await recorded(log.client, log.attack("chad", own), expected_position=seen + 2)
    assert await log.holds(7)


async def test_an_expected_position_ahead_of_the_log_is_refused(log: Log) -> None:
    event = log.attack("chad", "libya")
    response = await post(log.client, event, expected_position=log.at(4))
    assert parameters(response, 409, "ahead-of-log") == ["expected_position"]
    assert response.json()["position"] == log.at(3)
    assert await log.holds(3)


async def test_a_contradiction_is_never_refused(log: Log) -> None:
    claim = {"claimant": log.actors["chad"]}
    await recorded(log.client, log.attack("chad", "libya", claim=claim))
    denial = {"modality": "denied"} | claim
    event = log.attack("chad", "libya", claim=denial)
    await recorded(log.client, event, expected_position=log.at(4))


async def test_the_log_gives_back_what_was_posted(log: Log) -> None:
    event = log.attack("chad", "libya", occurred="2024-01~/2024-02", note="\U0001f54a «trêve»")
    event["data"]["killed"] = {"low": 2, "text": "quelques-uns – a few"}
    event["place"] = {"name": "Aouzou", "latitude": 21, "longitude": 17.25}
    receipt = await recorded(log.client, event)
    found = (await log.client.get(f"/v1/events/{receipt['id']}")).json()
    assert found["note"] == event["note"]
    assert found["occurred"] == event["occurred"]
    assert found["data"]["killed"] == event["data"]["killed"] | {"best": None, "high": None}
    assert found["place"] == event["place"] | {"precision": None, "country": None}
    assert found["recorded_by"] is None
    assert found["schema_version"] == 1


async def test_a_refused_batch_appends_nothing(log: Log) -> None:
    togo = f"togo-{token_hex(4)}"
    chad = log.actors["chad"]
    batch = [log.attack("chad", "libya"), registration(togo), registration(chad)]
    places = pointers(await post(log.client, batch), 409, "actor-exists")
    assert places == ["/2/data/actor"]
    assert await log.holds(3)


async def test_a_conflict_beside_an_invalid_event_is_invalid(log: Log) -> None:
    batch = [registration(log.actors["chad"]), log.attack("chad", "nowhere")]
    places = pointers(await post(log.client, batch), 422, "invalid-event")
    assert places == ["/0/data/actor", "/1/data/target"]
