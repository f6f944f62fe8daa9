"""A reader as a process of its own: `python -m tests.crash.gap_reader HOW SEED`.

Follows the log from its beginning to the event of type End and checks every event it sees: no
position is left out or comes before an earlier one, nor does the number of any appender. Says in
the end, as JSON in one line, how many it checked; ends with an AssertionError if one was wrong.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from random import Random

from eventsourcing.dcb.api import DCBQuery, DCBQueryItem, DCBSequencedEvent

from infrastructure.event_store import SqlRecorder
from tests.crash.ledger import opened

END = "End"
IDLE = 0.002
"""Seconds until the head is looked at again where nothing wakes the reader."""

Follow = Callable[[SqlRecorder, Random], Iterable[DCBSequencedEvent]]


def by_reading(recorder: SqlRecorder, dice: Random) -> Iterator[DCBSequencedEvent]:
    """`read` after what was seen, as much as there is or a few at a time."""
    at = 0
    while True:
        before = at
        for found in recorder.read(after=at, limit=dice.choice([None, 1, 100, 5_000])):
            yield found
            at = found.position
        if at == before:
            time.sleep(IDLE)


def by_streaming(recorder: SqlRecorder, dice: Random) -> Iterator[DCBSequencedEvent]:
    """`stream` in batches of all sizes, up to the head of the moment."""
    at = 0
    while True:
        before, size = at, dice.choice([1, 7, 500, 5_000])
        for found in recorder.stream(after=at, batch_size=size):
            yield found
            at = found.position
            if at - before > 20 * size:
                break  # with another size
        if at == before:
            time.sleep(IDLE)


def by_subscribing(recorder: SqlRecorder, _dice: Random) -> Iterable[DCBSequencedEvent]:
    """The library's way: one iterator for ever."""
    return recorder.subscribe()


def by_subscribing_anew(recorder: SqlRecorder, dice: Random) -> Iterator[DCBSequencedEvent]:
    """Leave after a while, and come back where one was."""
    at = 0
    while True:
        subscription = recorder.subscribe(after=at)
        left = dice.randrange(1, 50_000)
        for found in subscription:
            yield found
            at = found.position
            left -= 1
            if not left:
                break
        subscription.close()


def by_tag(recorder: SqlRecorder, _dice: Random) -> Iterable[DCBSequencedEvent]:
    """One appender's events only: a query, whose positions have gaps and whose numbers have none."""
    own = DCBQueryItem(tags=["by:a"])
    return recorder.subscribe(DCBQuery([own, DCBQueryItem(types=[END])]))


WAYS: dict[str, Follow] = {
    "reading": by_reading,
    "streaming": by_streaming,
    "subscribing": by_subscribing,
    "subscribing-anew": by_subscribing_anew,
    "tag": by_tag,
}


def check(events: Iterable[DCBSequencedEvent], *, gapless: bool) -> int:
    """Check up to the end; how many events were seen. Raises AssertionError."""
    at = 0
    numbers: dict[str, int] = {}
    for seen, found in enumerate(events, start=1):
        assert found.position == at + 1 if gapless else found.position > at, (at, found.position)
        at = found.position
        if found.event.type == "Numbered":
            name, number = found.event.data.decode().split()
            assert int(number) == numbers.get(name, -1) + 1, (found.position, name, number)
            numbers[name] = int(number)
        if found.event.type == END:
            return seen
    raise AssertionError(f"the log ended at {at}")


def main(how: str, seed: str) -> None:
    began = time.monotonic()
    with opened(os.environ["FOEDUS_DATABASE_URL"]) as recorder:
        seen = check(WAYS[how](recorder, Random(seed)), gapless=how != "tag")
    said = {"how": how, "checked": seen, "seconds": round(time.monotonic() - began)}
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
