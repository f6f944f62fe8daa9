"""`foedus serve`: the API on a socket, over a database that is ready for it."""

import copy
import ipaddress
import socket
from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated, Any

import typer
import uvicorn
from uvicorn.config import LOGGING_CONFIG

from api import example as shipped
from api.cli.opening import example_settings, is_embedded, opened
from api.cli.stopping import Stop
from api.listening import Server
from api.settings import PREFIX, Settings

TRY = ("/v1/actors", "/v1/policy", "/openapi.json")
TRY_EXAMPLE = (
    "/v1/alignments?actors=mali,wagner-group,france,csp-psd&valid_at=2024-07-28",
    "/v1/alignments/mali/wagner-group?valid_at=2024-07-28",
    "/v1/alliances?valid_at=2024-07-28",
)
"""Addresses to begin with."""

_SECONDS_TO_FINISH = 10
"""So long may requests under way go on after Ctrl-C."""


def serve(
    *,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port to listen on; 0 takes a free one.")
    ] = 8000,
    example: Annotated[
        bool,
        typer.Option(
            "--example",
            help=f"Serve the shipped example ({shipped.NAME}), "
            f"from a database of its own unless {PREFIX}DATABASE_URL names one.",
        ),
    ] = False,
) -> None:
    """Serve the API; an SQLite database is made and migrated first."""
    settings = Settings()
    _refuse_strangers(settings, host)
    if example:
        settings = example_settings(settings)
    with listening(host, port) as listener:
        database = _prepare(settings, example=example)

        def welcome(base: str) -> list[str]:
            tries = (f"  {base}{path}" for path in (TRY_EXAMPLE if example else TRY))
            return [
                f"Foedus {version('foedus')} listens on {base}",
                f"Database: {database}",
                *([f"Example:  {shipped.NAME}"] if example else []),
                "Try:",
                *tries,
                "Ctrl-C ends it.",
            ]

        _run(settings, listener, welcome)


def _refuse_strangers(settings: Settings, host: str) -> None:
    """While everybody may ask and append, only this machine may connect (DESIGN section 9)."""
    if settings.auth == "keys":
        raise Stop(f"{PREFIX}AUTH=keys is not available yet: there are no keys to ask for")
    if not is_loopback(host):
        raise Stop(
            f"other machines can reach {host}, and while {PREFIX}AUTH is open whoever can connect "
            "can append events: listen on 127.0.0.1 or ::1"
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine can connect to the address; of names, only localhost is trusted."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _prepare(settings: Settings, *, example: bool) -> str:
    """Bring the tables up where we may, and load the example. Returns the database's URL as shown."""
    with opened(settings, migrate=is_embedded(settings)) as store:
        store.projector.check()
        if example:
            store.load_example()
        return store.database.url.render_as_string()


def listening(host: str, port: int) -> socket.socket:
    """A socket bound to the address, whose connections send what is written at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # Connections take it over: an answer's last part does not wait for the client's receipt.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise Stop(f"cannot listen on {_address(host, port)}: {error.strerror}") from error
    return listener


def _run(settings: Settings, listener: socket.socket, welcome: Callable[[str], list[str]]) -> None:
    """Serve until the process is told to end."""
    # Here and not above: the other commands start faster without the web framework.
    from api.app import create_app  # noqa: PLC0415

    config = uvicorn.Config(
        create_app(settings),
        lifespan="on",
        ws="none",
        log_config=_logging(),
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
    )
    server = _Server(config, welcome)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        return
    if not server.started:
        raise Stop("the server could not start; its log above says why")


class _Server(Server):
    """The server, which says where it listens once it does."""

    def __init__(self, config: uvicorn.Config, welcome: Callable[[str], list[str]]) -> None:
        super().__init__(config)
        self._welcome = welcome

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if sockets and self.started:
            for line in self._welcome(f"http://{_address(*sockets[0].getsockname()[:2])}"):
                typer.echo(line)


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _logging() -> dict[str, Any]:
    """Uvicorn's own logging, without its words about starting: ours are said in its place."""
    config = copy.deepcopy(LOGGING_CONFIG)
    config["loggers"]["uvicorn.error"]["level"] = "WARNING"
    return config
