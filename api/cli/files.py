"""Files that commands write: whole under their names, and nothing lost that was there before."""

import csv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TextIO

from api.cli.stopping import Stop
from infrastructure.importing.rows import Rejected
from infrastructure.importing.running import Reject
from infrastructure.turns import WriteLockTimeout
from infrastructure.whole_files import FileInTheWay, whole

REJECTS = ("line", "reason", "row")
"""The columns of a list of rejected rows."""


@contextmanager
def said_to_the_user(file: Path | str) -> Iterator[None]:
    """Say in a sentence why the file could not be written or read."""
    try:
        yield
    except FileInTheWay as error:
        hint = "; --force replaces it" if str(error).endswith("exists") else ""
        raise Stop(f"{error}{hint}") from None
    except WriteLockTimeout:
        raise  # an OSError by its class, and no fault of the file
    except OSError as error:
        raise Stop(f"{file}: {error.strerror or error}") from error


@contextmanager
def rejects_listed(path: Path, *, dry: bool) -> Iterator[Reject]:
    """Write rejected rows to a file that takes its name at the end; without any there is none.

    The list of an import before is replaced, behind a link too; only a dry run without rejects
    leaves it there.
    """
    path = path.resolve()
    with ExitStack() as closing:
        rows = _Rejects(path, closing)
        yield rows.add
        with said_to_the_user(path):
            closing.close()
            if not rows.any and not dry:
                path.unlink(missing_ok=True)


def require_free(path: Path, *read: Path | None) -> None:
    """Raise Stop unless rejected rows can be listed there, and no file that is read is replaced."""
    if path.resolve() in {one.resolve() for one in read if one is not None}:
        raise Stop(f"{path} is read: name another file for the rejected rows")
    if not path.parent.is_dir():
        raise Stop(f"{path}: there is no folder {path.parent} for the rejected rows")
    with said_to_the_user(path):
        if path.exists() and not (path.is_file() and _is_list(path)):
            raise Stop(f"{path} is there and no list of rejected rows: name another with --rejects")


def _is_list(path: Path) -> bool:
    heading = ",".join(REJECTS).encode()
    with path.open("rb") as stream:
        return stream.readline(len(heading) + 2).rstrip(b"\r\n") == heading


class _Rejects:
    """The list of rejected rows, begun with the first of them."""

    def __init__(self, path: Path, closing: ExitStack) -> None:
        self._path = path
        self._closing = closing
        self._writer: Any = None

    @property
    def any(self) -> bool:
        return self._writer is not None

    def add(self, row: Rejected) -> None:
        with said_to_the_user(self._path):
            if self._writer is None:
                self._writer = self._begun()
            self._writer.writerow((row.line, row.reason, row.text.rstrip("\r\n")))

    def _begun(self) -> Any:
        part = self._closing.enter_context(whole(self._path, replace=True))
        stream = part.open("w", encoding="utf-8", errors="backslashreplace", newline="")
        self._closing.callback(self._close, stream)
        writer = csv.writer(stream)
        writer.writerow(REJECTS)
        return writer

    def _close(self, stream: TextIO) -> None:
        with said_to_the_user(self._path):
            stream.close()
