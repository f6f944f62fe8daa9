"""The gate every request passes: who may ask at all, and what every answer's headers say.

While FOEDUS_AUTH is open the server answers to loopback names only. A page on another site can
make a browser connect to this machine under a name of its own (DNS rebinding); its Host header
gives it away (DESIGN section 9).
"""

from __future__ import annotations

import re
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Fault, Refusing

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Set on every answer that does not set them itself."""

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

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, text in SECURITY_HEADERS.items():
                    headers.setdefault(name, text)
            await send(message)

        hosts = Headers(scope=scope).getlist("host")
        if self._loopback_only and not (len(hosts) == 1 and is_loopback(hosts[0])):
            await _foreign_host().response()(scope, receive, send_guarded)
        else:
            await self._app(scope, receive, send_guarded)


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
