"""An appender as a process of its own: `python -m tests.crash.gap_appender NAME SEED`.

Appends numbered events, alone and in batches, on condition and without, until a line comes in on
its standard input. Then it says, as JSON in one line, which positions it was told it had got, and
how often a condition refused it.
"""

import json
import os
import sys
import threading
from random import Random
from typing import Any

from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.persistence import IntegrityError

from infrastructure.event_store import SqlRecorder
from tests.crash.ledger import opened

SIZES = ((1, 1), (2, 10), (50, 500), (1_000, 3_000))
"""From how many to how many events a batch has; each kind is as frequent as the others."""

CONTENDED = "contended"
"""A tag that all appenders use now and then, and on which they are refused now and then."""


class Appender:
    """Its events carry the numbers 0, 1, 2, … in the order of the log, whoever else appends."""

    def __init__(self, recorder: SqlRecorder, name: str, dice: Random) -> None:
        self._recorder = recorder
        self._name = name
        self._dice = dice
        self._next = 0
        self._last = 0
        self.ranges: list[tuple[int, int]] = []
        self.refused = 0

    def append(self) -> None:
        """Append one batch, unless its condition refuses it."""
        size = self._dice.randint(*self._dice.choice(SIZES))
        condition, more = self._condition()
        tags = [f"by:{self._name}", *more]
        batch = [
            DCBEvent("Numbered", f"{self._name} {number}".encode(), tags)
            for number in range(self._next, self._next + size)
        ]
        try:
            self._last = self._recorder.append(batch, condition)
        except IntegrityError:
            self.refused += 1
            return
        self._next += size
        self.ranges.append((self._last - size + 1, self._last))

    def _condition(self) -> tuple[DCBAppendCondition | None, list[str]]:
        """None, one that nobody else can break, or one that the others break now and then."""
        match self._dice.randrange(4):
            case 0:
                return unless(f"by:{self._name}", self._last), []
            case 1:
                seen = self._dice.choice([self._last, self._recorder.head().position])
                return unless(CONTENDED, seen), [CONTENDED]
            case _:
                return None, []


def unless(tag: str, after: int) -> DCBAppendCondition:
    """Refuse if an event with this tag came after a position."""
    return DCBAppendCondition(DCBQuery([DCBQueryItem(tags=[tag])]), after=after)


def main(name: str, seed: str) -> None:
    stop = threading.Event()

    def listen() -> None:
        sys.stdin.readline()
        stop.set()

    threading.Thread(target=listen, daemon=True).start()
    with opened(os.environ["FOEDUS_DATABASE_URL"]) as recorder:
        appender = Appender(recorder, name, Random(seed))
        while not stop.is_set():
            appender.append()
    said: dict[str, Any] = {"ranges": appender.ranges, "refused": appender.refused}
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
