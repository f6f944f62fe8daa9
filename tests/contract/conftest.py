"""What the tests of the store share."""

from collections.abc import Iterator

import pytest
from eventsourcing.dcb.api import DCBEvent

from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.event_store.envelope import NewEvent
from tests.contract.tampering import FOREIGN, LENGTH


@pytest.fixture
def recorder(database: Database) -> Iterator[SqlRecorder]:
    made = SqlRecorder(database)
    yield made
    made.close()


@pytest.fixture
def log(recorder: SqlRecorder) -> SqlRecorder:
    """Twelve events, one of them another application's; each has a tag of its own."""
    recorded = [
        NewEvent("Coup", b'{"n":%d}' % n, ["shared", f"own:{n}"], f"id-{n}", 1, "ann")
        for n in range(1, LENGTH + 1)
    ]
    foreign = DCBEvent("Foreign", b"\x00\xff", ["z", "shared", "shared"])
    recorder.append([*recorded[: FOREIGN - 1], foreign, *recorded[FOREIGN:]])
    return recorder
