"""The API as a client meets it: in process over an ASGI transport, or on a real socket."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx
import uvicorn
from fastapi import FastAPI

from api.listening import Server
from api.serving import Serving

Client = httpx.AsyncClient

BASE = "http://localhost:8000"
WAIT = 10
"""Seconds that a question may wait for the read model; it is there long before."""


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[Client]:
    """A client of the running application; what it does not expect is answered, not raised."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=BASE) as client,
    ):
        yield client


@asynccontextmanager
async def listening(app: FastAPI) -> AsyncIterator[str]:
    """The address of the application on a real socket."""
    config = uvicorn.Config(app, log_config=None, lifespan="on", timeout_graceful_shutdown=5)
    server = _Started(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        started = asyncio.create_task(server.started_event.wait())
        await asyncio.wait({serving, started}, return_when=asyncio.FIRST_COMPLETED)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


class _Started(Server):
    """Tells when it listens, so that nobody has to poll."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.started_event = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.started_event.set()


def serving(client: Client) -> Serving:
    """What the client's server holds: for a test that injects a failure."""
    transport = client._transport
    assert isinstance(transport, httpx.ASGITransport)
    app = cast(FastAPI, transport.app)
    found: Serving = app.state.serving
    return found


async def post(client: Client, events: Any, **parameters: Any) -> httpx.Response:
    """Post one event or a list of events."""
    return await client.post("/v1/events", json=events, params=parameters)


async def recorded(client: Client, events: Any, **parameters: Any) -> Any:
    """Post events that are accepted, and return the receipts."""
    response = await post(client, events, **parameters)
    assert response.status_code == httpx.codes.CREATED, response.text
    return response.json()


async def ask(client: Client, path: str, **parameters: Any) -> Any:
    """The answer to a question, once the read model holds all that was posted."""
    response = await client.get(path, params={"wait": WAIT} | parameters)
    assert response.status_code == httpx.codes.OK, response.text
    return response.json()


async def head(client: Client) -> int:
    """The log's last position."""
    response = await client.get("/v1/events", headers={"accept": "application/x-ndjson"})
    return len(response.text.splitlines())


def problem(response: httpx.Response, status: int, kind: str) -> list[dict[str, str]]:
    """The places that a problem of this status and kind names."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["type"] == f"urn:foedus:problem:{kind}", body
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    errors: list[dict[str, str]] = body["errors"]
    assert all(error["message"] for error in errors)
    return errors


def pointers(response: httpx.Response, status: int, kind: str) -> list[str]:
    """The JSON pointers that a problem names."""
    return [error["pointer"] for error in problem(response, status, kind)]


def parameters(response: httpx.Response, status: int, kind: str) -> list[str]:
    """The parameters that a problem names."""
    return [error["parameter"] for error in problem(response, status, kind)]


def registration(actor: str, **data: Any) -> dict[str, Any]:
    """A state enters the log."""
    fields = {"actor": actor, "kind": "state", "name": actor} | data
    return {"type": "ActorRegistered", "occurred": "1900", "data": fields}


def attack(attacker: str, target: str, occurred: str = "2024-01-01", **fields: Any) -> Any:
    """Somebody attacks somebody: hostile at once."""
    data = {"attacker": attacker, "target": target}
    return {"type": "AttackReported", "occurred": occurred, "data": data} | fields


def formation(alliance: str, *members: str, occurred: str = "2020", **fields: Any) -> Any:
    """Members form a defence pact."""
    data = {"alliance": alliance, "members": list(members), "obligations": ["defence"]}
    return {"type": "AllianceFormed", "occurred": occurred, "data": data} | fields


async def pages(client: Client, path: str, items: str, **asked: Any) -> list[Any]:
    """The entries of all pages, asked for one after another."""
    found: list[Any] = []
    cursor = None
    while True:
        page = await ask(client, path, **asked, **({"after": cursor} if cursor else {}))
        assert len(page[items]) <= asked["limit"]
        found += page[items]
        cursor = page["next"]
        if cursor is None:
            return found
