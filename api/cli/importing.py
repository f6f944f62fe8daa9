"""`foedus import`: files of conflict datasets into the log, and their releases out of it again."""

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer

from api.cli.opening import Store, opened
from api.cli.stopping import CHECK_FAILED, Stop
from api.cli.terminal import bare_table, output, progress
from api.settings import Settings
from infrastructure.importing.actors import Actors, known_actors
from infrastructure.importing.mapping.pages import UnreadableMapping
from infrastructure.importing.records import Source, Tally
from infrastructure.importing.releases import (
    NoSuchRelease,
    UnlikeRelease,
    known_releases,
    remake,
)
from infrastructure.importing.review import (
    UnreadableJudgements,
    alike,
    read_judgements,
    write_review,
)
from infrastructure.importing.row_files import row_file
from infrastructure.importing.rows import CsvFile, Rejected, RowFile, UnreadableSource
from infrastructure.importing.running import Import, Reject
from infrastructure.importing.sources import SOURCES
from infrastructure.importing.sources.table import NAME as TABLE
from infrastructure.importing.sources.table import read_mapping
from infrastructure.importing.spool import spooled
from infrastructure.log import BulkLog

FILE = typer.Argument(
    help="A CSV file, as the dataset publishes it; a table may be JSON Lines or Parquet.",
    exists=True,
    dir_okay=False,
)
_NAMES = (*SOURCES, TABLE)


def _source(name: str) -> str:
    if name not in _NAMES:
        raise typer.BadParameter(f"must be one of {', '.join(_NAMES)}")
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
    with opened(Settings()) as store, spooled() as spool, _rejects(rejected) as reject:
        store.bring_to_head()
        reviewing = review is not None and not review.exists()
        judged = {} if review is None or reviewing else _judgements(review)
        actors = _actors(store, adapter, judged)
        importing = Import(
            database=store.database,
            recorder=store.recorder,
            log=BulkLog(store.recorder),
            source=adapter,
            file=opened_file,
            actors=actors,
            spool=spool,
            release=as_of_release,
            dry=dry_run or reviewing,
            reject=reject,
        )
        _run(importing)
        if reviewing and review is not None:
            _say_review(review, actors)
            return
        _say(importing.tally, store, dry=dry_run)
        if not dry_run:
            store.bring_to_head()
            store.work_out_segments()
    if importing.tally.rejected:
        raise Stop(f"{importing.tally.rejected:,} rows rejected: see {rejected}", CHECK_FAILED)


def releases() -> None:
    """List the releases that were imported, and which position of the log each is known at."""
    with opened(Settings()) as store:
        table = bare_table()
        for column in ("source", "release", "position", "known at", "lines", "sha256"):
            table.add_column(column, no_wrap=True)
        for one in known_releases(store.database):
            known_at = "" if one.known_at is None else one.known_at.isoformat()
            table.add_row(
                one.source, one.name, str(one.position), known_at, str(one.lines), one.sha256[:16]
            )
        output().print(table)


def release(
    source: Annotated[str, typer.Argument(help="The source it was imported as.")],
    name: Annotated[str, typer.Argument(help="The release, as it was named then.")],
    file: Annotated[Path, typer.Argument(help="Where to write it; - for standard output.")],
) -> None:
    """Write a release's file again, byte for byte, from the log as it was known then."""
    with opened(Settings()) as store:
        try:
            if str(file) == "-":
                made = remake(store.database, source, name, sys.stdout.buffer)
            else:
                with file.open("wb") as out:
                    made = remake(store.database, source, name, out)
        except NoSuchRelease as error:
            raise Stop(str(error)) from None
        except UnlikeRelease as error:
            raise Stop(str(error), CHECK_FAILED) from None
        except OSError as error:
            raise Stop(f"{file}: {error.strerror}") from None
    typer.echo(f"{made.size:,} bytes written, SHA-256 {made.sha256} as imported", err=True)


def _actors(store: Store, adapter: Source, judged: dict[str, str]) -> Actors:
    dataset = adapter.dataset
    actors = Actors(dataset.name, dataset.title, judged)
    with store.database.read() as conn:
        for actor in known_actors(conn):
            actors.add(actor)
    return actors


def _judgements(path: Path) -> dict[str, str]:
    try:
        return read_judgements(path)
    except (UnreadableJudgements, OSError, UnicodeDecodeError) as error:
        raise Stop(str(error)) from None


def _adapter(source: str, path: Path, mapping: Path | None) -> tuple[Source, RowFile]:
    """What reads the file, and the file. Raises Stop where the two do not fit."""
    if (source == TABLE) != (mapping is not None):
        raise Stop("--mapping is needed for a table, and for nothing else")
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


def _run(importing: Import) -> None:
    with progress(f"importing {importing.file.path.name}", "rows") as advance:
        try:
            importing.run(lambda tally: advance(tally.rows, _expected(importing)))
        except UnreadableSource as error:
            raise Stop(str(error)) from None


def _expected(importing: Import) -> int | None:
    """How many rows the file may have, by how much of it the rows so far took."""
    done = importing.file.done
    return round(importing.tally.rows * importing.file.size / done) if done else None


class _Rejects:
    """The file of rejected rows, made with the first of them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream: TextIO | None = None
        path.unlink(missing_ok=True)  # of an import before this one

    def add(self, row: Rejected) -> None:
        if self._stream is None:
            self._stream = self._path.open(
                "w", encoding="utf-8", errors="backslashreplace", newline=""
            )
            csv.writer(self._stream).writerow(("line", "reason", "row"))
        csv.writer(self._stream).writerow((row.line, row.reason, row.text.rstrip("\r\n")))

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()


@contextmanager
def _rejects(path: Path) -> Iterator[Reject]:
    file = _Rejects(path)
    try:
        yield file.add
    finally:
        file.close()


def _say_review(path: Path, actors: Actors) -> None:
    try:
        listed = write_review(path, alike(actors.registered(), actors))
    except OSError as error:
        raise Stop(f"{path}: {error.strerror}") from None
    typer.echo(
        f"{listed:,} names are like a known actor's: write same or different behind each in {path} "
        "and import again; nothing was imported"
    )


def _say(tally: Tally, store: Store, *, dry: bool) -> None:
    would = "would be " if dry else ""
    typer.echo(
        f"{tally.rows:,} rows: {tally.new:,} claims {would}new, {tally.corrected:,} corrected, "
        f"{tally.withdrawn:,} withdrawn, {tally.unchanged:,} unchanged; "
        f"{tally.registered:,} actors {would}registered"
    )
    for why, rows in sorted(tally.skipped.items()):
        typer.echo(f"{rows:,} rows skipped: {why}")
    if not dry:
        typer.echo(f"the log is at position {store.recorder.head().position:,}")
