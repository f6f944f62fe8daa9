"""The log over HTTP: in order, filtered, in pages and as lines, and one event by its id."""

import json
from typing import Any

import httpx
import pytest

from domain.checks import problems
from domain.decisions import Register
from infrastructure.codec import read_event
from tests.builders import worked_case
from tests.e2e.http import Client, attack, parameters, problem, recorded, registration

EVENTS = worked_case()["events"]
NDJSON = "application/x-ndjson"
RETRACTED = "6f795880-4335-52d8-ad0a-ec7f0b80a0a1"
RETRACTION = "8f48cd52-4733-594b-94b7-ccd60a5217d2"


def tagged(tag: str) -> list[str]:
    """The ids of the case's events that carry a tag, by the domain's own reading."""
    register = Register()
    found = []
    for fields in EVENTS:
        event = read_event(fields, fields["id"])
        assert not problems(event)
        tags = register.tags_for(event)
        register.evolve(event, tags)
        if tag in tags:
            found.append(event.id)
    return found


def occurring(first: str, last: str) -> list[str]:
    """The ids of the case's events that may have been going on between two days."""
    spans = [(event["id"], read_event(event, event["id"]).span) for event in EVENTS]
    return [
        event_id
        for event_id, span in spans
        if span.ended.isoformat() >= first and span.earliest.isoformat() <= last
    ]


async def listed(client: Client, **asked: Any) -> list[str]:
    response = await client.get("/v1/events", params={"limit": 1000} | asked)
    assert response.status_code == httpx.codes.OK, response.text
    assert response.json()["next"] is None
    return [event["id"] for event in response.json()["items"]]


async def test_pages_follow_one_another_to_the_head(case: Client) -> None:
    positions: list[int] = []
    cursors: list[str | None] = ["0"]
    while cursors[-1] is not None:
        asked = {"after": cursors[-1], "limit": "10"}
        page = (await case.get("/v1/events", params=asked)).json()
        positions += [event["position"] for event in page["items"]]
        cursors.append(page["next"])
    assert cursors == ["0", "10", "20", "30", "40", None]
    assert positions == list(range(1, len(EVENTS) + 1))


async def test_a_page_that_ends_at_the_head_is_the_last(case: Client) -> None:
    page = (await case.get("/v1/events", params={"limit": len(EVENTS)})).json()
    assert (len(page["items"]), page["next"]) == (len(EVENTS), None)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"type": "CoupOccurred"}, [e["id"] for e in EVENTS if e["type"] == "CoupOccurred"]),
        ({"actor": "jnim"}, tagged("actor:jnim")),
        ({"incident": "tinzaouatene-2024-07"}, tagged("incident:tinzaouatene-2024-07")),
        (
            {"alliance": "mali-wagner-security-assistance"},
            tagged("alliance:mali-wagner-security-assistance"),
        ),
        (
            {"claimant": "mali"},
            [e["id"] for e in EVENTS if e.get("claim", {}).get("claimant") == "mali"],
        ),
        ({"occurred_from": "2024-07-26", "occurred_to": "2024-07-26"}, occurring("2024-07-26", "2024-07-26")),
        ({"occurred_to": "1960-09-22"}, occurring("0001-01-01", "1960-09-22")),
        (
            {"type": "ReportDenied", "actor": "wagner-group"},
            [i for i in tagged("actor:wagner-group") if i in {e["id"] for e in EVENTS if e["type"] == "ReportDenied"}],
        ),
        ({"actor": "adama-gaye", "claimant": "mali"}, []),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else str(len(value)),
)  # fmt: skip
async def test_filters(case: Client, asked: dict[str, str], expected: list[str]) -> None:
    assert await listed(case, **asked) == expected


def test_the_filters_above_find_something() -> None:
    assert len(tagged("actor:jnim")) == 5
    assert len(tagged("alliance:mali-wagner-security-assistance")) == 2
    assert len(occurring("2024-07-26", "2024-07-26")) == 11


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("type", "WarDeclared"),
        ("actor", "nobody"),
        ("actor", "Mali"),
        ("actor", "\0"),
        ("incident", "nowhere"),
        ("alliance", "mali"),
        ("claimant", "nobody"),
        ("occurred_from", "2024"),
        ("occurred_to", "2024-02-30"),
        ("after", "x"),
        ("after", "-1"),
        ("limit", "0"),
        ("limit", "1001"),
        ("limit", "ten"),
    ],
)
async def test_bad_filters_are_refused(case: Client, name: str, given: str) -> None:
    response = await case.get("/v1/events", params={name: given})
    assert parameters(response, 422, "invalid-parameter") == [name]


