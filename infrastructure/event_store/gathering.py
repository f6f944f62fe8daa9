"""Appends on their way from many callers in an event loop to one writer.

What comes while the writer is at work waits and shares its next round; what comes while it
rests is taken at once. One thread writes, so that the event loop never blocks and no caller
costs a thread.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from infrastructure.event_store.committing import MOST_TOGETHER, Entry
from infrastructure.event_store.envelope import StoredEvent
from infrastructure.event_store.recorder import SqlRecorder

Task = TypeVar("Task")
Result = TypeVar("Result")


class Gathering(Generic[Task, Result]):
    """Belongs to one event loop. `close` lets what is on its way arrive.

    ``work`` is given the tasks of one round, in the order of coming, and answers with what became
    of each: its result, or the error to raise to its caller. A round weighs as much as a commit
    may hold at most, unless one task alone weighs more.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Task]], Sequence[Result | Exception]],
        weight: Callable[[Task], int],
    ) -> None:
        self._work = work
        self._weight = weight
        self._writer = ThreadPoolExecutor(1, "foedus-append")
        self._waiting: deque[tuple[Task, asyncio.Future[Result]]] = deque()
        self._working: asyncio.Task[None] | None = None

    async def append(self, task: Task) -> Result:
        """Return what became of the task, when it is durable; raise its error.

        A caller that is cancelled gives up the answer, not the append.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((task, answer))
        if self._working is None:
            self._working = loop.create_task(self._rounds())
        return await answer

    async def close(self) -> None:
        """Wait for the appends that were begun."""
        if self._working is not None:
            await self._working
        self._writer.shutdown()

    async def _rounds(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                group = self._taken()
                tasks = [task for task, _ in group]
                outcomes: Sequence[Result | Exception]
                try:
                    outcomes = await loop.run_in_executor(self._writer, self._work, tasks)
                except Exception as error:  # noqa: BLE001 - raised to every caller
                    outcomes = [error] * len(group)
                for (_, answer), outcome in zip(group, outcomes, strict=True):
                    _give(answer, outcome)
        finally:
            self._working = None

    def _taken(self) -> list[tuple[Task, asyncio.Future[Result]]]:
        group = [self._waiting.popleft()]
        weight = self._weight(group[0][0])
        while self._waiting and weight + self._weight(self._waiting[0][0]) <= MOST_TOGETHER:
            weight += self._weight(self._waiting[0][0])
            group.append(self._waiting.popleft())
        return group


class GatheredRecorder(Gathering[Entry, list[StoredEvent]]):
    """`SqlRecorder.record` for callers in an event loop."""

    def __init__(self, recorder: SqlRecorder) -> None:
        super().__init__(recorder.record_each, lambda entry: len(entry.events))


def _give(answer: asyncio.Future[Result], outcome: Result | Exception) -> None:
    if answer.cancelled():
        return
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)
