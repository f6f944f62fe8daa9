"""`foedus load`: events from a file into the log, in batches that are whole or not at all."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import typer

from api.cli.event_files import Entry, EventFile, UnreadableFile, open_events
from api.cli.opening import Store, opened
from api.cli.stopping import Stop
from api.cli.terminal import progress
from api.settings import Settings
from domain.checks import Problem
from infrastructure.log import ContentConflict, Refused

BATCH = 1_000
"""As many events as the API takes in one request."""

MOST_PROBLEMS = 20
"""So many wrong places of a refused batch are named."""


@dataclass
class Loaded:
    """How many events have been read and appended so far."""

    read: int = 0
    new: int = 0
    made_ids: bool = False

    def __str__(self) -> str:
        return f"{self.read:,} events read, {self.new:,} new"

    def when_stopped(self) -> str:
        """What a refused batch leaves, and how to go on without loading anything twice."""
        stopped = f"stopped: {self}; nothing else of this file was stored"
        if self.read and self.made_ids:
            stopped += (
                f"\nthe first {self.read:,} events have ids made from this file's hash, and a "
                "changed file would be loaded anew: put the others into a file of their own "
                "before changing them"
            )
        return stopped


def load(
    file: Annotated[
        str,
        typer.Argument(
            help="A JSON array, a case file with `events`, or one event a line (NDJSON); "
            "- reads standard input.",
        ),
    ],
) -> None:
    """Append the events of a file; those the log holds already are not appended again."""
    loaded = Loaded()
    with opened(Settings()) as store:
        try:
            with open_events(file, sys.stdin.buffer) as events:
                _load(events, store, loaded)
        except UnreadableFile as error:
            raise Stop(f"{error}\n{loaded.when_stopped()}") from None
        head = store.recorder.head().position
        typer.echo(f"{loaded}; the log is at position {head:,}")
        store.bring_to_head()
        store.work_out_segments()


def _load(events: EventFile, store: Store, loaded: Loaded) -> None:
    with progress(f"loading {events.name}") as advance:
        for batch in _batches(events.entries()):
            _append(events, store, batch, loaded)
            advance(loaded.read, events.count)


def _batches(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    """Batches of at most 1,000; an id that comes again begins a new one, in which it is known."""
    batch: list[Entry] = []
    ids: set[str] = set()
    for entry in entries:
        event_id = entry.event.id if entry.event else ""
        if len(batch) == BATCH or event_id in ids:
            yield batch
            batch, ids = [], set()
        batch.append(entry)
        if event_id:
            ids.add(event_id)
    if batch:
        yield batch


def _append(events: EventFile, store: Store, batch: list[Entry], loaded: Loaded) -> None:
    """Append one batch; if any event of it is refused, none is stored."""
    wrong = [(entry, problem) for entry in batch for problem in entry.problems]
    if not wrong:
        try:
            appended = store.log.append([entry.event for entry in batch if entry.event])
        except (Refused, ContentConflict) as refused:
            wrong = list(_refusals(refused, batch))
        else:
            loaded.read += len(batch)
            loaded.new += appended.new
            loaded.made_ids |= events.made_ids
            return
    lines = [events.in_words(entry, problem) for entry, problem in wrong[:MOST_PROBLEMS]]
    if len(wrong) > MOST_PROBLEMS:
        lines.append(f"and {len(wrong) - MOST_PROBLEMS:,} more")
    raise UnreadableFile("\n".join(lines))


def _refusals(
    refused: Refused | ContentConflict, batch: list[Entry]
) -> Iterator[tuple[Entry, Problem]]:
    """What the log refused, with its places in the file."""
    if isinstance(refused, ContentConflict):
        for index, event_id in refused.ids:
            message = f"the log holds another content under {event_id}"
            yield batch[index], batch[index].at(Problem("/id", message))
    else:
        for index, refusal in refused.refusals:
            problem = Problem(refusal.pointer, refusal.message)
            yield batch[index], batch[index].at(problem)
