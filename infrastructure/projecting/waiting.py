"""Those who wait for the read models to reach a position."""

from __future__ import annotations

import threading
from concurrent.futures import Future


class Waiting:
    """Futures by the position they wait for. Safe from any thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._futures: list[tuple[int, Future[int]]] = []
        self.position = 0

    @property
    def expected(self) -> bool:
        """Whether anybody waits."""
        return bool(self._futures)

    def reached(self, position: int) -> Future[int]:
        """A future that is done once the position has been reached; it may be cancelled."""
        future: Future[int] = Future()
        with self._guard:
            if self.position < position:
                self._futures.append((position, future))
                return future
        future.set_result(self.position)
        return future

    def arrive(self, position: int) -> None:
        """Tell everyone up to `position`; forget those who no longer wait."""
        with self._guard:
            self.position = position
            done = [future for wanted, future in self._futures if wanted <= position]
            self._futures = [
                (wanted, future)
                for wanted, future in self._futures
                if wanted > position and not future.cancelled()
            ]
        for future in done:
            if future.set_running_or_notify_cancel():
                future.set_result(position)
