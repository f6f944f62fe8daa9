"""Concurrent calls share the work: who is at work, who waits, and for whom it is done."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from infrastructure.event_store.grouping import Grouping, NoTurn

WAIT = 20


class Work:
    """Keeps the groups it was given, and works on each only when it is let to."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Semaphore(0)

    def __call__(self, tasks: Sequence[int]) -> None:
        self.groups.append(list(tasks))
        self.begun.release()
        assert self.go_on.acquire(timeout=WAIT)


def grouping(work: Work, *, most: int = 100, patience: float = WAIT) -> Grouping[int]:
    return Grouping(work, weight=lambda task: task, most=most, patience=patience)


def queued(group: Grouping[int], count: int) -> None:
    """Wait until so many calls are waiting."""
    arrived = threading.Event()
    for _ in range(WAIT * 100):
        if len(group._queue) == count:
            return
        arrived.wait(0.01)
    pytest.fail(f"{len(group._queue)} wait, not {count}")


def test_a_call_that_is_alone_works_in_its_own_thread() -> None:
    threads: list[int] = []
    alone = Grouping[int](
        lambda _: threads.append(threading.get_ident()),
        weight=lambda _: 1,
        most=1,
        patience=WAIT,
    )
    alone.do(1)
    alone.do(2)
    assert threads == [threading.get_ident()] * 2


def test_those_who_come_meanwhile_share_the_next_work_in_the_order_of_coming() -> None:
    work = Work()
    group = grouping(work)
    with ThreadPoolExecutor(5) as pool:
        calls = [pool.submit(group.do, 1)]
        assert work.begun.acquire(timeout=WAIT)
        for waiting, task in enumerate((2, 3, 4, 5), 1):
            calls.append(pool.submit(group.do, task))
            queued(group, waiting)
        assert not any(call.done() for call in calls)
        work.go_on.release(2)
        for call in calls:
            call.result(WAIT)
    assert work.groups == [[1], [2, 3, 4, 5]]


def test_a_group_has_a_limit_which_a_single_task_may_exceed() -> None:
    work = Work()
    group = grouping(work, most=5)
    with ThreadPoolExecutor(6) as pool:
        calls = [pool.submit(group.do, 1)]
        assert work.begun.acquire(timeout=WAIT)
        for waiting, task in enumerate((2, 3, 9, 1, 1), 1):
            calls.append(pool.submit(group.do, task))
            queued(group, waiting)
        work.go_on.release(9)
        for call in calls:
            call.result(WAIT)
    assert work.groups == [[1], [2, 3], [9], [1, 1]]


def test_who_waits_too_long_gives_up_and_is_not_worked_for() -> None:
    work = Work()
    group = grouping(work, patience=0.2)
    with ThreadPoolExecutor(3) as pool:
        first: Future[None] = pool.submit(group.do, 1)
        assert work.begun.acquire(timeout=WAIT)
        second = pool.submit(group.do, 2)
        queued(group, 1)
        third = pool.submit(group.do, 3)
        with pytest.raises(NoTurn):
            third.result(WAIT)
        with pytest.raises(NoTurn):
            second.result(WAIT)
        work.go_on.release(2)
        first.result(WAIT)
    assert work.groups == [[1]]
    group.do(4)
    assert work.groups == [[1], [4]]


def test_an_interrupted_leader_hands_over() -> None:
    """Ctrl-C in one thread must not leave the others waiting for ever."""
    interrupted = threading.Event()
    go_on = threading.Event()

    def work(tasks: Sequence[int]) -> None:
        if 1 in tasks:
            interrupted.set()
            assert go_on.wait(WAIT)
            raise KeyboardInterrupt

    group = Grouping[int](work, weight=lambda _: 1, most=10, patience=WAIT)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(group.do, 1)
        assert interrupted.wait(WAIT)
        second = pool.submit(group.do, 2)
        queued(group, 1)
        go_on.set()
        with pytest.raises(KeyboardInterrupt):
            first.result(WAIT)
        second.result(WAIT)
    group.do(3)


def test_who_is_interrupted_before_it_began_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    work = Work()
    group = grouping(work)

    def interrupt(_: Grouping[int]) -> None:
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(Grouping, "_gather", interrupt)
    with pytest.raises(KeyboardInterrupt):
        group.do(1)
    work.go_on.release()
    group.do(2)
    assert work.groups == [[2]]
