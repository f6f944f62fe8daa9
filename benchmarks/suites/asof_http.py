"""Questions over HTTP: `foedus serve` on each database beside a trivial GET on the same server."""

from contextlib import ExitStack
from typing import NamedTuple

from benchmarks.driving import Measured
from benchmarks.figures import P50, P99, REQUESTS, Key
from benchmarks.programs import ANY_PORT, LISTENS, running
from benchmarks.questions import DEFAULT, FOUR, PAIR, PARTNERS, Kind, Question, Questions
from benchmarks.session import OURS, Session
from benchmarks.subjects.getting import Getter, Pace
from benchmarks.suites.asof_cases import (
    CONNECTIONS,
    HELD,
    NO_DATABASE,
    SUITE,
    TRIVIAL,
    over_http,
)
from benchmarks.trivial_server import ASKED_PATH

_QUESTIONS_A_SECOND = 10_000
"""More than is answered, so that none is asked twice."""
_HELD = 300
"""So many answers clients hold already."""
_KINDS: tuple[Kind, ...] = (PAIR, FOUR, PARTNERS)


class Server(NamedTuple):
    """A server to ask."""

    database: str
    name: str
    port: int


def run(session: Session, urls: dict[str, str], about: Questions) -> None:
    """Ask every server in turn, round after round; all of them are up, one is at work."""
    getter = session.subject("the HTTP client", Getter)
    if getter is None:
        raise RuntimeError("our own client cannot be imported")
    tiny = not session.sizes.isolated
    pace = Pace(2 if tiny else CONNECTIONS, session.sizes.http_seconds)
    most = max(20, int(_QUESTIONS_A_SECOND * pace.seconds))
    with ExitStack() as programs:
        servers = _servers(session, urls, programs)
        for number in session.rounds():
            for url in urls.values():
                session.databases.warm(url)
            for server in servers[::-1] if number % 2 else servers:
                session.say(f"  round {number + 1}: {server.name} over HTTP, {server.database}")
                trivial = server.name == TRIVIAL
                for kind in (FOUR,) if trivial else _KINDS:
                    questions = about.some(kind, DEFAULT, most, number)
                    paths = [_path(question, trivial=trivial) for question in questions]
                    _keep(
                        session,
                        server,
                        kind,
                        pace,
                        getter.call("measure", server.port, paths, pace),
                    )
                if not trivial:
                    paths = [
                        _path(one) for one in about.some(FOUR, DEFAULT, min(_HELD, most), number)
                    ]
                    held = getter.call("measure_held", server.port, paths, pace)
                    _keep(session, server, HELD, pace, held)


def _servers(session: Session, urls: dict[str, str], programs: ExitStack) -> list[Server]:
    folder = session.databases.folder

    def started(url: str, *command: str) -> int:
        settings = {"FOEDUS_DATABASE_URL": url}
        return int(programs.enter_context(running(folder, LISTENS, settings, *command, *ANY_PORT)))

    unused = session.databases.fresh("sqlite")
    servers = [Server(NO_DATABASE, TRIVIAL, started(unused, "benchmarks.trivial_server"))]
    for database, url in urls.items():
        servers.append(Server(database, OURS, started(url, "api.cli", "serve")))
    return servers


def _path(question: Question, *, trivial: bool = False) -> str:
    day = f"valid_at={question.day}"
    if question.kind == PARTNERS:
        return f"/v1/actors/{question.actors[0]}/alignments?{day}"
    place = ASKED_PATH if trivial else "/v1/alignments"
    return f"{place}?actors={','.join(question.actors)}&{day}"


def _keep(session: Session, server: Server, asked: str, pace: Pace, measured: Measured) -> None:
    name = over_http(asked, pace.clients)
    for measure, value in (
        (REQUESTS, measured.acts / measured.seconds),
        (P50, measured.p50),
        (P99, measured.p99),
    ):
        session.figures.add(Key(SUITE, server.database, server.name, name, measure), value)
