"""Stores filled with a long history, through their own batch paths."""

import time
from collections.abc import Sequence
from itertools import islice

from eventsourcing.dcb.api import DCBEvent, DCBRecorder

from benchmarks.history import History
from benchmarks.subjects.eventsourcing_recorders import LibraryDCB, library_event
from benchmarks.subjects.ours import new_event
from benchmarks.subjects.projecting import with_projector
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder

BATCH = 25_000
"""Each commit writes every page of the index of tags that it touches: fewer commits, fewer pages."""


class Filler:
    """Appends the history's events to our store; made in a process of its own."""

    def fill(self, url: str, actors: int, after: int, count: int) -> float:
        """Bring the log from `after` events to `count`; return the seconds it took."""
        database = Database(url)
        recorder = SqlRecorder(database)
        try:
            return _filled(recorder, History(actors), after, count)
        finally:
            recorder.close()
            database.dispose()


class Builder:
    """Builds the read models of our store; made in a process of its own."""

    def build(self, url: str) -> float:
        """Bring them to the log's head as a rebuild does, the fastest way; return the seconds."""
        started = time.perf_counter()
        with_projector(url, lambda projector: projector.rebuild())
        return time.perf_counter() - started


class LibraryFiller:
    """Appends them to the library's DCB recorder."""

    def __init__(self) -> None:
        self._library = LibraryDCB()

    def fill(self, url: str, actors: int, after: int, count: int) -> float:
        """Bring the log from `after` events to `count`; return the seconds it took."""
        recorder = self._library.opened(url)
        try:
            return _filled(recorder, History(actors), after, count, ours=False)
        finally:
            self._library.close()


def _filled(
    recorder: DCBRecorder, history: History, after: int, count: int, *, ours: bool = True
) -> float:
    started = time.perf_counter()
    drafts = history.drafts(count, after=after)
    while batch := list(islice(drafts, BATCH)):
        events: Sequence[DCBEvent] = [
            new_event(draft) if ours else library_event(draft) for draft in batch
        ]
        recorder.append(events)
    return time.perf_counter() - started
