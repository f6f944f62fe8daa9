"""Taking turns in the order of asking."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class WriteLockTimeout(TimeoutError):
    """Another writer of this process kept the database for too long."""


class Turn:
    """A lock that is given in the order of asking, so that no writer starves."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._guard = threading.Lock()
        self._taken = False
        self._owner: int | None = None
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def taken(self) -> Iterator[None]:
        if self._owner == threading.get_ident():
            raise RuntimeError("this thread has a write transaction open already")
        self._await_turn()
        self._owner = threading.get_ident()
        try:
            yield
        finally:
            self._owner = None
            self._pass_on()

    def _await_turn(self) -> None:
        called = threading.Event()
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            self._waiting.append(called)
        if called.wait(self._timeout):
            return
        with self._guard:
            if not called.is_set():
                self._waiting.remove(called)
                raise WriteLockTimeout(f"no turn to write within {self._timeout:g} s")

    def _pass_on(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False
