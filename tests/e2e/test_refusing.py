"""Requests that are refused before anything is read: by host, by type, by parameter, by method."""

import httpx
import pytest

from tests.builders import worked_case
from tests.e2e.http import Client, attack, parameters, pointers, post, problem

LAST = len(worked_case()["events"])


@pytest.mark.parametrize("given", ["-1", "1.0", "1e3", "0x1", "", " 1", "+1", str(2**53), "x", "٣"])
async def test_an_expected_position_is_a_whole_number(case: Client, given: str) -> None:
    response = await post(case, attack("mali", "jnim"), expected_position=given)
    assert parameters(response, 422, "invalid-parameter") == ["expected_position"]
    assert (await case.get("/v1/events", params={"after": LAST})).json()["items"] == []


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json; charset=latin-1",
        "application/jsonp",
        "text/json",
    ],
)
async def test_only_json_may_be_posted(case: Client, content_type: str | None) -> None:
    """A page on another site can send a form or plain text, but no JSON unasked."""
    headers = {} if content_type is None else {"content-type": content_type}
    response = await case.post("/v1/events", content=b"{}", headers=headers)
    assert parameters(response, 415, "not-json") == ["Content-Type"]


@pytest.mark.parametrize("more", ["", "; charset=utf-8", ';charset="UTF-8"', "; version=1"])
async def test_json_may_say_that_it_is_utf_8(case: Client, more: str) -> None:
    headers = {"content-type": f"Application/JSON{more}"}
    response = await case.post("/v1/events", content=b"{}", headers=headers)
    assert pointers(response, 422, "invalid-event") == ["/type"]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "10.0.0.1"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_foreign_hosts_are_refused(case: Client, host: str, method: str) -> None:
    response = await case.request(method, "/v1/events", headers={"host": host}, json={})
    assert parameters(response, 421, "foreign-host") == ["Host"]


async def test_loopback_hosts_are_served(case: Client) -> None:
    for host in ("localhost", "127.0.0.1:8000", "[::1]:80"):
        response = await case.get("/healthz", headers={"host": host})
        assert response.status_code == httpx.codes.OK


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/v1/events?tpye=CoupOccurred", "tpye"),
        ("/v1/events?valid_at=2024-01-01", "valid_at"),
        ("/v1/actors?Name=mali", "Name"),
        ("/v1/actors/mali?kind=state", "kind"),
        ("/v1/alliances?%00=1", "\0"),
        ("/v1/alignments?actors=mali,france&valid-at=2024-01-01", "valid-at"),
        ("/v1/policy?version=1", "version"),
        ("/v1/audit/verify?position=1", "position"),
        ("/healthz?verbose=1", "verbose"),
    ],
)
async def test_unknown_parameters_are_refused(case: Client, path: str, name: str) -> None:
    assert parameters(await case.get(path), 422, "invalid-parameter") == [name]


async def test_a_misspelt_parameter_of_an_append_is_refused(case: Client) -> None:
    response = await post(case, attack("mali", "jnim"), expected_positon=1)
    assert parameters(response, 422, "invalid-parameter") == ["expected_positon"]


async def test_a_parameter_given_twice_is_refused(case: Client) -> None:
    response = await case.get("/v1/actors?valid_at=2024-01-01&valid_at=2025-01-01")
    assert parameters(response, 422, "invalid-parameter") == ["valid_at"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/",
        "/v1/events/",
        "/v1/actors/mali/",
        "/v1/nothing",
        "/docs/x",
        "//v1/events",
    ],
)
async def test_unknown_addresses_are_not_found(case: Client, path: str) -> None:
    assert problem(await case.get(path), 404, "not-found") == []


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/v1/events", "GET, HEAD, POST"),
        ("DELETE", "/v1/events/8f48cd52-4733-594b-94b7-ccd60a5217d2", "GET, HEAD"),
        ("POST", "/v1/actors", "GET, HEAD"),
        ("OPTIONS", "/v1/alignments/mali/france", "GET, HEAD"),
    ],
)
async def test_other_methods_are_refused_with_those_allowed(
    case: Client, method: str, path: str, allowed: str
) -> None:
    response = await case.request(method, path)
    assert problem(response, 405, "method-not-allowed") == []
    assert response.headers["allow"] == allowed


async def test_every_answer_carries_the_security_headers(case: Client) -> None:
    for path in ("/v1/policy", "/v1/nothing", "/v1/actors?x=1", "/openapi.json"):
        headers = (await case.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "access-control-allow-origin" not in headers
