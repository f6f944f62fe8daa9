"""A subject in a process of its own: its memory, threads and imports disturb no other's.

The process stays up between calls and does nothing then. It is started afresh, not forked.
"""

import multiprocessing
import signal
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Self

PATIENCE_SECONDS = 1_800
"""A subject that has not answered by then is given up."""


class Unavailable(Exception):
    """The subject cannot be measured here: what it needs is not installed."""


class SubjectFailed(Exception):
    """The subject broke down; the text is its traceback."""


class Isolated:
    """An object made in a process of its own; `call` runs one of its methods there."""

    def __init__(self, make: Callable[..., object], *args: object) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_attend, args=(theirs, make, args), daemon=True)
        self._process.start()
        theirs.close()
        try:
            self._answer()
        except BaseException:
            self.close()
            raise

    def call(self, method: str, *args: object) -> Any:
        """Run the method and return its result. Raises SubjectFailed."""
        self._ours.send((method, args))
        return self._answer()

    def _answer(self) -> Any:
        if not self._ours.poll(PATIENCE_SECONDS):
            raise SubjectFailed(f"no answer within {PATIENCE_SECONDS} s")
        try:
            error, result = self._ours.recv()
        except EOFError:
            self._process.join()
            raise SubjectFailed(f"the process ended with {self._process.exitcode}") from None
        if error is not None:
            raise error(result)
        return result

    def close(self) -> None:
        """End the process; again does nothing."""
        self._ours.close()
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class InPlace:
    """The same in this process, for runs whose figures do not matter."""

    def __init__(self, make: Callable[..., object], *args: object) -> None:
        try:
            self._subject = make(*args)
        except ImportError as missing:
            raise Unavailable(str(missing)) from missing

    def call(self, method: str, *args: object) -> Any:
        """Run the method and return its result."""
        return getattr(self._subject, method)(*args)

    def close(self) -> None:
        """Nothing was started."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _attend(pipe: Connection, make: Callable[..., object], args: tuple[object, ...]) -> None:
    """Make the object, then do what is asked until the pipe is closed."""
    # A Ctrl-C ends whoever asks, who then closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        subject = make(*args)
    except ImportError as missing:
        pipe.send((Unavailable, str(missing)))
        return
    except Exception:  # noqa: BLE001 - told to whoever asked
        pipe.send((SubjectFailed, traceback.format_exc()))
        return
    pipe.send((None, None))
    while True:
        try:
            method, given = pipe.recv()
        except EOFError:
            return
        try:
            answer: Any = (None, getattr(subject, method)(*given))
        except Exception:  # noqa: BLE001 - told to whoever asked
            answer = (SubjectFailed, traceback.format_exc())
        pipe.send(answer)
