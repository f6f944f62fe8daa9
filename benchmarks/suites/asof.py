"""Questions in process and over HTTP, beside DuckDB, Raphtory and a plain replay, in logs of growing length."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from benchmarks.databases import DIALECTS
from benchmarks.figures import P50, P99, PEAK, Key
from benchmarks.isolation import InPlace, Isolated, SubjectFailed
from benchmarks.questions import (
    DEFAULT,
    FOUR,
    HEAVY,
    KINDS,
    MATRIX,
    PAIR,
    VIEWS,
    Asked,
    Kind,
    Questions,
    View,
)
from benchmarks.session import OURS, RELATIONS, Session
from benchmarks.subjects.asking import OurAnswers
from benchmarks.subjects.duckdb_rows import DuckDBAnswers
from benchmarks.subjects.raphtory_graph import RaphtoryAnswers
from benchmarks.subjects.replaying import ReplayAnswers
from benchmarks.suites import asof_http
from benchmarks.suites.asof_cases import (
    DUCKDB,
    IN_MEMORY,
    LONG,
    MIDDLE,
    RAPHTORY,
    REPLAY,
    SHORT,
    SUITE,
    Log,
    case,
)

GROWING: tuple[Kind, ...] = (PAIR, FOUR, HEAVY)
"""What is asked in the shortest log too."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How much is asked: at most so many questions a stretch, and for so long."""

    logs: dict[Log, int]
    questions: int
    seconds: float
    compared: int
    compared_matrices: int


_BOUNDS = {
    "full": Bounds(
        logs={SHORT: 10_000, MIDDLE: 100_000, LONG: 1_000_000},
        questions=1_000,
        seconds=0.8,
        compared=20,
        compared_matrices=2,
    ),
    "quick": Bounds(
        logs={SHORT: 10_000, LONG: 100_000},
        questions=200,
        seconds=0.2,
        compared=5,
        compared_matrices=2,
    ),
    "tiny": Bounds(
        logs={SHORT: 150, LONG: 300}, questions=4, seconds=0.01, compared=4, compared_matrices=8
    ),
}


class Subject(NamedTuple):
    """Somebody who can be asked, about a log of some length."""

    database: str
    who: str
    log: Log
    asked_about: Questions
    process: Isolated | InPlace

    def answers(self, kind: Kind, view: View) -> bool:
        """Whether such questions are put to this one."""
        if self.who == RAPHTORY:
            return view == DEFAULT
        if self.who == REPLAY:
            return kind != MATRIX and view.name == DEFAULT.name
        if self.log == LONG:
            return True
        return kind in GROWING and (self.log == SHORT or view == DEFAULT)


def run(session: Session) -> None:
    """See that all agree, then ask all of them in turn, round after round; at last over HTTP."""
    bounds = _BOUNDS[session.sizes.name]
    urls = _logs(session, bounds)
    subjects = list(_subjects(session, bounds, urls))
    _compare(session, bounds, subjects)
    for number in session.rounds():
        for kind in KINDS:
            session.say(f"  round {number + 1}: {kind}")
            for url in set(urls.values()):
                session.databases.warm(url)
            for view in VIEWS:
                asked = [one for one in subjects if one.answers(kind, view)]
                for subject in asked[::-1] if number % 2 else asked:
                    _measure(session, bounds, subject, (kind, view), number)
    for subject in subjects:
        key = Key(SUITE, subject.database, subject.who, f"memory, {subject.log} log", PEAK)
        session.figures.add(key, subject.process.call("peak_megabytes"))
        subject.process.call("close")
    longest = {database: urls[database, LONG] for database in DIALECTS}
    asof_http.run(session, longest, Questions(session.sizes.actors, bounds.logs[LONG]))


def _logs(session: Session, bounds: Bounds) -> dict[tuple[str, Log], str]:
    """The URLs of the logs by database and length; two of them may be one and the same."""
    found = {}
    for database in DIALECTS:
        for log, size in bounds.logs.items():
            url = session.log(RELATIONS, database, size)
            if url is None:
                raise SubjectFailed("our own store cannot be filled")
            found[database, log] = url
            session.figures.add(Key(SUITE, database, OURS, f"{log} log", "events"), size)
    return found


def _subjects(
    session: Session, bounds: Bounds, urls: dict[tuple[str, Log], str]
) -> Iterator[Subject]:
    """Everybody who can be had. Peers load the rows of the SQLite database, which are the same."""
    sqlite = DIALECTS[0]
    chosen: list[tuple[str, str, Log, str, type]] = [
        (database, OURS, log, url, OurAnswers) for (database, log), url in urls.items()
    ]
    chosen += [
        (IN_MEMORY, DUCKDB, LONG, urls[sqlite, LONG], DuckDBAnswers),
        (IN_MEMORY, RAPHTORY, LONG, urls[sqlite, LONG], RaphtoryAnswers),
        (sqlite, REPLAY, SHORT, urls[sqlite, SHORT], ReplayAnswers),
    ]
    for database, who, log, url, make in chosen:
        session.say(f"  {who}, {database}, {bounds.logs[log]:,} events: making ready")
        process = session.subject(who, make, url)
        if process is not None:
            about = Questions(session.sizes.actors, bounds.logs[log])
            yield Subject(database, who, log, about, process)


def _compare(session: Session, bounds: Bounds, subjects: list[Subject]) -> None:
    """See that whoever answers the same question gives our answer; else figures mean nothing."""
    ours = {(one.database, one.log): one for one in subjects if one.who == OURS}
    for peer in subjects:
        if peer.who not in (DUCKDB, REPLAY):
            continue
        for database in DIALECTS:
            session.say(f"  comparing {peer.who}'s answers with ours, {database}")
            same = sum(
                _compared(bounds, peer, ours[database, peer.log], kind, view)
                for kind in KINDS
                for view in VIEWS
                if peer.answers(kind, view)
            )
            what = f"answers that are ours, {peer.log} log"
            session.figures.add(Key(SUITE, database, peer.who, what, "answers"), same)


def _compared(bounds: Bounds, peer: Subject, ours: Subject, kind: Kind, view: View) -> int:
    """How many answers were compared. Raises SubjectFailed for one that is not ours."""
    count = bounds.compared
    if kind == MATRIX:
        count = 1 if VIEWS.index(view) < bounds.compared_matrices else 0
    questions = peer.asked_about.some(kind, view, count, seed=-1)
    answers = [one.process.call("answers", questions) for one in (ours, peer)]
    for question, our, their in zip(questions, *answers, strict=True):
        if our != their:
            raise SubjectFailed(f"{peer.who} gives another answer than {ours.database}: {question}")
    return len(questions)


def _measure(
    session: Session, bounds: Bounds, subject: Subject, case_of: tuple[Kind, View], number: int
) -> None:
    """One stretch of questions; of the whole matrix one question."""
    kind, view = case_of
    count = 1 if kind == MATRIX else bounds.questions
    questions = subject.asked_about.some(kind, view, count, number)
    asked: Asked = subject.process.call("measure", questions, bounds.seconds)
    name = case(kind, view, subject.log)
    for measure, value in ((P50, asked.p50), (P99, asked.p99)):
        session.figures.add(Key(SUITE, subject.database, subject.who, name, measure), value)
