"""Who counts as this machine, and that refused bodies are taken in, up to a point."""

import pytest
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from api import gate
from api.gate import Gate, is_loopback


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LocalHost:8000",
        "127.0.0.1",
        "127.0.0.1:80",
        "127.9.9.9",
        "[::1]",
        "[::1]:65535",
    ],
)
def test_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "", "example.org", "localhost.example.org", "localhost.", "localhost@example.org",
        "127.0.0.1.nip.io", "127.0.0.1:", "127.0.0.1:80:80", "127.1", "2130706433", "0x7f.0.0.1",
        "10.0.0.1", "::1", "[::2]", "[::1", "::1]", "[::ffff:10.0.0.1]", "localhost/x",
        "localhost:8000 ", "localhost, example.org", "LOCALHOST\n",
    ],
)  # fmt: skip
def test_everything_else(host: str) -> None:
    assert not is_loopback(host)


async def ask(headers: list[tuple[bytes, bytes]], sizes: list[int]) -> tuple[int, int]:
    """The status of an answer that never reads the body, and how many of its parts were taken."""
    taken = 0
    statuses: list[int] = []

    async def receive() -> Message:
        nonlocal taken
        taken += 1
        return {
            "type": "http.request",
            "body": b" " * sizes[taken - 1],
            "more_body": taken < len(sizes),
        }

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def app(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 415, "headers": []})
        await send({"type": "http.response.body"})

    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers}
    await Gate(app, loopback_only=True)(scope, receive, send)
    return statuses[0], taken


HOST = (b"host", b"localhost")
LENGTH = (b"content-length", b"3")
SCOPE = {"type": "http", "method": "POST", "path": "/", "headers": [HOST, LENGTH]}


async def test_an_unread_body_is_taken_in_before_the_answer() -> None:
    assert await ask([HOST, LENGTH], [1, 1, 1]) == (415, 3)
    assert await ask([HOST, (b"transfer-encoding", b"chunked")], [1, 1]) == (415, 2)
    assert await ask([(b"host", b"example.org"), LENGTH], [1, 1, 1]) == (421, 3)


async def test_no_body_is_waited_for_where_none_is_coming() -> None:
    assert await ask([HOST], []) == (415, 0)
    assert await ask([HOST, (b"content-length", b"0")], []) == (415, 0)
    assert await ask([HOST, LENGTH, (b"expect", b"100-continue")], []) == (415, 0)


async def test_a_body_without_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "MOST_DISCARDED", 100)
    assert await ask([HOST, LENGTH], [10] * 1_000) == (415, 11)


@pytest.mark.parametrize(
    "hosts", [[], [b"localhost", b"localhost"], [b"localhost", b"example.org"]]
)
async def test_one_host_is_named(hosts: list[bytes]) -> None:
    assert await ask([(b"host", host) for host in hosts], []) == (421, 0)


async def test_a_client_that_left_gets_no_answer() -> None:
    async def app(_: Scope, receive: Receive, __: Send) -> None:
        await Request(SCOPE, receive).body()

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await Gate(app, loopback_only=True)(SCOPE, receive, send)
    assert not sent


async def test_other_hosts_are_served_where_keys_are_asked_for() -> None:
    reached = []

    async def app(scope: Scope, _: Receive, __: Send) -> None:
        reached.append(scope["type"])

    async def nothing() -> Message:
        return {}

    async def nowhere(_: Message) -> None:
        pass

    scope = {"type": "http", "headers": [(b"host", b"example.org")]}
    await Gate(app, loopback_only=False)(scope, nothing, nowhere)
    await Gate(app, loopback_only=True)({"type": "lifespan"}, nothing, nowhere)
    assert reached == ["http", "lifespan"]
