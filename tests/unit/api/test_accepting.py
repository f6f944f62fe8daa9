"""Which form an Accept header asks for."""

import pytest
from starlette.requests import Request

from api.accepting import accepted
from api.problems import Refusing

JSON, LINES, BATCH = (
    "application/json",
    "application/x-ndjson",
    "application/cloudevents-batch+json",
)
OFFERED = (JSON, LINES, BATCH)


def asking(*accepts: str) -> Request:
    headers = [(b"accept", accept.encode()) for accept in accepts]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": headers})


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ((), JSON),
        (("",), JSON),
        (("*/*",), JSON),
        (("application/*",), JSON),
        ((LINES,), LINES),
        (("Application/X-NDJSON",), LINES),
        ((f"{LINES}, {JSON}",), LINES),
        ((f"{JSON}, {LINES}",), JSON),
        ((f"*/*, {BATCH}",), BATCH),
        ((f"{JSON};q=0.5, {LINES};q=0.7",), LINES),
        ((f"{JSON};q=0, */*",), LINES),
        ((f"{JSON};q=0.2, application/*",), LINES),
        ((f"text/html, {BATCH};q=0.1",), BATCH),
        (("text/html", BATCH), BATCH),
        ((f"{LINES};q=nonsense",), LINES),
        ((f"{LINES}; charset=utf-8; q=0.5, {JSON}; q=0.4",), LINES),
        (("text/html,application/xml;q=0.9,*/*;q=0.8",), JSON),
    ],
)
def test_the_preferred_form_is_given(accept: tuple[str, ...], form: str) -> None:
    assert accepted(asking(*accept), OFFERED) == form


@pytest.mark.parametrize("accept", ["text/html", "text/*", f"{JSON};q=0", "*/*;q=0", "json", ","])
def test_no_form_is_left(accept: str) -> None:
    if accept == ",":
        assert accepted(asking(accept), OFFERED) == JSON
        return
    with pytest.raises(Refusing, match="there is application/json and"):
        accepted(asking(accept), OFFERED)
