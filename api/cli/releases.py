"""`foedus releases` and `foedus release`: what each release of a dataset said, and its file again."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.files import said_to_the_user
from api.cli.opening import Store, opened
from api.cli.stopping import CHECK_FAILED, Stop, ended_by_sigterm
from api.cli.terminal import bare_table, output
from api.settings import Settings
from infrastructure.importing.releases import (
    KnownRelease,
    NoSuchRelease,
    UnlikeRelease,
    known_releases,
    remake,
)
from infrastructure.whole_files import whole


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
    file: Annotated[str, typer.Argument(help="Where to write it; - for standard output.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it exists.")] = False,
) -> None:
    """Write a release's file again, byte for byte, from the log as it was known then."""
    with opened(Settings()) as store, said_to_the_user(file), ended_by_sigterm():
        try:
            made = _written(store, (source, name), file, replace=force)
        except NoSuchRelease as error:
            raise Stop(str(error)) from None
        except UnlikeRelease as error:
            raise Stop(str(error), CHECK_FAILED) from None
    typer.echo(f"{made.size:,} bytes written, SHA-256 {made.sha256} as imported", err=True)


def _written(store: Store, release: tuple[str, str], file: str, *, replace: bool) -> KnownRelease:
    if file == "-":
        return remake(store.database, *release, sys.stdout.buffer)
    with whole(Path(file), replace=replace) as part, part.open("wb") as out:
        return remake(store.database, *release, out)
