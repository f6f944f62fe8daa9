"""Answers byte by byte and page by page: tags, and cursors that pin what the first page knew."""

import base64
import json
from typing import Any

import httpx
import pytest

from tests.builders import worked_case
from tests.e2e.http import (
    Client,
    ask,
    formation,
    parameters,
    recorded,
    registration,
)

EVENTS = worked_case()["events"]
PAIR = "/v1/alignments/mali/wagner-group"


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
