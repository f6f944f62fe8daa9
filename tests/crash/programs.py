"""Programs under test as processes of their own: listened to, waited for within bounds, ended.

Each is the leader of a process group of its own, so that whatever it starts ends with it, and
nothing that the test did not start is ever signalled.
"""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from tests.builders import ROOT

SECONDS = 90
"""No wait for a program takes longer; on a calm machine all take a second or two."""


class Program:
    """A running program, what it has said so far, and how to be rid of it."""

    def __init__(self, command: list[str], environment: Mapping[str, str], **options: Any) -> None:
        self._said: list[str] = []
        self._news = threading.Condition()
        self._silent = False
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            **options,
        )
        self._ear = threading.Thread(target=self._listen, daemon=True)
        self._ear.start()

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def said(self) -> str:
        """Everything it has written until now."""
        with self._news:
            return "".join(self._said)

    def awaited(self, pattern: str) -> re.Match[str]:
        """The first match in what it says, waiting for it; fails when the program falls silent."""
        until = time.monotonic() + SECONDS
        with self._news:
            while not (found := re.search(pattern, "".join(self._said), re.MULTILINE)):
                assert not self._silent, f"ended without {pattern!r}: {''.join(self._said)}"
                assert self._news.wait(until - time.monotonic()), (pattern, self._said)
        return found

    def tell(self, line: str) -> None:
        """Write a line to its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        """`kill -9`: nothing of it runs on."""
        self._signal(signal.SIGKILL)
        self.process.wait(SECONDS)
        self._ear.join(SECONDS)

    def ended(self, seconds: float = SECONDS) -> int:
        """Its exit code, once it has ended by itself."""
        code = self.process.wait(seconds)
        self._ear.join(SECONDS)
        return code

    def close(self) -> None:
        """End it, gently if it can be done so."""
        if self.running:
            self._signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()
        self._ear.join(SECONDS)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def _signal(self, how: signal.Signals) -> None:
        if self.running:
            os.killpg(self.process.pid, how)

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                self._said.append(line)
                self._news.notify_all()
        with self._news:
            self._silent = True
            self._news.notify_all()


class Programs:
    """Starts programs over one database after another; ends all that still run at its end."""

    def __init__(self, ending: ExitStack) -> None:
        self._ending = ending

    def foedus(self, *arguments: str, url: str, **options: Any) -> Program:
        """Start a `foedus` command over the database of this URL."""
        return self.python("-m", "api.cli", *arguments, url=url, **options)

    def python(self, *arguments: str, url: str, **options: Any) -> Program:
        """Start a Python program, with the database's URL in its environment."""
        ours = {name: text for name, text in os.environ.items() if not name.startswith("FOEDUS_")}
        environment = ours | {"FOEDUS_DATABASE_URL": url, "PYTHONUNBUFFERED": "1"}
        program = Program([sys.executable, *arguments], environment, **options)
        self._ending.callback(program.close)
        return program

    def served(self, url: str, **options: Any) -> tuple[Program, str]:
        """Start `foedus serve` on a free port, and return it with its address once it listens."""
        server = self.foedus("serve", "--port", "0", url=url, **options)
        return server, address_of(server)

    def done(self, *arguments: str, url: str) -> str:
        """Run a `foedus` command that must succeed; what it said."""
        program = self.foedus(*arguments, url=url)
        assert program.ended() == 0, program.said()
        return program.said()


def address_of(server: Program) -> str:
    """Where `foedus serve` listens, once it does."""
    return server.awaited(r"listens on (http://\S+)\n(?s:.*)Ctrl-C ends it")[1]


@contextmanager
def programs() -> Iterator[Programs]:
    with ExitStack() as ending:
        yield Programs(ending)


def eventually(found: Callable[[], bool], meaning: str, seconds: float = SECONDS) -> None:
    """Look until it is so; fail when time runs out. For what nobody announces."""
    until = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < until, f"not within {seconds:g} s: {meaning}"
        time.sleep(0.02)
