"""The server around the application, as far as the two must know of each other."""

from __future__ import annotations

import socket

import uvicorn


class Server(uvicorn.Server):
    """Ends the open streams before it waits for requests under way: they would never end."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop taking requests, let those under way finish, and end the application."""
        serving = getattr(self.config.app.state, "serving", None)  # type: ignore[union-attr]  # always a FastAPI
        if serving is not None:
            serving.following.end()
        await super().shutdown(sockets)
