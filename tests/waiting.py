"""Waiting for a condition with a bound, instead of for a time."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

SECONDS = 20.0
_PAUSE = threading.Event()


def eventually(look: Callable[[], Found | None], seconds: float = SECONDS) -> Found:
    """What `look` finds, once it finds something; fails when the time is up."""
    until = time.monotonic() + seconds
    while True:
        if found := look():
            return found
        assert time.monotonic() < until, f"nothing within {seconds:g} s"
        _PAUSE.wait(0.01)
