"""The store itself, through its public methods."""

import asyncio
from collections.abc import Sequence

from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem, DCBRecorder
from eventsourcing.persistence import IntegrityError

from benchmarks.driving import AsyncAct, Measured, Work, drive_tasks
from benchmarks.material import Draft, supply
from benchmarks.sizes import Shape
from benchmarks.subjects.appending import Appending, driven
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.event_store.committing import Entry
from infrastructure.event_store.envelope import NewEvent
from infrastructure.event_store.gathering import GatheredRecorder


class ConditionalAppender:
    """Appends on the condition that nothing under both tags came after what it saw last.

    Used for every recorder with the library's interface, ours and its own. What it saw last
    is the position it was given for its last append.
    """

    def __init__(self, recorder: DCBRecorder, first: DCBEvent) -> None:
        self._recorder = recorder
        self._seen = recorder.append([first])

    def append(self, events: list[DCBEvent]) -> None:
        query = DCBQuery([DCBQueryItem(tags=events[0].tags)])
        condition = DCBAppendCondition(query, after=self._seen)
        try:
            self._seen = self._recorder.append(events, condition)
        except IntegrityError:  # counted; as a real client would, it looks again before the next
            self._seen = self._recorder.read(query, after=self._seen).head or self._seen
            raise


def new_event(draft: Draft) -> NewEvent:
    return NewEvent(draft.type, draft.data, list(draft.tags), draft.id, 1)


def _first(number: int) -> NewEvent:
    return NewEvent("Opened", b"{}", [f"client:{number}"], f"client-{number}", 1)


class Foedus(Appending):
    """`SqlRecorder`, as the server uses it: one for all threads of the process."""

    def open(self, url: str, shape: Shape) -> None:  # noqa: ARG002 - its pools are its own affair
        self._database = Database(url)
        self._recorder = SqlRecorder(self._database)

    def appender(self, number: int, batches: Sequence[list[Draft]]) -> Work:
        client = ConditionalAppender(self._recorder, _first(number))
        return client.append, [[new_event(draft) for draft in batch] for batch in batches]

    def close(self) -> None:
        self._recorder.close()
        self._database.dispose()


class FoedusTasks:
    """The same recorder for callers in one event loop, each a task of it, as in the server."""

    def measure(self, url: str, shape: Shape, seconds: float, most: int | None = None) -> Measured:
        """Open the log at `url`, let the shape's appenders append, and close it again."""
        supplied = supply(shape, seconds, most)
        database = Database(url)
        recorder = SqlRecorder(database)
        with asyncio.Runner() as loop:
            appends = GatheredRecorder(recorder)
            try:
                works = [
                    _task(recorder, appends, number, batches)
                    for number, batches in enumerate(supplied)
                ]
                return driven(
                    works, seconds, lambda works, length: loop.run(drive_tasks(works, length))
                )
            finally:
                loop.run(appends.close())
                recorder.close()
                database.dispose()


def _task(
    recorder: SqlRecorder, appends: GatheredRecorder, number: int, batches: Sequence[list[Draft]]
) -> tuple[AsyncAct, list[list[NewEvent]]]:
    """What a task does with each batch: as `ConditionalAppender` does, but it awaits."""
    seen = recorder.append([_first(number)])

    async def append(events: list[NewEvent]) -> None:
        nonlocal seen
        query = DCBQuery([DCBQueryItem(tags=events[0].tags)])
        try:
            stored = await appends.append(Entry(events, DCBAppendCondition(query, after=seen)))
        except IntegrityError:  # counted; it looks again, as the others do
            seen = recorder.read(query, after=seen).head or seen
            raise
        seen = stored[-1].position

    return append, [[new_event(draft) for draft in batch] for batch in batches]
