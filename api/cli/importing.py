"""`foedus import`: files of conflict datasets into the log."""

import csv
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api.cli.files import rejects_listed, require_free, said_to_the_user
from api.cli.opening import Store, opened
from api.cli.stopping import CHECK_FAILED, Stop
from api.cli.terminal import printable, progress
from api.cli.wording import counted
from api.settings import Settings
from infrastructure.importing.actors import Actors, known_actors
from infrastructure.importing.mapping.pages import UnreadableMapping
from infrastructure.importing.records import Source, Tally
from infrastructure.importing.review import (
    UnreadableJudgements,
    alike,
    read_judgements,
    write_review,
)
from infrastructure.importing.row_files import row_file
from infrastructure.importing.rows import CsvFile, RowFile, UnreadableSource
from infrastructure.importing.running import Import
from infrastructure.importing.sources import SOURCES
from infrastructure.importing.sources.table import NAME as TABLE
from infrastructure.importing.sources.table import read_mapping
from infrastructure.importing.spool import spooled
from infrastructure.log import BulkLog
from infrastructure.process_locks import process_lock

FILE = typer.Argument(
    help="A CSV file, as the dataset publishes it; a table may be JSON Lines or Parquet.",
    exists=True,
    dir_okay=False,
)
PATIENCE = 5.0
"""Seconds for which another import may go on: one that was killed is forgotten in less."""
MOST_NAMED = 20
"""So many events are named by their ids; of more only the number is told."""

_NAMES = (*SOURCES, TABLE)


def _source(name: str) -> str:
    if name not in _NAMES:
        raise typer.BadParameter(f"must be one of {', '.join(_NAMES)}")
    return name


def _release(name: str | None) -> str | None:
    if name is not None and (not 0 < len(name) <= 100 or printable(name) != name.strip()):
        raise typer.BadParameter("must be 1 to 100 characters on one line, without blanks around")
    return name


def import_(
    source: Annotated[
        str, typer.Argument(help=f"What the file is: {', '.join(_NAMES)}.", callback=_source)
    ],
    file: Annotated[Path, FILE],
    *,
    mapping: Annotated[
        Path | None,
        typer.Option(
            metavar="YAML",
            help="Of a table: what its rows claim (docs/importing.md).",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Only hold the mapping against the event types and the file's columns.",
        ),
    ] = False,
    as_of_release: Annotated[
        str | None,
        typer.Option(
            metavar="RELEASE",
            help="The file is all of this release: what an earlier file said and this one does not "
            "is withdrawn, and `foedus release` can write the file again.",
            callback=_release,
        ),
    ] = None,
    review: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="Write the names that are like a known actor's to this file and import nothing; "
            "if it is there, follow the judgements in it.",
        ),
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="Where rejected rows are written, with line and reason; FILE.rejects.csv if left out.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and check everything, append nothing.")
    ] = False,
) -> None:
    """Append what a dataset's file says and the log does not say yet. Run again, it goes on."""
    adapter, opened_file = _adapter(source, file, mapping)
    if check:
        typer.echo(f"no mistakes; {file.name} has every column that is named")
        return
    rejected = rejects or file.with_name(f"{file.name}.rejects.csv")
    reviewing = review is not None and not review.exists()
    dry = dry_run or reviewing
    require_free(rejected, file, mapping, review)
    with opened(Settings()) as store, _alone(store, dry=dry) as stay, spooled() as spool:
        store.bring_to_head()
        actors = _actors(store, adapter, None if reviewing else review)
        with rejects_listed(rejected, dry=dry) as reject:
            importing = Import(
                database=store.database,
                recorder=store.recorder,
                log=BulkLog(store.recorder),
                source=adapter,
                file=opened_file,
                actors=actors,
                spool=spool,
                release=as_of_release,
                dry=dry,
                reject=reject,
            )
            _run(importing, stay)
        if reviewing and review is not None:
            _say_review(review, actors)
            return
        _say(importing.tally, store, dry=dry_run)
        if not dry_run:
            store.bring_to_head()
            store.work_out_segments()
    if importing.tally.rejected:
        rows = counted(importing.tally.rejected, "row")
        raise Stop(f"{rows} rejected: see {rejected}", CHECK_FAILED)


