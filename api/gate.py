"""The gate every request passes: who may ask at all, and what every answer's headers say.

While FOEDUS_AUTH is open the server answers to loopback names only. A page on another site can
make a browser connect to this machine under a name of its own (DNS rebinding); its Host header
gives it away (DESIGN section 9).
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Fault, Refusing, translated

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Set on every answer that does not set them itself."""

_SECURITY = [(name.lower().encode(), text.encode()) for name, text in SECURITY_HEADERS.items()]

MOST_DISCARDED = 64 * 1024 * 1024
"""How many bytes of a refused body are still taken in, so that the client comes to read why."""

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::[0-9]{1,5})?")


class Gate:
    """An ASGI application around another."""

    def __init__(self, app: ASGIApp, *, loopback_only: bool) -> None:
        self._app = app
        self._loopback_only = loopback_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(scope, receive)
        answer = _Answer(body, send)
        if self._loopback_only and not _is_addressed_to_loopback(scope):
            await _foreign_host().response()(scope, body.receive, answer.send)
            return
        try:
            await self._app(scope, body.receive, answer.send)
        except ClientDisconnect:
            return  # there is nobody to answer
        except Exception as error:
            if not answer.begun:
                await translated(error).response()(scope, body.receive, answer.send)
            raise  # for the server's log


class _Answer:
    """An answer on its way: sees to its headers when it begins."""

    def __init__(self, body: _Body, send: Send) -> None:
        self.begun = False
        self._body = body
        self._send = send

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            await self._body.discard()
            given = {name for name, _ in message["headers"]}
            missing = [header for header in _SECURITY if header[0] not in given]
            message = {**message, "headers": [*message["headers"], *missing]}
        await self._send(message)


class _Body:
    """A request's body. What a refusal leaves unread is taken in and dropped, up to a point.

    A server that closes a connection on unread bytes resets it, and the client may lose the
    answer that says why.
    """

    def __init__(self, scope: Scope, receive: Receive) -> None:
        headers = Headers(scope=scope)
        announced = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        # Who expects 100 Continue sends nothing before it comes.
        self._unread = announced and "expect" not in headers
        self._receive = receive

    async def receive(self) -> Message:
        message = await self._receive()
        self._unread = message["type"] == "http.request" and message.get("more_body", False)
        return message

    async def discard(self) -> None:
        discarded = 0
        while self._unread and discarded <= MOST_DISCARDED:
            discarded += len((await self.receive()).get("body", b""))


def _is_addressed_to_loopback(scope: Scope) -> bool:
    hosts = Headers(scope=scope).getlist("host")
    return len(hosts) == 1 and is_loopback(hosts[0])


@lru_cache(maxsize=64)
def is_loopback(host: str) -> bool:
    """Whether a Host header names this machine: localhost or a loopback address, with any port."""
    match = _HOST.fullmatch(host)
    if match is None:
        return False
    name = match[1].strip("[]")
    if name.lower() == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _foreign_host() -> Refusing:
    message = "must be localhost or a loopback address while FOEDUS_AUTH is open"
    return Refusing("foreign-host", f"Host {message}", [Fault(message, parameter="Host")])