async def test_every_unknown_name_is_told(case: Client) -> None:
    response = await case.get("/v1/events", params={"actor": "x", "incident": "y"})
    assert parameters(response, 422, "invalid-parameter") == ["actor", "incident"]


@pytest.mark.parametrize("accept", [NDJSON, f"text/csv, {NDJSON};q=0.5"])
async def test_lines_are_the_same_events(case: Client, accept: str) -> None:
    response = await case.get("/v1/events", headers={"accept": accept})
    assert response.headers["content-type"] == NDJSON
    lines = [json.loads(line) for line in response.text.splitlines()]
    assert lines == (await case.get("/v1/events", params={"limit": 1000})).json()["items"]


async def test_lines_may_be_limited(case: Client) -> None:
    asked = {"limit": 3, "after": 40}
    response = await case.get("/v1/events", params=asked, headers={"accept": NDJSON})
    assert [json.loads(line)["position"] for line in response.text.splitlines()] == [41, 42, 43]


async def test_lines_run_on_over_many_pages(growing: Client) -> None:
    await recorded(growing, [registration("chad"), registration("libya")])
    for _ in range(2):
        await recorded(growing, [attack("chad", "libya")] * 1_000)
    response = await growing.get("/v1/events", params={"actor": "chad"}, headers={"accept": NDJSON})
    positions = [json.loads(line)["position"] for line in response.text.splitlines()]
    assert positions == [1, *range(3, 2_003)]


async def test_a_page_is_bounded_in_bytes_too(growing: Client) -> None:
    """Large events make small pages; `next` tells that there are more, and lines go on."""
    actors = await recorded(growing, [registration("egypt-large"), registration("sudan-large")])
    before = actors["items"][0]["position"] - 1
    large = {"citations": [{"quote": "x" * 5_000}] * 100}
    for _ in range(2):
        await recorded(growing, [attack("egypt-large", "sudan-large", claim=large)] * 7)
    found: list[int] = []
    sizes: list[int] = []
    cursor: str | None = str(before)
    while cursor is not None:
        page = await growing.get("/v1/events", params={"limit": 1000, "after": cursor})
        assert len(page.content) < 4.5 * 1024 * 1024
        found += [event["position"] for event in page.json()["items"]]
        sizes.append(len(page.json()["items"]))
        cursor = page.json()["next"]
    assert found == [*range(before + 1, before + 17)]
    assert len(sizes) == 2
    for limit, expected in ((None, 16), (12, 12), (1000, 16)):
        asked = {"after": before} | ({} if limit is None else {"limit": limit})
        response = await growing.get("/v1/events", params=asked, headers={"accept": NDJSON})
        positions = [json.loads(line)["position"] for line in response.text.splitlines()]
        assert positions == found[:expected]


@pytest.mark.parametrize("accept", ["text/html", "text/csv, image/*"])
async def test_other_forms_are_not_acceptable(case: Client, accept: str) -> None:
    response = await case.get("/v1/events", headers={"accept": accept})
    assert problem(response, 406, "not-acceptable") == []


async def test_one_event_tells_what_became_of_it(case: Client) -> None:
    event = (await case.get(f"/v1/events/{RETRACTED.upper()}")).json()
    assert (event["retracted_by"], event["superseded_by"]) == (RETRACTION, None)
    [in_list] = (await case.get("/v1/events", params={"after": event["position"] - 1, "limit": 1})).json()["items"]  # fmt: skip
    assert event == in_list | {"retracted_by": RETRACTION, "superseded_by": None}
    posted = next(one for one in EVENTS if one["id"] == RETRACTED)
    assert {name: event[name] for name in ("occurred", "incident")} == {
        name: posted[name] for name in ("occurred", "incident")
    }


async def test_a_superseded_event_names_its_correction(growing: Client) -> None:
    names = [registration("sudan"), registration("egypt")]
    await recorded(growing, names)
    first = await recorded(growing, attack("sudan", "egypt"))
    better = attack("egypt", "sudan", supersedes=first["id"], reason="the other way round")
    second = await recorded(growing, better)
    event = (await growing.get(f"/v1/events/{first['id']}")).json()
    assert (event["superseded_by"], event["retracted_by"]) == (second["id"], None)


@pytest.mark.parametrize(
    "event_id", ["00000000-0000-4000-8000-000000000000", "x", "1", "%00", "a%2Fb", "streams"]
)
async def test_unknown_events_are_not_found(case: Client, event_id: str) -> None:
    assert problem(await case.get(f"/v1/events/{event_id}"), 404, "not-found") == []
