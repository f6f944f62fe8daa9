"""Reads of what a decision depends on: the events that carry both of two tags."""

import random
import time
from typing import NamedTuple

from eventsourcing.dcb.api import DCBQuery, DCBQueryItem, DCBRecorder

from benchmarks.driving import at_share
from benchmarks.history import History
from benchmarks.subjects.eventsourcing_recorders import LibraryDCB
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder

_WARM_UP = 20


class Reads(NamedTuple):
    """Milliseconds a read, and how many events it found on average."""

    p50: float
    p99: float
    found: float


class OurReader:
    """Our recorder; made in a process of its own."""

    def measure(self, url: str, actors: int, times: int, seed: int) -> Reads:
        """Read the events of so many pairs that the history speaks of."""
        database = Database(url)
        recorder = SqlRecorder(database)
        try:
            return _read(recorder, actors, times, seed)
        finally:
            recorder.close()
            database.dispose()


class LibraryReader:
    """The library's DCB recorder."""

    def __init__(self) -> None:
        self._library = LibraryDCB()

    def measure(self, url: str, actors: int, times: int, seed: int) -> Reads:
        """Read the events of so many pairs that the history speaks of."""
        try:
            return _read(self._library.opened(url), actors, times, seed)
        finally:
            self._library.close()


def _read(recorder: DCBRecorder, actors: int, times: int, seed: int) -> Reads:
    pairs = random.Random(seed).choices(History(actors).pairs, k=times + _WARM_UP)
    queries = [
        DCBQuery([DCBQueryItem(tags=[f"actor:{actor}" for actor in pair])]) for pair in pairs
    ]
    taken = []
    found = 0
    for query in queries:
        before = time.perf_counter()
        found += sum(1 for _ in recorder.read(query))
        taken.append(1_000 * (time.perf_counter() - before))
    measured = sorted(taken[_WARM_UP:])
    return Reads(at_share(measured, 0.5), at_share(measured, 0.99), found / len(queries))
