"""Writing to the terminal, or to a file or program in its place: then plain lines, never cut."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

Advance = Callable[[int, int | None], None]
"""Called with how much is done, and of how much in all where that is known."""

_PLAIN_WIDTH = 400
_PLAIN_EVERY_SECONDS = 5.0


def output() -> Console:
    """Where answers go."""
    return _console(stderr=False)


def messages() -> Console:
    """Where progress and errors go, so that answers can be piped."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _PLAIN_WIDTH
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


@contextmanager
def progress(doing: str, unit: str = "events") -> Iterator[Advance]:
    """Show how far long work is: a bar on a terminal, a plain line now and then elsewhere."""
    console = messages()
    if console.is_terminal:
        with _bar(console, doing) as advance:
            yield advance
    else:
        yield _lines(console, doing, unit)


@contextmanager
def _bar(console: Console, doing: str) -> Iterator[Advance]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(doing, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _lines(console: Console, doing: str, unit: str) -> Advance:
    """At most one line in five seconds; short work says nothing."""
    last = time.monotonic()

    def advance(done: int, total: int | None) -> None:
        nonlocal last
        if time.monotonic() - last < _PLAIN_EVERY_SECONDS:
            return
        last = time.monotonic()
        of = "" if total is None else f" of {total:,}"
        console.print(f"{doing}: {done:,}{of} {unit}", soft_wrap=True)

    return advance
