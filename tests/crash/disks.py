"""Small disks that can be filled up, and emptied again.

A file system of a few megabytes says "no space left on device", as a full disk does; to mount one
takes rights that not everybody has. A limit on the size of a program's files says "file too
large", and everybody may set it, and lift it again while the program runs.
"""

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.crash.programs import eventually

MEGABYTE = 1024 * 1024
SEGMENT = 16 * MEGABYTE
"""PostgreSQL makes the files of its own log this large at once."""


class SmallDisk:
    """A file system of its own. What fills it is a file that is not ours."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, left: int) -> None:
        """Leave so many bytes of room and no more, though others take some meanwhile."""
        with self._ballast.open("wb") as file:
            eventually(lambda: self._taken(file.fileno(), left), "the disk is full")

    def _taken(self, file: int, left: int) -> bool:
        free = os.statvfs(self.folder)
        try:
            os.posix_fallocate(file, 0, max(free.f_bavail * free.f_frsize - left, 1))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            return False
        return True

    def make_room(self) -> None:
        self._ballast.unlink(missing_ok=True)


class LimitedFiles:
    """No file of these programs may grow beyond a size. `pids` tells which they are by now."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pids: Callable[[], list[int]] = list
        self.user: str | None = None
        """Whose the programs are, if not ours: only they may limit them."""

    def fill(self, left: int) -> None:
        """Let the largest file that grows at all grow by so many bytes and no more."""
        sizes = [path.stat().st_size for path in self.folder.rglob("*") if path.is_file()]
        self._limit(max((size for size in sizes if size < SEGMENT), default=0) + left)

    def make_room(self) -> None:
        self._limit("unlimited")

    def _limit(self, size: int | str) -> None:
        for pid in self.pids():
            command = ["prlimit", f"--pid={pid}", f"--fsize={size}:unlimited"]
            done = subprocess.run(
                command, user=self.user, capture_output=True, text=True, check=False
            )
            # Some end meanwhile; the others must obey.
            assert done.returncode == 0 or not psutil.pid_exists(pid), done.stderr


Disk = SmallDisk | LimitedFiles


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """A disk of that size under the folder or, where none may be mounted, files that are limited."""
    folder.mkdir(parents=True, exist_ok=True)
    options = ["-t", "tmpfs", "-o", f"size={megabytes}m", "foedus-test"]
    try:
        subprocess.run(["mount", *options, str(folder)], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as refused:
        print(f"file sizes are limited instead: {refused}")  # noqa: T201 - for the reader
        yield LimitedFiles(folder)
        return
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", str(folder)], check=True)
