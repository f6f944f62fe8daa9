"""Raw limits, and appends beside them: every subject in turn, round after round."""

from collections.abc import Callable
from typing import NamedTuple

from benchmarks.databases import DIALECTS
from benchmarks.driving import at_share
from benchmarks.figures import P50, P99, RATE, Key, Target
from benchmarks.isolation import InPlace, Isolated
from benchmarks.session import DCB, OURS, Session
from benchmarks.sizes import FULL, Shape
from benchmarks.subjects.eventsourcing_recorders import LibraryApplication, LibraryDCB
from benchmarks.subjects.ours import Foedus, FoedusTasks
from benchmarks.subjects.plain import PlainSQLAlchemy
from benchmarks.subjects.raw import Disk, RawCopy, RawExecutemany, RawSQLite, RawUnnest

SUITE = "appends"
LIMITS = "limits"

APPLICATION = "eventsourcing application recorder"
EVENTSOURCE_PY = "eventsource-py"
TASKS = "foedus, tasks of an event loop"
PLAIN = "plain SQLAlchemy"
RAW = "raw sqlite3"
UNNEST, EXECUTEMANY, COPY = "raw unnest", "raw executemany", "raw COPY"

SYNCED_BYTES = 512


def eventsource_py() -> object:
    """The peer's own module, whose import may fail where its drivers are not installed."""
    from benchmarks.subjects.eventsource_py import EventsourcePy  # noqa: PLC0415

    return EventsourcePy()


def _all(_shape: Shape) -> bool:
    return True


def _singles_or_one_writer(shape: Shape) -> bool:
    return shape.batch == 1 or shape.clients == 1


def _one_writer(shape: Shape) -> bool:
    return shape.clients == 1


def _several(shape: Shape) -> bool:
    return shape.clients > 1


def _one_writer_of_batches(shape: Shape) -> bool:
    return shape.clients == 1 and shape.batch > 1


class Subject(NamedTuple):
    """Somebody who appends to one kind of database, in the shapes that make sense for it."""

    database: str
    name: str
    make: Callable[..., object]
    args: tuple[str, ...] = ()
    takes: Callable[[Shape], bool] = _all
    migrated: bool = True
    """Whether it writes to our tables; the others make their own."""


SUBJECTS = (
    Subject("sqlite", OURS, Foedus),
    Subject("sqlite", TASKS, FoedusTasks, takes=_several),
    Subject("sqlite", RAW, RawSQLite, takes=_one_writer),
    Subject("sqlite", PLAIN, PlainSQLAlchemy),
    Subject("sqlite", APPLICATION, LibraryApplication, ("sqlite",), migrated=False),
    Subject("sqlite", EVENTSOURCE_PY, eventsource_py, migrated=False),
    Subject("postgresql", OURS, Foedus),
    Subject("postgresql", TASKS, FoedusTasks, takes=_several),
    Subject("postgresql", DCB, LibraryDCB, migrated=False),
    Subject("postgresql", UNNEST, RawUnnest, takes=_singles_or_one_writer),
    Subject("postgresql", COPY, RawCopy, takes=_one_writer_of_batches),
    Subject("postgresql", EXECUTEMANY, RawExecutemany, takes=_one_writer_of_batches),
    Subject("postgresql", PLAIN, PlainSQLAlchemy),
    Subject("postgresql", APPLICATION, LibraryApplication, ("postgresql",), migrated=False),
    Subject("postgresql", EVENTSOURCE_PY, eventsource_py, migrated=False),
)
RAW_SUBJECTS = tuple(one for one in SUBJECTS if one.name.startswith("raw"))


def run(session: Session) -> None:
    """Every subject with every shape, on a fresh database each time."""
    made = _processes(session, SUBJECTS)
    for number in session.rounds():
        for database in DIALECTS:
            for shape in session.sizes.shapes:
                session.say(f"  round {number + 1}, {database}: {shape}")
                for subject in _in_turn(SUBJECTS, database, number):
                    _measure(session, SUITE, subject, made[subject], shape)


