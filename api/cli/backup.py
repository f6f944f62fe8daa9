"""`foedus backup` and `foedus restore`: the log into a file, and a file's log into a database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api.cli.files import said_to_the_user
from api.cli.opening import is_embedded, opened
from api.cli.stopping import BAD_INPUT, CHECK_FAILED, Stop, ended_by_sigterm
from api.cli.terminal import progress
from api.settings import Settings
from infrastructure.backup import (
    BackupError,
    DamagedBackup,
    DamagedLog,
    back_up,
    open_backup,
)
from infrastructure.backup import restore as restoring


def backup(
    file: Annotated[
        Path,
        typer.Argument(
            help="*.ndjson or *.ndjson.gz: the log of any database, one event a line; "
            "*.sqlite3: a copy of an SQLite database.",
        ),
    ],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it exists.")] = False,
) -> None:
    """Write the log to a file; others may append meanwhile, and are not held up."""
    with opened(Settings()) as store, _backup_told(file), ended_by_sigterm():
        with progress("backing up") as advance:
            written = back_up(store.database, file, replace=force, progress=advance)
        typer.echo(
            f"{file} holds the log up to position {written.position:,}, hash {written.hash.hex()}"
        )


def restore(
    file: Annotated[Path, typer.Argument(help="A backup in any form, or any SQLite database.")],
) -> None:
    """Make a backup's log that of an empty database, checking every hash on the way."""
    settings = Settings()
    with (
        _backup_told(file),
        ended_by_sigterm(),
        open_backup(file) as found,
        # Only now, so that no database is made for what is not a backup.
        opened(settings, migrate=is_embedded(settings)) as store,
    ):
        with progress("restoring") as advance:
            restoring(store.database, found, advance)
        typer.echo(
            f"the log of {file} is restored up to position {found.position:,}, "
            f"hash {found.hash.hex()}"
        )
        store.bring_to_head()


@contextmanager
def _backup_told(file: Path) -> Iterator[None]:
    """Say in a sentence why there is no backup, or none that can be restored."""
    try:
        with said_to_the_user(file):
            yield
    except BackupError as error:
        damaged = isinstance(error, DamagedLog | DamagedBackup)
        raise Stop(f"{file}: {error}", CHECK_FAILED if damaged else BAD_INPUT) from None
