"""What must hold after every crash: the log against the receipts, the read models against the fold.

Every look opens the database anew and closes it, so that the test is no reader that keeps a file
or a connection alive while the next crash happens.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import httpx

from domain.event import Recorded
from domain.fold.alignment import alignments as folded_alignments
from domain.viewpoint import Viewpoint
from infrastructure.answering import plain
from infrastructure.codec import event_of
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder, chain, reading
from tests.crash.clients import Clients, Receipt
from tests.crash.programs import SECONDS

FOLDED = 6
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

    async def settle(self, clients: Clients, base: str) -> None:
        """The end, when nobody writes: exactly what was acknowledged, and all of it proven."""
        await asyncio.to_thread(self.check, clients.receipts)
        assert self.events == clients.receipts
        await self._prove(base, clients.actors)

    async def _prove(self, base: str, actors: list[str]) -> None:
        """Verified and replayed in full, and the matrix of some actors equal to the fold's."""
        known = sorted(actors[:FOLDED])
        asked: dict[str, str | int] = {
            "actors": ",".join(known),
            "valid_at": VALID_AT.isoformat(),
            "known_at": self.position,
            "wait": 30,
        }
        async with httpx.AsyncClient(base_url=base, timeout=20 * SECONDS) as client:
            answer = await client.get("/v1/alignments", params=asked)
            assert answer.status_code == 200, answer.text
            verified = (await client.get("/v1/audit/verify")).json()
            assert (verified["ok"], verified["position"]) == (True, self.position), verified
            lines = (await client.get("/v1/audit/replay")).text.splitlines()
            replayed = json.loads(lines[-1])
            assert (replayed["ok"], replayed["position"]) == (True, self.position), replayed
        folded = await asyncio.to_thread(self._folded, known)
        assert answer.json()["alignments"] == folded

    def _folded(self, actors: list[str]) -> Any:
        """Every pair's alignment as the reference fold derives it from the log."""
        with opened(self.url) as recorder:
            log = [
                Recorded(position=one.position, recorded_at=one.recorded_at, event=event_of(one))
                for one in recorder.stream()
                if one.id is not None
            ]
        viewpoint = Viewpoint(valid_at=VALID_AT, position=self.position)
        pairs = [plain(pair) for pair in folded_alignments(log, viewpoint, actors)]
        return json.loads(json.dumps(pairs))


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
