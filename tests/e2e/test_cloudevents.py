"""The log as CloudEvents 1.0: by the rules of the format, one by one, in batches and as a stream."""

from typing import Any

import pytest

from domain.vocabulary import EVENT_TYPES
from infrastructure.codec import encode, read_event
from infrastructure.event_store import reading
from tests.builders import worked_case
from tests.e2e.cloudevents import faults
from tests.e2e.http import Client, problem, serving
from tests.e2e.sse import STREAM, messages_of

EVENTS = worked_case()["events"]
LAST = len(EVENTS)
ONE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"specversion": "1.1"}, "specversion is '1.1'"),
        ({"id": ""}, "id must be text"),
        ({"source": None}, "source is required"),
        ({"source": "urn:x y"}, "source is"),
        ({"time": "yesterday"}, "time is"),
        ({"Position": "1"}, "only lower-case"),
        ({"recorded_by": "me"}, "only lower-case"),
        ({"position": 2**31}, "32 bits"),
        ({"size": 1.5}, "float is not"),
        ({"tags": ["a"]}, "list is not"),
        ({"subject": "a\nb"}, "a character"),
        ({"data_base64": "eA=="}, "exclude each other"),
        ({"datacontenttype": "text/plain"}, "must be text"),
    ],
)
def test_the_checker_finds_what_it_is_for(change: dict[str, Any], fault: str) -> None:
    event = {"specversion": "1.0", "id": "1", "source": "/x", "type": "t", "data": {"a": 1}}
    assert faults(event) == []
    [found] = faults(event | change)
    assert fault in found


async def batch_of(client: Client, **asked: Any) -> list[dict[str, Any]]:
    response = await client.get("/v1/events", params=asked, headers={"accept": BATCH})
    assert response.headers["content-type"] == BATCH
    batch: list[dict[str, Any]] = response.json()
    return batch


async def test_every_event_is_a_cloudevent(case: Client) -> None:
    batch = await batch_of(case, limit=1000)
    assert [faults(event) for event in batch] == [[]] * LAST
    plain = (await case.get("/v1/events", params={"limit": 1000})).json()["items"]
    for event, listed in zip(batch, plain, strict=True):
        assert event["id"] == listed["id"]
        assert event["sequence"] == f"{listed['position']:016d}"
        assert (event["time"], event["hash"]) == (listed["recorded_at"], listed["hash"])
        assert event["schemaversion"] == listed["schema_version"]
        assert event["datacontenttype"] == "application/json"
        version = EVENT_TYPES[listed["type"]].SCHEMA_VERSION
        assert event["type"] == f"foedus.{listed['type']}.v{version}"
        server = {"id", "type", "position", "recorded_at", "recorded_by", "hash", "schema_version"}
        assert event["data"] == {name: listed[name] for name in listed.keys() - server}
    assert [event["sequence"] for event in batch] == sorted(event["sequence"] for event in batch)


async def test_the_data_is_what_the_hash_covers(case: Client) -> None:
    """Whoever has a CloudEvent can make the stored bytes again."""
    for event, posted in zip(await batch_of(case, limit=1000), EVENTS, strict=True):
        again = {"id": event["id"], "type": event["type"].split(".")[1]} | event["data"]
        assert encode(read_event(again, event["id"])) == encode(read_event(posted, posted["id"]))


async def test_the_source_is_the_store(case: Client) -> None:
    """It stays what it is wherever the log is served or moved to."""
    with serving(case).database.read() as conn:
        store_id = reading.store_id(conn).hex()
    batch = await batch_of(case, limit=1000)
    assert {event["source"] for event in batch} == {f"urn:foedus:store:{store_id}"}


async def test_the_subject_is_who_it_is_about(case: Client) -> None:
    for actor in ("mali", "jnim"):
        of_actor = {event["id"] for event in await batch_of(case, limit=1000, actor=actor)}
        by_subject = {
            event["id"]
            for event in await batch_of(case, limit=1000)
            if actor in event.get("subject", "").split(",")
        }
        assert of_actor == by_subject != set()


async def test_batches_follow_one_another(case: Client) -> None:
    path: str | None = "/v1/events?limit=10&type=ActorRegistered"
    found: list[str] = []
    while path is not None:
        response = await case.get(path, headers={"accept": BATCH})
        assert len(response.json()) <= 10
        found += [event["id"] for event in response.json()]
        link = response.links.get("next")
        path = None if link is None else link["url"]
        assert path is None or path.startswith("/v1/events?")
    assert found == [event["id"] for event in EVENTS if event["type"] == "ActorRegistered"]
    assert len(found) > 10


async def test_an_empty_batch_is_a_batch(case: Client) -> None:
    assert await batch_of(case, after=LAST) == []


async def test_one_event_alone(case: Client) -> None:
    path = f"/v1/events/{EVENTS[3]['id']}"
    response = await case.get(path, headers={"accept": f"{ONE}, application/json;q=0.9"})
    assert response.headers["content-type"] == ONE
    assert response.json() == (await batch_of(case, after=3, limit=1))[0]
    assert response.headers["etag"] != (await case.get(path)).headers["etag"]
    again = await case.get(path, headers={"accept": ONE, "if-none-match": response.headers["etag"]})
    assert again.status_code == 304
    assert (await case.get(path)).headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("path", "accept"),
    [("/v1/events", ONE), (f"/v1/events/{EVENTS[0]['id']}", BATCH), ("/v1/events", "text/html")],
)
async def test_a_batch_is_no_event_and_an_event_no_batch(
    case: Client, path: str, accept: str
) -> None:
    response = await case.get(path, headers={"accept": accept})
    assert problem(response, 406, "not-acceptable") == []


async def test_the_stream_gives_the_same(case: Client) -> None:
    response = await case.get(STREAM, params={"format": "cloudevents", "wait": 0})
    messages = messages_of(response.text)
    assert [message.json for message in messages] == await batch_of(case, limit=1000)
    assert [int(message.fields["id"]) for message in messages] == [
        int(message.json["sequence"]) for message in messages
    ]
