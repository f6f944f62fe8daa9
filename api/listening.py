"""The server around the application, as far as the two must know of each other."""

from __future__ import annotations

import asyncio
import socket

import uvicorn

from api.streaming import PATH

SECONDS_TO_TAKE = 2
"""So long may clients take what streams have sent, once the server ends."""


class Server(uvicorn.Server):
    """Ends the open streams before it waits for requests under way: they would never end."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop taking requests, let those under way finish, and end the application."""
        serving = getattr(self.config.app.state, "serving", None)  # type: ignore[union-attr]  # always a FastAPI
        if serving is not None:
            serving.following.end()
        dropping = asyncio.create_task(self._drop_stalled())
        await super().shutdown(sockets)
        dropping.cancel()

    async def _drop_stalled(self) -> None:
        """Cut the streams whose clients do not read: what was sent to them never leaves."""
        await asyncio.sleep(SECONDS_TO_TAKE)
        for connection in list(self.server_state.connections):
            scope = getattr(connection, "scope", None)
            if scope is not None and scope["path"] == PATH:
                connection.transport.abort()
