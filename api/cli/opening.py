"""Opening the database for one command, and closing it whatever happens."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.cli.stopping import Stop
from api.cli.terminal import progress
from api.example import case_file
from api.settings import PREFIX, Settings, example_url
from infrastructure.codec import read_event
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.log import Appended, EventLog
from infrastructure.migrating import check_schema, upgrade
from infrastructure.projecting import Projector


@dataclass(frozen=True)
class Store:
    """An open database with what a command does to it."""

    database: Database
    recorder: SqlRecorder
    projector: Projector
    log: EventLog

    def bring_to_head(self) -> None:
        """Let the read models hold all of the log, so that answers miss nothing."""
        with progress("bringing the read models to the head") as advance:
            self.projector.catch_up(advance)

    def work_out_segments(self) -> None:
        """Leave no pair marked: without a server nobody else works out how it stood over time."""
        with progress("working out how pairs stood over time", "pairs") as advance:
            self.projector.work_out_segments(advance)

    def load_example(self) -> Appended:
        """Append the shipped case; what the log holds already is not appended again."""
        case = json.loads(case_file().read_bytes())
        return self.log.append([read_event(event, event["id"]) for event in case["events"]])


@contextmanager
def opened(settings: Settings, *, migrate: bool = False) -> Iterator[Store]:
    """Open the database; with `migrate` make it if it is an absent file, and bring its tables up.

    Otherwise it must exist and have the tables of this release.
    """
    database = Database(settings.database_url)
    try:
        if migrate:
            _make_folder(database)
            upgrade(database)
        else:
            _refuse_missing_file(database)
            check_schema(database)
        recorder = SqlRecorder(database)
        yield Store(database, recorder, Projector(database, recorder), EventLog(recorder))
    finally:
        database.dispose()


@contextmanager
def asked(*, example: bool) -> Iterator[Store]:
    """Open the database of a question, its read models at the head.

    With `example` it is the example's own file, made and filled where need be.
    """
    settings = Settings()
    if example and "database_url" in settings.model_fields_set:
        raise Stop(
            f"--example asks the example's own database, and {PREFIX}DATABASE_URL names another: "
            "leave one of them out"
        )
    with opened(example_settings(settings) if example else settings, migrate=example) as store:
        if example:
            store.load_example()
        store.bring_to_head()
        yield store


def example_settings(settings: Settings) -> Settings:
    """The settings with the example's own database file, unless a database is named."""
    if "database_url" in settings.model_fields_set:
        return settings
    return settings.model_copy(update={"database_url": example_url()})


def is_embedded(settings: Settings) -> bool:
    """Whether the database is an SQLite file, which this program may migrate unasked."""
    database = Database(settings.database_url)
    database.dispose()
    return database.dialect == "sqlite"


def _file(database: Database) -> Path | None:
    return Path(str(database.url.database)) if database.dialect == "sqlite" else None


def _make_folder(database: Database) -> None:
    file = _file(database)
    if file is None:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Stop(f"the folder {file.parent} cannot be made: {error.strerror}") from error


def _refuse_missing_file(database: Database) -> None:
    """SQLite would make an empty file, which looks like a database and is none."""
    file = _file(database)
    if file is not None and not file.is_file():
        raise Stop(
            f"there is no database at {file} yet: run `foedus migrate` to make it, "
            "or `foedus serve`"
        )
