"""What must hold after every crash: the log against the receipts, the read models against the fold.

Every look opens the database anew and closes it, so that the test is no reader that keeps a file
or a connection alive while the next crash happens.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

from domain.event import Recorded
from domain.fold.alignment import alignments as folded_alignments
from domain.viewpoint import Viewpoint
from infrastructure.answering import plain
from infrastructure.codec import event_of
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder, chain, reading
from tests.crash.clients import Clients, Receipt
from tests.crash.programs import Programs

FOLDED = 12
"""So many actors' whole matrix is compared with the reference fold, which is slow and plain."""

VALID_AT = date(2024, 7, 1)


class Ledger:
    """The log as it was found until now; each look goes on from the last position seen."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.position = 0
        self.events: dict[str, Receipt] = {}
        self._link: bytes | None = None

    def check(self, receipts: Mapping[str, Receipt]) -> None:
        """No gap, no repeated id, the chain whole, and every receipt true.

        The receipts are those of before the look; the log may hold more by now.
        """
        promised = dict(receipts)
        with opened(self.url) as recorder:
            self._follow(recorder)
        for event_id, receipt in promised.items():
            assert self.events.get(event_id) == receipt, event_id

    def _follow(self, recorder: SqlRecorder) -> None:
        if self._link is None:
            with recorder.database.read() as conn:
                self._link = chain.first_hash(reading.store_id(conn))
        for stored in recorder.stream(after=self.position):
            assert stored.position == self.position + 1
            self.position = stored.position
            self._link = chain.next_hash(self._link, stored.leaf)
            assert stored.hash == self._link, stored.position
            if stored.id is not None:
                assert stored.id not in self.events
                recorded_at = chain.rfc3339(stored.recorded_us)
                receipt = Receipt(stored.position, stored.hash.hex(), recorded_at)
                self.events[stored.id] = receipt

    def settle(self, clients: Clients, programs: Programs) -> None:
        """The end, when nobody writes: exactly what was acknowledged, and all of it proven."""
        self.check(clients.receipts)
        assert self.events == clients.receipts
        prove(self.url, programs, clients.actors)


def prove(url: str, programs: Programs, actors: list[str]) -> None:
    """`verify` and `replay` in full, and the matrix of some actors equal to the fold's."""
    programs.done("verify", url=url)
    programs.done("replay", url=url)
    known = sorted(actors)[:FOLDED]
    said = programs.done("ask", *known, "--valid-at", VALID_AT.isoformat(), "--json", url=url)
    [answer] = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    with opened(url) as recorder:
        log = [
            Recorded(position=one.position, recorded_at=one.recorded_at, event=event_of(one))
            for one in recorder.stream()
            if one.id is not None
        ]
        viewpoint = Viewpoint(valid_at=VALID_AT, position=recorder.head().position)
    assert answer["viewpoint"]["position"] == viewpoint.position
    folded = [plain(pair) for pair in folded_alignments(log, viewpoint, known)]
    assert answer["alignments"] == json.loads(json.dumps(folded))


@contextmanager
def opened(url: str) -> Iterator[SqlRecorder]:
    """A recorder of the test's own for a moment."""
    database = Database(url)
    recorder = SqlRecorder(database)
    try:
        yield recorder
    finally:
        recorder.close()
        database.dispose()