def limits(session: Session) -> None:
    """What the disk does, and what the databases' drivers do with nothing in their way."""
    with InPlace(Disk) as disk:
        for _ in session.rounds():
            taken = sorted(
                disk.call("syncs", str(session.databases.folder), session.sizes.syncs, SYNCED_BYTES)
            )
            for measure, value in (
                ("syncs/s", 1_000 * len(taken) / sum(taken)),
                (P50, at_share(taken, 0.5)),
                (P99, at_share(taken, 0.99)),
            ):
                case = f"write {SYNCED_BYTES} bytes and fdatasync"
                session.figures.add(Key(LIMITS, "the disk", "a plain file", case, measure), value)
    made = _processes(session, RAW_SUBJECTS)
    large = Shape(1, session.sizes.large_batch)
    for number in session.rounds():
        session.say(f"  round {number + 1}: {large}")
        for database in DIALECTS:
            for subject in _in_turn(RAW_SUBJECTS, database, number):
                _measure(session, LIMITS, subject, made[subject], large)


def _processes(
    session: Session, subjects: tuple[Subject, ...]
) -> dict[Subject, Isolated | InPlace | None]:
    return {
        one: session.subject(f"{one.name} ({one.database})", one.make, *one.args)
        for one in subjects
    }


def _in_turn(subjects: tuple[Subject, ...], database: str, number: int) -> list[Subject]:
    """The database's subjects, forwards in one round and backwards in the next."""
    chosen = [one for one in subjects if one.database == database]
    return chosen[::-1] if number % 2 else chosen


def _measure(
    session: Session, suite: str, subject: Subject, process: Isolated | InPlace | None, shape: Shape
) -> None:
    if process is None or not subject.takes(shape):
        return
    databases = session.databases
    make = databases.fresh if subject.migrated else databases.empty
    url = make(subject.database)
    try:
        measured = process.call("measure", url, shape, session.sizes.seconds)
    finally:
        databases.drop(url)
    session.appended(suite, subject.database, subject.name, shape, measured)


def _rate(database: str, subject: str, clients: int, batch: int = 1) -> Key:
    return Key(SUITE, database, subject, str(Shape(clients, batch)), RATE)


_SQLITE, _POSTGRESQL = DIALECTS
_BATCH = FULL.batch

_CONCURRENT = (
    (64, _POSTGRESQL, DCB, "DCB recorder, PostgreSQL", 6),
    (64, _SQLITE, APPLICATION, "recorder, SQLite", 4),
    (16, _POSTGRESQL, DCB, "DCB recorder, PostgreSQL", 2.5),
    (16, _SQLITE, APPLICATION, "recorder, SQLite", 2.5),
)
"""How many appenders, and by how much they outdo which recorder of the library."""

TARGETS = (
    *(
        Target(
            what=f"{clients} appenders ({form}): ours against the library's {what}",
            over=_rate(database, ours, clients),
            under=(_rate(database, peer, clients),),
            goal=goal,
        )
        for clients, database, peer, what, goal in _CONCURRENT
        for ours, form in ((TASKS, "tasks"), (OURS, "threads"))
    ),
    Target(
        what="1 appender: ours against the library's DCB recorder, PostgreSQL",
        over=_rate(_POSTGRESQL, OURS, 1),
        under=(_rate(_POSTGRESQL, DCB, 1),),
        goal=1,
    ),
    Target(
        what="1 appender: ours against a plain SQLAlchemy append, SQLite",
        over=_rate(_SQLITE, OURS, 1),
        under=(_rate(_SQLITE, PLAIN, 1),),
        goal=0.8,
    ),
    Target(
        what="64 appenders against the disk's single-row commits, SQLite",
        over=_rate(_SQLITE, OURS, 64),
        under=(_rate(_SQLITE, RAW, 1),),
        goal=1,
    ),
    Target(
        what="Batches of 1,000: ours against raw bulk insert, SQLite",
        over=_rate(_SQLITE, OURS, 1, _BATCH),
        under=(_rate(_SQLITE, RAW, 1, _BATCH),),
        goal=0.6,
    ),
    Target(
        what="Batches of 1,000: ours against the fastest raw bulk insert, PostgreSQL",
        over=_rate(_POSTGRESQL, OURS, 1, _BATCH),
        under=tuple(_rate(_POSTGRESQL, raw, 1, _BATCH) for raw in (UNNEST, EXECUTEMANY, COPY)),
        goal=0.6,
    ),
)
