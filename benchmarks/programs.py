"""Programs that a suite starts and ends: servers and projectors."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

ANY_PORT = ("--port", "0")
LISTENS = re.compile(r"listens on http://127\.0\.0\.1:(\d+)")

_START_SECONDS = 60
_STOP_SECONDS = 20
_ROOT = Path(__file__).resolve().parents[1]
_LOG_NUMBERS = count()


class ServerFailed(RuntimeError):
    """The server did not come up; the text is what it said."""


@contextmanager
def running(
    folder: Path, awaited: re.Pattern[str], settings: dict[str, str], *command: str
) -> Iterator[str]:
    """Start the program and yield the part that was awaited of what it says when it is ready."""
    said = folder / f"program-{next(_LOG_NUMBERS)}.log"
    with said.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", *command],
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=_ROOT,
            env=os.environ | settings,
        )
    try:
        yield _awaited(process, said, awaited)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _awaited(process: subprocess.Popen[bytes], said: Path, awaited: re.Pattern[str]) -> str:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if found := awaited.search(said.read_text(encoding="utf-8")):
            return found[1]
        time.sleep(0.05)
    raise ServerFailed(said.read_text(encoding="utf-8"))
