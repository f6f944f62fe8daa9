"""A second process that appends: run as a program, told by its standard input when to start.

    python appender.py URL NAME COUNT

Each event counts the `shared` events before it, and is refused if another came in between;
it also has a tag of its own, of which nobody else's condition speaks. Prints one line
per acknowledged event: its position.
"""

import json
import sys

from eventsourcing.dcb.api import DCBAppendCondition, DCBQuery, DCBQueryItem
from eventsourcing.persistence import IntegrityError

from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.event_store.envelope import NewEvent

SHARED = DCBQuery([DCBQueryItem(types=["Counted"], tags=["shared"])])


def append_counting(recorder: SqlRecorder, name: str, count: int) -> tuple[list[int], int]:
    """Append ``count`` counted events and return their positions and how often it was refused."""
    positions: list[int] = []
    refusals = 0
    while len(positions) < count:
        found = recorder.read(SHARED)
        data = json.dumps({"before": sum(1 for _ in found), "by": name}).encode()
        event = NewEvent("Counted", data, ["shared", f"by:{name}"], id=f"{name}-{len(positions)}")
        try:
            positions += [recorder.append([event], DCBAppendCondition(SHARED, after=found.head))]
        except IntegrityError:
            refusals += 1
    return positions, refusals


def append_apart(recorder: SqlRecorder, name: str, count: int) -> list[int]:
    """Append ``count`` events under a condition that no other appender can break."""
    own = DCBQuery([DCBQueryItem(tags=[f"own:{name}"])])
    positions: list[int] = []
    for number in range(count):
        event = NewEvent("Apart", b"{}", [f"own:{name}"], id=f"apart-{name}-{number}")
        after = positions[-1] if positions else 0
        positions += [recorder.append([event], DCBAppendCondition(own, after=after))]
    return positions


def main(url: str, name: str, count: str) -> None:
    database = Database(url)
    recorder = SqlRecorder(database)
    say("ready")
    sys.stdin.readline()
    counted, _ = append_counting(recorder, name, int(count))
    say(*counted, *append_apart(recorder, name, int(count)))
    database.dispose()


def say(*lines: object) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
