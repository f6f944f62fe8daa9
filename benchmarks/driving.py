"""Appenders at work: all start together, each goes on until the time is up or its events are."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import Any

Act = Callable[[Any], None]
AsyncAct = Callable[[Any], Awaitable[None]]
Work = tuple[Act, Sequence[Any]]
"""What an appender does, and what to do it with, one after another."""


WARM_UP = 5
"""So many first acts of each appender are not counted: statements are prepared in them."""


class NothingDone(RuntimeError):
    """Not one append succeeded; the text is the last error."""


@dataclass(frozen=True)
class Measured:
    """How many acts succeeded in how many seconds, and how long they took (milliseconds)."""

    acts: int
    seconds: float
    p50: float
    p99: float
    failed: int
    last_error: str | None


class _Tally:
    """What one appender did."""

    def __init__(self) -> None:
        self.taken: list[float] = []
        self.failed = 0
        self.last_error: str | None = None
        self.ended = 0.0

    def failing(self, error: Exception) -> None:
        self.failed += 1
        self.last_error = f"{type(error).__name__}: {error}"


def drive(work: Sequence[Work], seconds: float) -> Measured:
    """Run each work in a thread of its own."""
    tallies = [_Tally() for _ in work]
    started: list[float] = []
    together = threading.Barrier(len(work), action=lambda: started.append(time.perf_counter()))

    def appending(act: Act, items: Sequence[Any], tally: _Tally) -> None:
        clock = time.perf_counter
        warming = _warming(items)
        with suppress(Exception):
            for item in items[:warming]:
                act(item)
        together.wait()
        until = started[0] + seconds
        before = clock()
        for item in items[warming:]:
            try:
                act(item)
            except Exception as error:  # noqa: BLE001 - counted, and shown with the figures
                tally.failing(error)
                before = clock()
            else:
                now = clock()
                tally.taken.append(now - before)
                before = now
            if before >= until:
                break
        tally.ended = before

    threads = [
        threading.Thread(target=appending, args=(*one, tally))
        for one, tally in zip(work, tallies, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return _measured(tallies, started[0])


async def drive_tasks(work: Sequence[tuple[AsyncAct, Sequence[Any]]], seconds: float) -> Measured:
    """Run each work in a task of its own on this event loop."""
    tallies = [_Tally() for _ in work]
    clock = time.perf_counter

    async def warming(act: AsyncAct, items: Sequence[Any]) -> None:
        with suppress(Exception):
            for item in items[: _warming(items)]:
                await act(item)

    await asyncio.gather(*(warming(*one) for one in work))
    started = clock()

    async def appending(act: AsyncAct, items: Sequence[Any], tally: _Tally) -> None:
        before = clock()
        for item in items[_warming(items) :]:
            try:
                await act(item)
            except Exception as error:  # noqa: BLE001 - counted, and shown with the figures
                tally.failing(error)
                before = clock()
            else:
                now = clock()
                tally.taken.append(now - before)
                before = now
            if before >= started + seconds:
                break
        tally.ended = before

    await asyncio.gather(
        *(appending(*one, tally) for one, tally in zip(work, tallies, strict=True))
    )
    return _measured(tallies, started)


def _warming(items: Sequence[Any]) -> int:
    return min(WARM_UP, len(items) // 4)


def _measured(tallies: Sequence[_Tally], started: float) -> Measured:
    taken = sorted(chain.from_iterable(tally.taken for tally in tallies))
    failed = sum(tally.failed for tally in tallies)
    last_error = next((tally.last_error for tally in tallies if tally.last_error), None)
    if not taken:
        raise NothingDone(last_error or "there was nothing to append")
    return Measured(
        acts=len(taken),
        seconds=max(tally.ended for tally in tallies) - started,
        p50=1_000 * at_share(taken, 0.5),
        p99=1_000 * at_share(taken, 0.99),
        failed=failed,
        last_error=last_error,
    )


def at_share(ascending: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies (nearest rank)."""
    return ascending[min(len(ascending) - 1, int(share * len(ascending)))]
