"""Verify, replay and rebuild at growing lengths of the log, beside what bounds them."""

from benchmarks.databases import DIALECTS
from benchmarks.figures import PEAK, RATE, Key, Target
from benchmarks.session import OURS, Session
from benchmarks.sizes import FULL
from benchmarks.subjects.proving import Pass, Passed

SUITE = "proving"

VERIFY, REPLAY, REBUILD = "verify", "replay", "rebuild"
SWEEP = "segments of all pairs behind a rebuild"
READ, READ_RAW = "read and decode", "raw read and plain JSON"
INSERT_RAW = "raw insert of the read models' rows"
_PASSES = (READ_RAW, READ, VERIFY, REPLAY, REBUILD)

_ROUNDS_OF_LONG_LOGS = 1
_LONG_LOG = 500_000


def run(session: Session) -> None:
    """Every pass over every log of every length, each in a process of its own."""
    for size in session.sizes.logs:
        rounds = _ROUNDS_OF_LONG_LOGS if size > _LONG_LOG else session.sizes.rounds
        for database in DIALECTS:
            url = session.log_at_head(database, size)
            if url is None:
                continue
            for number in range(rounds):
                session.say(f"  round {number + 1}: {database}, {size:,} events")
                for what in _PASSES:
                    passed = _pass(session, "measure", what, url)
                    _keep(session, database, what, size, passed)
                _keep(session, database, INSERT_RAW, size, _raw_insert(session, database, url))
            # Once, behind all rounds: each round's replay meets pairs as a rebuild leaves them.
            _keep(session, database, SWEEP, size, _pass(session, "measure", SWEEP, url))


def _pass(session: Session, method: str, *args: str) -> Passed:
    subject = session.subject(OURS, Pass)
    if subject is None:
        raise RuntimeError("our own code cannot be imported")
    with subject:
        passed: Passed = subject.call(method, *args)
    return passed


def _raw_insert(session: Session, database: str, source: str) -> Passed:
    target = session.databases.fresh(database)
    try:
        return _pass(session, "insert_raw", source, target)
    finally:
        session.databases.drop(target)


def _keep(session: Session, database: str, what: str, size: int, passed: Passed) -> None:
    who = OURS if what in (VERIFY, REPLAY, REBUILD, SWEEP, READ) else "raw"
    case = f"{what}, {size:,} events"
    session.figures.add(Key(SUITE, database, who, case, RATE), size / passed.seconds)
    session.figures.add(Key(SUITE, database, who, case, PEAK), passed.peak_mb)


def _key(database: str, who: str, what: str, measure: str, size: int) -> Key:
    return Key(SUITE, database, who, f"{what}, {size:,} events", measure)


_MIDDLE, _LONG = FULL.logs[1:]

TARGETS = (
    *(
        Target(
            what=f"{what} at {_LONG:,} events against reading and decoding alone, {database}",
            over=_key(database, OURS, what, RATE, _LONG),
            under=(_key(database, OURS, READ, RATE, _LONG),),
            goal=0.6,
            or_over=300_000,
        )
        for what in (VERIFY, REPLAY)
        for database in DIALECTS
    ),
    *(
        Target(
            what=f"rebuild at {_LONG:,} events against raw bulk insert of its rows, {database}",
            over=_key(database, OURS, REBUILD, RATE, _LONG),
            under=(_key(database, "raw", INSERT_RAW, RATE, _LONG),),
            goal=0.5,
        )
        for database in DIALECTS
    ),
    *(
        Target(
            what=f"memory of {what} at {_LONG:,} events to that at {_MIDDLE:,}, {database}",
            over=_key(database, OURS, what, PEAK, _LONG),
            under=(_key(database, OURS, what, PEAK, _MIDDLE),),
            goal=1.2,
            at_most=True,
        )
        for what in (VERIFY, REPLAY, REBUILD)
        for database in DIALECTS
    ),
)
