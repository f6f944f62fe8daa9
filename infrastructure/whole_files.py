"""Files that are whole under their name, or not there at all."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class FileInTheWay(Exception):
    """A file of the name given exists, and was not to be replaced."""


@contextmanager
def whole(file: Path, *, replace: bool) -> Iterator[Path]:
    """Give a name beside ``file`` to write to; it takes the name when it is safely on the disk."""
    _refuse_existing(file, replace=replace)
    if not file.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, f"there is no folder {file.parent}", str(file))
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        part.touch(exist_ok=False)
        yield part
        _sync(part)
        _refuse_existing(file, replace=replace)
        part.replace(file)
        _sync(file.parent)
    finally:
        for left in (part, part.with_name(f"{part.name}-wal"), part.with_name(f"{part.name}-shm")):
            with suppress(FileNotFoundError):
                left.unlink()


def _refuse_existing(file: Path, *, replace: bool) -> None:
    if file.is_dir():
        raise FileInTheWay(f"{file} is a folder")
    if not replace and os.path.lexists(file):
        raise FileInTheWay(f"{file} exists")
    if file.exists() and not file.is_file():
        raise FileInTheWay(f"{file} is not a file")


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
