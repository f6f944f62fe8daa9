"""Every refusal says in our words what is wrong and what is accepted, not in a library's."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import api.schemas
from domain.vocabulary import EVENT_TYPES
from tests.e2e.http import Client, parameters, pointers, problem

EXAMPLES = json.loads((Path(api.schemas.__file__).parent / "examples.json").read_text())
LIBRARYS = re.compile(
    r"\bInput\b|\bshould\b|\bField required\b|Value error|Expecting|\bvalidation\b|unable to|[Uu]nexpected"
)
WRONG = ("", "x", "0", "-1", "99", "1001", "9" * 17, "1e3", "a" * 300, "2024-02-30", "\0")
"""Of each of these, some parameter cannot be it."""
MISSING = {
    "/v1/changes": ["axis", "from", "to"],
    "/v1/audit/proof": ["position"],
    "/v1/audit/consistency": ["first"],
}


async def test_of_every_parameter(case: Client) -> None:
    paths = (await case.get("/openapi.json")).json()["paths"]
    refused = set()
    for path, methods in paths.items():
        if path == "/v1/events/stream":
            continue  # of what is right it never ends
        address = re.sub(r"\{[^}]*\}", "mali", path)
        for parameter in methods.get("get", {}).get("parameters", ()):
            name, where = parameter["name"], parameter["in"]
            for given in WRONG:
                if where == "query":
                    response = await case.get(address, params={name: given})
                elif where == "header" and "\0" not in given:
                    response = await case.get(address, headers={name: given})
                else:
                    continue
                if response.status_code in {400, 422}:
                    refused.add((path, name))
                    assert not LIBRARYS.search(response.text), (path, name, given, response.text)
    assert len(refused) > 100


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"after": "x"}, "must be a whole number up to 9007199254740991, in digits"),
        ({"format": "x"}, "must be 'cloudevents'"),
        ({"heartbeat": 0}, "must be at least 1"),
        ({"heartbeat": "x"}, "must be a number of seconds, such as 5 or 0.5"),
    ],
)
async def test_of_the_stream(case: Client, asked: dict[str, Any], message: str) -> None:
    faults = problem(await case.get("/v1/events/stream", params=asked), 422, "invalid-parameter")
    assert [fault["message"] for fault in faults] == [message]


@pytest.mark.parametrize(
    ("path", "taken"),
    [
        ("/v1/audit/proof", "position, size"),
        ("/v1/policy", "none"),
    ],
)
async def test_of_what_is_no_parameter(case: Client, path: str, taken: str) -> None:
    response = await case.get(path, params={"positon": 1})
    message = f"is not a parameter of this address, which takes {taken}"
    assert problem(response, 422, "invalid-parameter") == [
        {"parameter": "positon", "message": message}
    ]
    assert response.json()["detail"] == f"positon: {message}"


async def test_of_an_event_type_all_are_named(case: Client) -> None:
    asked = await case.get("/v1/events", params={"type": "Battle"})
    posted = await case.post("/v1/events", json={"type": "Battle"})
    for response in (asked, posted):
        message = response.json()["errors"][0]["message"]
        assert message == f"must be one of the event types: {', '.join(EVENT_TYPES)}"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("GET", "/v1"), ("DELETE", "/v1/events")]
)
async def test_of_an_address_where_all_are_described(case: Client, method: str, path: str) -> None:
    response = await case.request(method, path)
    assert response.status_code in {404, 405}
    assert response.json()["detail"].endswith("; /openapi.json describes every address")


@pytest.mark.parametrize("path", MISSING)
async def test_of_what_is_missing(case: Client, path: str) -> None:
    response = await case.get(path)
    faults = problem(response, 422, "invalid-parameter")
    assert [fault["parameter"] for fault in faults] == MISSING[path]
    assert {fault["message"] for fault in faults} == {"is required"}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"limit": 0}, "must be at least 1"),
        ({"limit": 1001}, "must be at most 1,000"),
        ({"reliability": "F"}, "must be 'A', 'B', 'C', 'D' or 'E'"),
        ({"name": ""}, "must have at least 1 characters"),
        ({"without": ["publisher:x"] * 21}, "must have at most 20 entries, not 21"),
        ({"name": "\0"}, "must not hold U+0000"),
        ({"valid_at": "2024"}, "must be a day of the form YYYY-MM-DD"),
    ],
)
async def test_of_a_parameter_what_is_accepted(
    case: Client, asked: dict[str, Any], message: str
) -> None:
    response = await case.get("/v1/actors", params=asked)
    assert parameters(response, 422, "invalid-parameter") == list(asked)
    assert response.json()["errors"][0]["message"] == message
    assert response.json()["detail"] == f"{next(iter(asked))}: {message}"


def altered(value: Any) -> Iterator[Any]:
    """The value with one place of it made wrong, for each place and each kind of JSON value."""
    if isinstance(value, dict):
        yield value | {"nonsense": 1}
        for key, inner in value.items():
            yield {other: one for other, one in value.items() if other != key}
            for wrong in altered(inner):
                yield value | {key: wrong}
    elif isinstance(value, list):
        for wrong in altered(value[0]):
            yield [wrong, *value[1:]]
        yield []
    yield from (None, True, 1.5, "?", [1], {"x": 1})


async def test_of_every_field(client: Client) -> None:
    refused = 0
    for example in {one["type"]: one for one in EXAMPLES}.values():
        for wrong in altered(example):
            response = await client.post("/v1/events", json=wrong)
            if response.status_code == 422:
                refused += 1
                assert not LIBRARYS.search(response.text), (wrong, response.text)
    assert refused > 1000


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "is empty; a JSON document is expected"),
        (b" \n", "is empty; a JSON document is expected"),
        (b"\xff", "is not UTF-8 from byte 0 on"),
        (b"{", "line 1, column 2: a key in double quotes is expected here"),
        (b'{"a" 1}', "line 1, column 6: a colon is expected here"),
        (b'["a" 1]', "line 1, column 6: a comma or the end of the list or object is expected here"),
        (b"[\n tru]", "line 2, column 2: a value is expected here"),
        (b"{} {}", "line 1, column 4: the document has ended, nothing may follow"),
        (b'["a', "line 1, column 2: the text that begins here has no end"),
        (b'["a\tb"]', "line 1, column 4: a control character in a text must be escaped"),
        (b'["\\x"]', "line 1, column 3: is no escape that JSON has"),
    ],
)
async def test_of_what_is_no_json(case: Client, body: bytes, message: str) -> None:
    response = await case.post(
        "/v1/events", content=body, headers={"content-type": "application/json"}
    )
    assert pointers(response, 422, "unreadable-body") == [""]
    assert response.json()["errors"][0]["message"] == message
    assert response.json()["detail"] == f"the body: {message}"