@contextmanager
def _alone(store: Store, *, dry: bool) -> Iterator[Callable[[], None]]:
    """Let no other import append meanwhile: each goes by what the log says of records and actors.

    Gives what is to be called now and then, to stop where the database gave the turn to another.
    """
    lock = process_lock(store.database, "import")
    given_up = time.monotonic() + PATIENCE
    while not dry and not lock.take():
        if time.monotonic() > given_up:
            raise Stop("another import into this database is under way: wait until it has ended")
        time.sleep(0.1)

    def stay() -> None:
        if not dry and not lock.held():
            raise Stop("the connection that kept other imports out was lost: import it again")

    try:
        yield stay
    finally:
        lock.release()


def _actors(store: Store, adapter: Source, judgements: Path | None) -> Actors:
    dataset = adapter.dataset
    actors = Actors(dataset.name, dataset.title)
    with store.database.read() as conn:
        for actor in known_actors(conn):
            actors.add(actor)
    if judgements is not None:
        try:
            actors.judged = read_judgements(judgements, actors)
        except UnreadableJudgements as error:
            raise Stop(str(error)) from None
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise Stop(f"{judgements}: {error}") from None
    return actors


def _adapter(source: str, path: Path, mapping: Path | None) -> tuple[Source, RowFile]:
    """What reads the file, and the file. Raises Stop where the two do not fit."""
    if (source == TABLE) != (mapping is not None):
        raise Stop("--mapping is needed for a table, and for nothing else")
    if not path.is_file():
        raise Stop(f"{path} is no file on a disk: an import goes through its file more than once")
    try:
        if mapping is None:
            adapter = SOURCES[source]
            return adapter, CsvFile(path, sorted(adapter.columns))
        table = row_file(path)
        return read_mapping(mapping, table.columns, SOURCES), table
    except UnreadableMapping as error:
        raise Stop(str(error), CHECK_FAILED) from None
    except UnreadableSource as error:
        raise Stop(str(error)) from None


def _run(importing: Import, stay: Callable[[], None]) -> None:
    with progress(f"importing {importing.file.path.name}", "rows") as advance:

        def go_on(tally: Tally) -> None:
            stay()
            advance(tally.rows, _expected(importing))

        try:
            importing.run(go_on)
        except UnreadableSource as error:
            raise Stop(str(error)) from None


def _expected(importing: Import) -> int | None:
    """How many rows the file may have, by how much of it the rows so far took."""
    done = importing.file.done
    return round(importing.tally.rows * importing.file.size / done) if done else None


def _say_review(path: Path, actors: Actors) -> None:
    with said_to_the_user(path):
        listed = write_review(path, alike(actors.registered(), actors))
    typer.echo(
        f"{listed:,} names are like a known actor's: write same or different behind each in {path} "
        "and import again; nothing was imported"
    )


def _say(tally: Tally, store: Store, *, dry: bool) -> None:
    would = "would be " if dry else ""
    rows, actors = counted(tally.rows, "row"), counted(tally.registered, "actor")
    typer.echo(
        f"{rows}: {counted(tally.new, 'claim')} {would}new, {tally.corrected:,} corrected, "
        f"{tally.withdrawn:,} withdrawn, {tally.unchanged:,} unchanged; {actors} {would}registered"
    )
    for why, skipped in sorted(tally.skipped.items()):
        typer.echo(f"{counted(skipped, 'row')} skipped: {why}")
    if tally.unread:
        typer.echo(
            f"{counted(tally.unread, 'claim')} left as before: rows were rejected that may still "
            "say the same"
        )
    if tally.by_hand:
        typer.echo(
            f"{counted(len(tally.by_hand), 'claim')} left to the people who corrected or retracted "
            "what rows say otherwise now, or no more: "
            f"{', '.join(tally.by_hand[:MOST_NAMED])}"
            + (" …" if len(tally.by_hand) > MOST_NAMED else "")
        )
    if tally.replaced:
        typer.echo("another file was imported as this release before: it cannot be written again")
    if not dry:
        typer.echo(f"the log is at position {store.recorder.head().position:,}")
