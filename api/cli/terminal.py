"""Writing to the terminal, or to a file or program in its place: then plain lines, never cut."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

Advance = Callable[[int, int | None], None]
"""Called with how much is done, and of how much in all where that is known."""

_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
_REORDERING = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_STEERING = dict.fromkeys((*_CONTROLS, *_REORDERING), "\ufffd")

_WIDEST = 400
_PLAIN_EVERY_SECONDS = 5.0


def output() -> Console:
    """Where answers go. Lines are as long as they are: a terminal wraps them, nothing is cut."""
    return _console(sys.stdout, _WIDEST)


def messages() -> Console:
    """Where progress and errors go, so that answers can be piped."""
    return _console(sys.stderr, None if sys.stderr.isatty() else _WIDEST)


def printable(text: str) -> str:
    """Text on one line that cannot steer the terminal: what sources call themselves is not ours."""
    return text.translate(_STEERING)


def say(console: Console, *lines: str) -> None:
    """Write lines for people, however long they are."""
    for line in lines:
        console.print(printable(line), soft_wrap=True)


def bare_table() -> Table:
    """A table without a frame, whose columns the caller adds."""
    return Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)


def _console(stream: TextIO, width: int | None) -> Console:
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


@contextmanager
def progress(doing: str, unit: str = "events") -> Iterator[Advance]:
    """Show how far long work is: a bar on a terminal, a plain line now and then elsewhere."""
    console = messages()
    if console.is_terminal:
        with _bar(console, doing, unit) as advance:
            yield advance
    else:
        yield _lines(console, doing, unit)


@contextmanager
def _bar(console: Console, doing: str, unit: str) -> Iterator[Advance]:
    """A bar that appears with the first step, so that what is done already shows none."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        MofNCompleteColumn(),
        _Rate(unit),
        TimeRemainingColumn(),
    )
    bar = Progress(*columns, console=console, transient=True)
    task = bar.add_task(doing, total=None)

    def advance(done: int, total: int | None) -> None:
        bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield advance
    finally:
        bar.stop()


class _Rate(ProgressColumn):
    """How much is done in a second, of late."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        return Text("" if task.speed is None else f"{task.speed:,.0f} {self._unit}/s")


def _lines(console: Console, doing: str, unit: str) -> Advance:
    """At most one line in five seconds; short work says nothing."""
    last = time.monotonic()
    first: tuple[int, float] | None = None

    def advance(done: int, total: int | None) -> None:
        nonlocal last, first
        now = time.monotonic()
        if first is None:
            first = done, now  # what was done before this program began says nothing of its rate
        if now - last < _PLAIN_EVERY_SECONDS:
            return
        last = now
        of = "" if total is None else f" of {total:,}"
        rate = (done - first[0]) / (now - first[1]) if now > first[1] else 0
        console.print(
            f"{doing}: {done:,}{of} {unit}{_pace(rate, unit, done, total)}", soft_wrap=True
        )

    return advance


def _pace(rate: float, unit: str, done: int, total: int | None) -> str:
    """How fast work goes, and how long it will take at that rate."""
    if rate <= 0:
        return ""
    left = "" if total is None else f", {timedelta(seconds=round((total - done) / rate))} left"
    return f", {rate:,.0f} {unit}/s{left}"
