"""Requests that arrive while the writer is busy share its next round."""

import asyncio
import threading
from collections.abc import Sequence
from typing import cast

import pytest

from domain.event import Event
from infrastructure.log import Appended, EventLog, GatheredLog, Outcome, Submission

WAIT = 20


class Log:
    """Gives each submission its position, when it is let to; refuses those without events."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    def append_each(self, submissions: Sequence[Submission]) -> list[Outcome]:
        self.groups.append(len(submissions))
        self.begun.set()
        assert self.go_on.wait(WAIT)
        if any(one.recorded_by == "breaks" for one in submissions):
            raise ArithmeticError
        return [
            Appended([], len(one.events)) if one.events else LookupError("no events")
            for one in submissions
        ]


@pytest.fixture
def log() -> Log:
    return Log()


async def at_work(log: Log) -> None:
    assert await asyncio.to_thread(log.begun.wait, WAIT)


def gathered(log: Log) -> GatheredLog:
    return GatheredLog(cast("EventLog", log))


def of(count: int) -> Submission:
    return Submission(cast("list[Event]", [None] * count))


async def test_one_that_comes_alone_is_appended_at_once(log: Log) -> None:
    appends = gathered(log)
    assert (await appends.append(of(3))).new == 3
    assert (await appends.append(of(1))).new == 1
    assert log.groups == [1, 1]
    await appends.close()


async def test_those_who_come_meanwhile_share_a_round_and_keep_their_outcomes(log: Log) -> None:
    appends = gathered(log)
    log.go_on.clear()
    calls = [asyncio.create_task(appends.append(of(1)))]
    await at_work(log)
    calls += [asyncio.create_task(appends.append(of(count))) for count in (2, 0, 4)]
    log.go_on.set()
    first, second, refused, last = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(refused, LookupError)
    assert [one.new for one in (first, second, last) if isinstance(one, Appended)] == [1, 2, 4]
    assert log.groups == [1, 3]
    await appends.close()


async def test_a_round_has_a_limit_which_one_request_may_exceed(log: Log) -> None:
    appends = gathered(log)
    counts = (1_500, 400, 200, 2_500, 1)
    log.go_on.clear()
    calls = [asyncio.create_task(appends.append(of(count))) for count in counts]
    await at_work(log)
    log.go_on.set()
    assert [one.new for one in await asyncio.gather(*calls)] == list(counts)
    assert log.groups == [2, 1, 1, 1]
    await appends.close()


async def test_who_gives_up_waiting_takes_nothing_from_the_others(log: Log) -> None:
    appends = gathered(log)
    log.go_on.clear()
    calls = [asyncio.create_task(appends.append(of(1))) for _ in range(3)]
    await at_work(log)
    calls[0].cancel()
    calls[1].cancel()
    log.go_on.set()
    assert (await calls[2]).new == 1
    await appends.close()
    assert sum(log.groups) == 3


async def test_a_failure_reaches_everybody_and_the_next_round_is_unharmed(log: Log) -> None:
    appends = gathered(log)
    with pytest.raises(ArithmeticError):
        await appends.append(Submission([], recorded_by="breaks"))
    assert (await appends.append(of(1))).new == 1
    await appends.close()


async def test_closing_waits_for_what_was_begun(log: Log) -> None:
    appends = gathered(log)
    log.go_on.clear()
    call = asyncio.create_task(appends.append(of(1)))
    await at_work(log)
    closing = asyncio.create_task(appends.close())
    await asyncio.sleep(0)
    assert not closing.done()
    log.go_on.set()
    await closing
    assert (await call).new == 1
