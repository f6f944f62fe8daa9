"""Appends on their way from many requests to one writer.

What comes while the writer is at work waits and shares its next commit; what comes while it
rests is taken at once. One thread writes, so that the event loop never blocks and no request
costs a thread.
"""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

from infrastructure.log import Appended, EventLog, Outcome, Submission

MOST_EVENTS = 2_000
"""So many events are decided on and committed together, unless one request has more."""

_Waiting: TypeAlias = tuple[Submission, "asyncio.Future[Appended]"]


class Gathering:
    """Belongs to one event loop. `close` lets what is on its way arrive."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._writer = ThreadPoolExecutor(1, "foedus-append")
        self._waiting: deque[_Waiting] = deque()
        self._working: asyncio.Task[None] | None = None

    async def append(self, submission: Submission) -> Appended:
        """Append as `EventLog.append` does, and raise what it raises.

        A caller that is cancelled gives up the answer, not the append.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Appended] = loop.create_future()
        self._waiting.append((submission, answer))
        if self._working is None:
            self._working = loop.create_task(self._work())
        return await answer

    async def close(self) -> None:
        """Wait for the appends that were begun."""
        if self._working is not None:
            await self._working
        self._writer.shutdown()

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                group = self._taken()
                submissions = [submission for submission, _ in group]
                outcomes: list[Outcome]
                try:
                    outcomes = await loop.run_in_executor(
                        self._writer, self._log.append_each, submissions
                    )
                except Exception as error:  # noqa: BLE001 - raised to every request
                    outcomes = [error] * len(group)
                for (_, answer), outcome in zip(group, outcomes, strict=True):
                    _give(answer, outcome)
        finally:
            self._working = None

    def _taken(self) -> list[_Waiting]:
        group = [self._waiting.popleft()]
        count = len(group[0][0].events)
        while self._waiting and count + len(self._waiting[0][0].events) <= MOST_EVENTS:
            count += len(self._waiting[0][0].events)
            group.append(self._waiting.popleft())
        return group


def _give(answer: asyncio.Future[Appended], outcome: Outcome) -> None:
    if answer.cancelled():
        return
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)
