"""Single events over HTTP: `foedus serve` on each database beside a trivial POST on the same server."""

import re
from contextlib import ExitStack
from typing import NamedTuple

from benchmarks.databases import DIALECTS
from benchmarks.figures import P50, P99, REQUESTS, Key, Target
from benchmarks.programs import ANY_PORT, LISTENS, running
from benchmarks.session import OURS, Session
from benchmarks.sizes import FULL
from benchmarks.subjects.posting import Load, Poster
from benchmarks.trivial_server import PATH as TRIVIAL_PATH

SUITE = "http"

TRIVIAL = "trivial POST"
INSIDE, APART = "inside", "apart"
"""Where the projector runs: in the server's process, or as `foedus project`."""
NO_DATABASE = "none"
_PATH = "/v1/events"

_PROJECTS = re.compile(r"(Projecting)")


class Server(NamedTuple):
    """A server to post to."""

    database: str
    name: str
    case: str
    port: int
    path: str


def run(session: Session) -> None:
    """Post to every server in turn, round after round; all of them are up, one is at work."""
    sizes = session.sizes
    poster = session.subject("the HTTP client", Poster)
    if poster is None:
        raise RuntimeError("our own client cannot be imported")
    with ExitStack() as started:
        servers = _servers(session, started)
        for server in servers:
            if server.name == OURS:
                poster.call("register", server.port, server.path, sizes.actors)
        for number in session.rounds():
            for server in servers[::-1] if number % 2 else servers:
                session.say(f"  round {number + 1}: {server.name}, {server.database}")
                load = Load(sizes.actors, sizes.http_clients, sizes.http_seconds, number)
                measured = poster.call("measure", server.port, server.path, load)
                for measure, value in (
                    (REQUESTS, measured.acts / measured.seconds),
                    (P50, measured.p50),
                    (P99, measured.p99),
                ):
                    key = Key(SUITE, server.database, server.name, server.case, measure)
                    session.figures.add(key, value)


def _servers(session: Session, programs: ExitStack) -> list[Server]:
    case = f"{session.sizes.http_clients} clients"
    folder = session.databases.folder

    def started(said: re.Pattern[str], settings: dict[str, str], *command: str) -> str:
        return programs.enter_context(running(folder, said, settings, *command))

    unused = {"FOEDUS_DATABASE_URL": session.databases.fresh("sqlite")}
    port = started(LISTENS, unused, "benchmarks.trivial_server", *ANY_PORT)
    servers = [Server(NO_DATABASE, TRIVIAL, case, int(port), TRIVIAL_PATH)]
    for database in DIALECTS:
        for projector in (INSIDE, APART):
            url = session.databases.fresh(database)
            settings = {"FOEDUS_DATABASE_URL": url, "FOEDUS_PROJECTOR": projector}
            if projector == APART:
                started(_PROJECTS, settings, "api.cli", "project")
            port = started(LISTENS, settings, "api.cli", "serve", *ANY_PORT)
            case_of_it = _case(session.sizes.http_clients, projector)
            servers.append(Server(database, OURS, case_of_it, int(port), _PATH))
    return servers


def _case(clients: int, projector: str) -> str:
    return f"{clients} clients, projector {projector}"


def _key(database: str, measure: str, projector: str) -> Key:
    return Key(SUITE, database, OURS, _case(FULL.http_clients, projector), measure)


TARGETS = (
    *(
        Target(
            what=f"HTTP, 64 clients: ours against a trivial POST, {database}, "
            f"projector {projector}",
            over=_key(database, REQUESTS, projector),
            under=(Key(SUITE, NO_DATABASE, TRIVIAL, f"{FULL.http_clients} clients", REQUESTS),),
            goal=0.4,
        )
        for database in DIALECTS
        for projector in (INSIDE, APART)
    ),
    *(
        Target(
            what=f"HTTP, 64 clients: p99 to p50, {database}, projector {projector}",
            over=_key(database, P99, projector),
            under=(_key(database, P50, projector),),
            goal=5,
            at_most=True,
        )
        for database in DIALECTS
        for projector in (INSIDE, APART)
    ),
)
