"""Questions as TimeGates and mementos (RFC 7089), and answers that a client holds already."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.projecting import Projector
from tests.builders import worked_case
from tests.e2e.http import Client, ask, attack, parameters, recorded, registration

PATHS = (
    "/v1/alignments?actors=mali,france,csp-psd&valid_at=2024-07-28",
    "/v1/alignments?valid_at=2024-07-28&limit=1000",
    "/v1/alignments?valid_at=2024-07-28&format=ndjson",
    "/v1/alignments?valid_at=2024-07-28&format=csv&detail=summary",
    "/v1/alignments?actors=mali,france&valid_at=2024-07-28&format=csv",
    "/v1/alignments/mali/france?valid_at=2024-07-28",
    "/v1/alignments/mali/france/timeline",
    "/v1/alignments/mali/france/revisions?valid_at=2024-07-28",
    "/v1/actors/mali/alignments?valid_at=2024-07-28",
    "/v1/incidents?valid_at=2024-07-28",
    "/v1/incidents/tinzaouatene-2024-07?valid_at=2024-07-28",
    "/v1/alliances?valid_at=2024-07-28",
    "/v1/actors/mali?valid_at=2024-07-28",
)


def links(response: httpx.Response) -> dict[str, str]:
    """The targets of the header Link by relation."""
    found = re.findall(r'<([^>]*)>; rel="([^"]*)"', response.headers["link"])
    return {relation: target for target, relations in found for relation in relations.split()}


@pytest.mark.parametrize("path", PATHS)
async def test_an_answer_names_its_timegate_and_its_memento(case: Client, path: str) -> None:
    now = await case.get(path)
    assert now.status_code == 200, now.text
    assert "memento-datetime" not in now.headers
    assert "accept-datetime" in now.headers["vary"].lower()
    related = links(now)
    assert unquote(related["original"]) == unquote(related["timegate"]) == path
    memento = await case.get(related["memento"])
    assert memento.content == now.content
    assert memento.headers["memento-datetime"]
    assert links(memento)["timegate"] == related["timegate"]
    assert links(memento)["memento"] == related["memento"]


@pytest.mark.parametrize("path", PATHS)
async def test_a_moment_is_asked_for_by_a_header(case: Client, path: str) -> None:
    memento = await case.get(links(await case.get(path))["memento"])
    moment = memento.headers["memento-datetime"]
    asked = await case.get(path, headers={"accept-datetime": moment})
    assert asked.content == memento.content
    assert asked.headers["memento-datetime"] == moment
    assert asked.headers["content-location"] == links(memento)["memento"]
    future = format_datetime(datetime.now(UTC) + timedelta(days=400), usegmt=True)
    latest = await case.get(path, headers={"accept-datetime": future})
    assert latest.content == memento.content


@pytest.mark.parametrize("path", PATHS)
async def test_before_the_first_event_the_log_is_empty(case: Client, path: str) -> None:
    asked = await case.get(path, headers={"accept-datetime": "Thu, 01 Jan 1970 00:00:00 GMT"})
    if asked.status_code == 404:
        return  # nobody was registered under the ids of the address
    assert asked.headers["content-location"] == links(asked)["memento"]
    assert "known_at=0" in asked.headers["content-location"]
    assert "memento-datetime" not in asked.headers
    assert (await case.get(links(asked)["memento"])).content == asked.content


@pytest.mark.parametrize(
    "given",
    [
        "", "yesterday", "2024-07-28T12:00:00Z", "28 Jul 2024", "Sun, 28 Jul 2024 12:00:00",
        "Sun, 28 Jul 2024 12:00:00 +0200", "Sun, 28 Jul 2024 12:00:00 -0000",
        "Sun, 28 Jul 24 12:00:00 GMT", "Sunday, 28-Jul-24 12:00:00 GMT", "Sun Jul 28 12:00:00 2024",
        "Sun, 28 jul 2024 12:00:00 GMT", "Wed, 30 Feb 2000 12:00:00 GMT",
        "Sun, 28 Jul 2024 24:00:00 GMT", "Sat, 01 Jan 0000 00:00:00 GMT",
    ],
)  # fmt: skip
async def test_a_moment_of_another_form_is_refused(case: Client, given: str) -> None:
    response = await case.get(PATHS[0], headers={"accept-datetime": given})
    assert parameters(response, 400, "bad-request") == ["accept-datetime"]
    told = response.json()["detail"]
    assert "Sun, 28 Jul 2024 12:00:00 GMT" in told or "is not on the calendar" in told


async def test_what_was_recorded_within_the_second_is_meant(case: Client) -> None:
    path = "/v1/alignments?actors=mali,france"
    for position in (1, 26, 46):
        told = await case.get(f"{path}&known_at={position}")
        moment = parsedate_to_datetime(told.headers["memento-datetime"])
        known_at = datetime.fromisoformat(told.json()["viewpoint"]["known_at"])
        assert moment <= known_at < moment + timedelta(seconds=1)
        again = await case.get(path, headers={"accept-datetime": told.headers["memento-datetime"]})
        assert again.json()["viewpoint"]["position"] >= position


@pytest.mark.parametrize("path", PATHS)
async def test_who_holds_the_answer_is_told_so(case: Client, path: str) -> None:
    first = await case.get(path)
    tag = first.headers["etag"]
    again = await case.get(path, headers={"if-none-match": f'"other", W/{tag}'})
    assert again.status_code == 304
    assert again.content == b""
    for name in ("etag", "vary", "cache-control", "link"):
        assert again.headers[name] == first.headers[name]
    other = await case.get(path, headers={"if-none-match": '"other"'})
    assert other.content == first.content
    joined = "&" if "?" in path else "?"
    earlier = await case.get(f"{path}{joined}known_at=40", headers={"if-none-match": tag})
    assert earlier.status_code == 200
    assert earlier.headers["etag"] != tag


async def test_an_append_ends_what_is_held_and_leaves_mementos(client: Client) -> None:
    await recorded(client, [registration("a"), registration("b"), attack("a", "b")])
    path = "/v1/alignments/a/b?valid_at=2024-07-28"
    await ask(client, "/v1/actors")
    held = {each: (await client.get(each)).headers["etag"] for each in (path, f"{path}&known_at=3")}
    await recorded(client, attack("b", "a"))
    for (each, tag), status in zip(held.items(), (200, 304), strict=True):
        asked = await client.get(f"{each}&wait=20", headers={"if-none-match": tag})
        assert asked.status_code == status


async def test_nobody_is_told_to_hold_what_there_is_not(case: Client) -> None:
    for given in ('"x"', "*"):
        response = await case.get("/v1/alignments/mali/atlantis", headers={"if-none-match": given})
        assert response.status_code == 404


async def test_a_rebuild_changes_neither_tags_nor_hashes(client: Client, fresh_url: str) -> None:
    def told(response: httpx.Response) -> tuple[Any, ...]:
        return response.headers["etag"], response.content

    await recorded(client, worked_case()["events"])
    await ask(client, "/v1/actors")
    before = [told(await client.get(path)) for path in PATHS]
    database = Database(fresh_url)
    recorder = SqlRecorder(database)
    Projector(database, recorder).rebuild()
    recorder.close()
    database.dispose()
    assert [told(await client.get(path)) for path in PATHS] == before


@pytest.mark.parametrize("path", [*PATHS, "/v1/policy", "/healthz", "/v1/events", "/v1/nothing"])
async def test_a_head_tells_what_a_get_would(case: Client, path: str) -> None:
    got = await case.get(path)
    told = await case.head(path)
    assert (told.status_code, told.content) == (got.status_code, b"")
    assert {**told.headers, "date": ""} == {**got.headers, "date": ""}
    if "etag" in got.headers:
        held = await case.head(path, headers={"if-none-match": got.headers["etag"]})
        assert held.status_code == 304
