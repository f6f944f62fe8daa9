"""Concurrent calls that share one piece of work, such as one durable commit.

Whoever comes while nobody is at work does it at once, for itself and for all who are waiting
by then; whoever comes meanwhile waits, and the first of them is next. There is no thread to
hand a call to and back, so a call that is alone is not delayed.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Task = TypeVar("Task")

GATHERING_SECONDS = 0.0005
"""The longest that a call waits for those who shared the work before it to come again."""


class NoTurn(TimeoutError):
    """The calls before this one took too long; nothing was done for it."""


class Grouping(Generic[Task]):
    """Does tasks in groups. Safe to use from any thread.

    ``work`` is given the tasks of one group, in the order of coming, and leaves in each of them
    what became of it; it raises nothing. A group weighs ``most`` at most, unless one task alone
    weighs more.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Task]], None],
        *,
        weight: Callable[[Task], int],
        most: int,
        patience: float,
    ) -> None:
        self._work = work
        self._weight = weight
        self._most = most
        self._patience = patience
        self._guard = threading.Lock()
        self._led = False
        self._queue: deque[_Place[Task]] = deque()
        self._shared = 1

    def do(self, task: Task) -> None:
        """Return when the work was done for ``task``. Raises NoTurn when it was not, in time."""
        place = _Place(task)
        with self._guard:
            self._queue.append(place)
            leads, self._led = not self._led, True
        if not leads:
            self._await(place)
            if place.done:
                return
        self._lead(place)

    def _await(self, place: "_Place[Task]") -> None:
        """Wait until the work was done by another, or is this caller's to lead."""
        if place.gate.acquire(timeout=self._patience):
            return
        with self._guard:
            if place in self._queue and not place.leads:
                self._queue.remove(place)
                raise NoTurn(f"no turn within {self._patience:g} s")
        place.gate.acquire()  # it is being worked for, or next

    def _lead(self, place: "_Place[Task]") -> None:
        """Do one group, of which ``place`` is the first, and hand over."""
        group: list[_Place[Task]] = []
        try:
            self._gather()
            group = self._taken()
            self._work([one.task for one in group])
        finally:
            with self._guard:
                if not group:  # interrupted before it began
                    self._queue.remove(place)
                self._shared = len(group)
                self._led = bool(self._queue)
                following = [self._queue[0]] if self._queue else []
                for one in following:
                    one.leads = True
            for one in group:
                one.done = True
            for one in (*following, *group[1:]):
                one.gate.release()

    def _gather(self) -> None:
        """Let those who were in the last group, and have just been answered, come again."""
        if self._shared <= 1:
            return
        deadline = time.monotonic() + GATHERING_SECONDS
        while len(self._queue) < self._shared and time.monotonic() < deadline:
            time.sleep(0)

    def _taken(self) -> "list[_Place[Task]]":
        with self._guard:
            group = [self._queue.popleft()]
            weight = self._weight(group[0].task)
            while self._queue and weight + self._weight(self._queue[0].task) <= self._most:
                weight += self._weight(self._queue[0].task)
                group.append(self._queue.popleft())
        return group


class _Place(Generic[Task]):
    """One caller's place in the queue. Its gate opens when it was worked for, or is to lead."""

    __slots__ = ("done", "gate", "leads", "task")

    def __init__(self, task: Task) -> None:
        self.task = task
        self.done = False
        self.leads = False
        self.gate = threading.Lock()
        self.gate.acquire()
