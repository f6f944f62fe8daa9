"""HEAD: what GET would answer, less the body (RFC 9110, section 9.3.2)."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

GIVEN_ONLY_WHOLE = frozenset({"/v1/events/stream", "/v1/audit/replay"})
"""Addresses whose answers are work that begins with the headers: they do not take HEAD."""


class _Told(Exception):
    """The headers are sent: the rest of the answer is not wanted."""


class Heads:
    """An ASGI application around another that takes GET: answers HEAD by the headers of that."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and scope["method"] == "HEAD"
        if not asked or scope["path"] in GIVEN_ONLY_WHOLE:
            await self._app(scope, receive, send)
            return

        async def tell(message: Message) -> None:
            await send(message)
            await send({"type": "http.response.body", "body": b""})
            raise _Told

        try:
            await self._app({**scope, "method": "GET"}, receive, tell)
        except _Told:
            return
