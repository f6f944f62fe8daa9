"""What a long log costs: two-tag reads in it, and appends to it beside appends to a short one."""

from benchmarks.databases import DIALECTS
from benchmarks.figures import P50, P99, Key, Target
from benchmarks.session import DCB, OURS, Session
from benchmarks.sizes import FULL, Shape
from benchmarks.subjects.eventsourcing_recorders import LibraryDCB
from benchmarks.subjects.ours import Foedus
from benchmarks.subjects.reading import LibraryReader, OurReader

SUITE = "reads"
GROWTH = "growth"

_SQLITE, _POSTGRESQL = DIALECTS
_WHOSE = ((_SQLITE, OURS), (_POSTGRESQL, OURS), (_POSTGRESQL, DCB))
_READERS = {OURS: OurReader, DCB: LibraryReader}
_APPENDERS = {OURS: Foedus, DCB: LibraryDCB}


def run(session: Session) -> None:
    """The events of one pair of actors, in the longest log."""
    size = session.sizes.logs[-1]
    subjects = {}
    for database, whose in _WHOSE:
        url = session.log(whose, database, size)
        reader = session.subject(f"{whose} ({database})", _READERS[whose])
        if url is not None and reader is not None:
            subjects[database, whose] = url, reader
    for number in session.rounds():
        for (database, whose), (url, reader) in subjects.items():
            session.say(f"  round {number + 1}: {whose}, {database}")
            session.databases.warm(url)
            reads = reader.call("measure", url, session.sizes.actors, session.sizes.reads, number)
            for measure, value in (
                (P50, reads.p50),
                (P99, reads.p99),
                ("events found", reads.found),
            ):
                session.figures.add(Key(SUITE, database, whose, _case(size), measure), value)


def growth(session: Session) -> None:
    """Single conditional appends of one appender to the shortest and to the longest log."""
    alone = Shape(1, 1)
    ends = session.sizes.logs[0], session.sizes.logs[-1]
    for database, whose in _WHOSE:
        urls = {size: session.log(whose, database, size) for size in ends}
        appender = session.subject(f"{whose} ({database})", _APPENDERS[whose])
        if appender is None:
            continue
        for number in session.rounds():
            for size, url in urls.items():
                if url is None:
                    continue
                session.say(f"  round {number + 1}: {whose}, {database}, {size:,} events")
                copy = session.databases.copy(url)
                measured = appender.call("measure", copy, alone, 60, session.sizes.growth_appends)
                session.databases.drop(copy)
                for measure, value in (
                    ("mean ms", 1_000 * measured.seconds / measured.acts),
                    (P50, measured.p50),
                    (P99, measured.p99),
                ):
                    key = Key(GROWTH, database, whose, _appends_case(size), measure)
                    session.figures.add(key, value)


def _case(size: int) -> str:
    return f"two-tag reads at {size:,} events"


def _appends_case(size: int) -> str:
    return f"appends at {size:,} events"


_LONG, _SHORT = FULL.logs[-1], FULL.logs[0]

TARGETS = (
    *(
        Target(
            what=f"Two-tag reads at 1,000,000 events: the library's p50 to ours, {database}",
            over=Key(SUITE, _POSTGRESQL, DCB, _case(_LONG), P50),
            under=(Key(SUITE, database, OURS, _case(_LONG), P50),),
            goal=10,
        )
        for database in DIALECTS
    ),
    *(
        Target(
            what=f"Costs of an append at 1,000,000 events to those at 10,000, {database}",
            over=Key(GROWTH, database, OURS, _appends_case(_LONG), "mean ms"),
            under=(Key(GROWTH, database, OURS, _appends_case(_SHORT), "mean ms"),),
            goal=1.3,
            at_most=True,
        )
        for database in DIALECTS
    ),
)
