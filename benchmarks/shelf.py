"""Filled logs that stay for later runs, so that a suite can be measured again without filling.

A log is given out as a copy. Its name holds a digest of the code that decides what stands in
it; logs of other code are thrown away.
"""

import fcntl
import re
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from benchmarks.databases import Databases

_ROOT = Path(__file__).parents[1]
_DECIDING = (
    "migrations",
    "domain/effects.py",
    "domain/policy.py",
    "domain/tags.py",
    "domain/telling.py",
    "domain/vocabulary",
    "infrastructure/codec.py",
    "infrastructure/event_store/chain.py",
    "infrastructure/keys.py",
    "infrastructure/projecting",
    "infrastructure/schema",
    "infrastructure/words.py",
    "benchmarks/history.py",
    "benchmarks/relations.py",
    "benchmarks/subjects/asking.py",
    "benchmarks/subjects/filling.py",
)
_PEER = "eventsourcing"


class Taken(RuntimeError):
    """Another run is using the folder."""


@contextmanager
def kept_folder(folder: Path) -> Iterator[Path]:
    """The folder, made if need be, for this run alone. Raises Taken."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "in-use").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Taken(f"another run is using {folder}") from None
        yield folder.resolve()


class Shelf:
    """Filled logs by whose they are, database and number of events."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._digest = _digest()
        databases.keep_only(self._digest)

    def copy(self, whose: str, database: str, size: int) -> str | None:
        """The URL of a copy of the log; None if it is not kept."""
        kept = self._databases.kept(database, self._name(whose, size))
        return kept and self._databases.copy(kept)

    def put(self, url: str, whose: str, size: int) -> None:
        """Keep a copy of a log that nobody is connected to."""
        self._databases.keep(url, self._name(whose, size))

    def _name(self, whose: str, size: int) -> str:
        return f"{self._digest}_{re.sub('[^a-z]+', '_', whose.lower())}_{size}"


def _digest() -> str:
    found = sha256(version(_PEER).encode())
    for deciding in _DECIDING:
        place = _ROOT / deciding
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            found.update(file.read_bytes())
    return found.hexdigest()[:12]
