"""A file of georeferenced events imported, beside the raw insert of the rows that came of it."""

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import dataset
from benchmarks.databases import DIALECTS
from benchmarks.figures import PEAK, Key, Target
from benchmarks.isolation import InPlace, Isolated, Unavailable
from benchmarks.session import OURS, Session
from benchmarks.sizes import FULL
from benchmarks.subjects.importing import Importing
from benchmarks.subjects.proving import Pass

SUITE = "imports"

ROWS = "rows/s"
WHOLE = "import"
RAW = "raw insert of the log and the read models"


def run(session: Session) -> None:
    """Files of every length into empty databases, once each: a long import is its own average."""
    with TemporaryDirectory(dir=session.databases.folder) as folder:
        for size in session.sizes.logs:
            file = Path(folder) / f"{size}.csv"
            session.say(f"  writing {size:,} rows")
            try:
                dataset.write(file, size)
            except Unavailable as reason:
                session.figures.unmeasured[OURS] = str(reason)
                return
            for database in DIALECTS:
                session.say(f"  {database}: importing {size:,} rows")
                _imported(session, database, size, file)
            file.unlink()


def _imported(session: Session, database: str, size: int, file: Path) -> None:
    url, target = (session.databases.fresh(database) for _ in range(2))
    try:
        with _subject(session, Importing) as importing:
            took = importing.call("measure", url, "ucdp-ged", str(file))
        session.databases.settle(url)
        with _subject(session, Pass) as raw:
            inserted = raw.call("insert_raw_with_log", url, target)
    finally:
        for made in (url, target):
            session.databases.drop(made)
    for who, what, seconds in ((OURS, WHOLE, took.seconds), ("raw", RAW, inserted.seconds)):
        session.figures.add(_key(database, who, what, ROWS, size), size / seconds)
    session.figures.add(_key(database, OURS, WHOLE, PEAK, size), took.peak_mb)


def _subject(session: Session, make: type[object]) -> Isolated | InPlace:
    subject = session.subject(OURS, make)
    if subject is None:
        raise RuntimeError("our own code cannot be imported")
    return subject


def _key(database: str, who: str, what: str, measure: str, size: int) -> Key:
    return Key(SUITE, database, who, f"{what}, {size:,} rows", measure)


_MIDDLE, _LONG = FULL.logs[1:]

TARGETS = (
    *(
        Target(
            what=f"import of {_LONG:,} rows against raw bulk insert of what comes of it, {database}",
            over=_key(database, OURS, WHOLE, ROWS, _LONG),
            under=(_key(database, "raw", RAW, ROWS, _LONG),),
            goal=0.2,
        )
        for database in DIALECTS
    ),
    *(
        Target(
            what=f"memory of an import of {_LONG:,} rows to that of {_MIDDLE:,}, {database}",
            over=_key(database, OURS, WHOLE, PEAK, _LONG),
            under=(_key(database, OURS, WHOLE, PEAK, _MIDDLE),),
            goal=1.2,
            at_most=True,
        )
        for database in DIALECTS
    ),
)
