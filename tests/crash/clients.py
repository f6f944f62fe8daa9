"""Clients that report events under ids of their own and never give one up.

What a client is told counts: every receipt is kept. On a broken connection, or an answer that the
server cannot write just now, it posts the same event again until it has a receipt, as the HTTP
interface asks of it (DESIGN section 7).
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

import httpx

from tests.crash.programs import SECONDS
from tests.e2e.http import attack, formation, registration

CLIENTS = 16
PAUSE = 0.2
"""Seconds between two attempts."""

RETRIED = frozenset({503, 507})
"""The server cannot write just now: whoever has given its events ids may post them again."""

SHARED = ("everybody-1", "everybody-2")


class Receipt(NamedTuple):
    """What the server promised about an event."""

    position: int
    hash: str
    recorded_at: str


class Reporter:
    """Makes up one event after another, each valid after those before it were acknowledged."""

    def __init__(self, number: int, dice: Random) -> None:
        self.actors = (f"attacker-{number}", f"target-{number}")
        self._number = number
        self._dice = dice
        self._made = 0
        self._live: list[str] = []

    def next(self) -> dict[str, Any]:
        """An attack mostly; at times a correction, a retraction or a denial of one, or a pact."""
        self._made += 1
        event_id = str(UUID(int=self._dice.getrandbits(128), version=4))
        makers = [self._attack, self._corrected, self._retracted, self._denied, self._formed]
        [make] = self._dice.choices(makers, (6, 1, 1, 1, 1))
        if not self._live:
            make = self._attack
        return make() | {"id": event_id}

    def acknowledged(self, event: dict[str, Any]) -> None:
        """The event is in the log, and later ones may be about it."""
        for ended in (event.get("supersedes"), event["data"].get("event")):
            if ended in self._live and event["type"] != "ReportDenied":
                self._live.remove(ended)
        if event["type"] == "AttackReported":
            self._live.append(event["id"])

    def _attack(self) -> dict[str, Any]:
        pair = self.actors if self._dice.random() < 0.8 else SHARED
        note = "n" * self._dice.randrange(500)
        fields = {"note": note} if note else {}
        attacked: dict[str, Any] = attack(*pair, occurred=self._day(), **fields)
        return attacked

    def _corrected(self) -> dict[str, Any]:
        return self._attack() | {"supersedes": self._one(), "reason": "a better source"}

    def _retracted(self) -> dict[str, Any]:
        data = {"event": self._one(), "reason": "withdrawn"}
        return {"type": "ReportRetracted", "occurred": "2024-06-01", "data": data}

    def _denied(self) -> dict[str, Any]:
        data = {"event": self._one()}
        claim = {"claimant": self.actors[0]}
        return {"type": "ReportDenied", "occurred": "2024-06-01", "data": data, "claim": claim}

    def _formed(self) -> dict[str, Any]:
        name = f"pact-{self._number}-{self._made}"
        pact: dict[str, Any] = formation(name, *self.actors, occurred=self._day())
        return pact

    def _one(self) -> str:
        return self._dice.choice(self._live)

    def _day(self) -> str:
        return f"{self._dice.randrange(1990, 2025)}-{self._dice.randrange(1, 13):02}-01"


class Clients:
    """What all clients of a test were told. `base` gives the server's address of the moment."""

    def __init__(self, base: Callable[[], str], dice: Random, count: int = CLIENTS) -> None:
        self._base = base
        self._reporters = [Reporter(n, Random(dice.getrandbits(64))) for n in range(count)]
        self._progress = asyncio.Event()
        self.receipts: dict[str, Receipt] = {}
        self.broken = 0
        """How often a connection broke before the answer."""
        self.refused: Counter[str] = Counter()
        """How often each kind of problem was answered, where the event was posted again."""

    @property
    def actors(self) -> list[str]:
        return [*SHARED, *(actor for one in self._reporters for actor in one.actors)]

    @asynccontextmanager
    async def reporting(self) -> AsyncIterator[None]:
        """All report at once until the block ends; each then gets the receipt it waits for."""
        async with httpx.AsyncClient(timeout=SECONDS) as connection:
            for actor in self.actors:
                await self._until_acknowledged(connection, _known(actor))
        stop = asyncio.Event()
        async with asyncio.timeout(None) as limit, asyncio.TaskGroup() as group:
            for reporter in self._reporters:
                group.create_task(self._report(reporter, stop))
            try:
                yield
            finally:
                stop.set()
                limit.reschedule(asyncio.get_running_loop().time() + SECONDS)

    async def more(self, count: int) -> None:
        """Wait until so many more events were acknowledged."""
        wanted = len(self.receipts) + count
        await self._until(lambda: len(self.receipts) >= wanted)

    async def disturbed(self, times: int = 1) -> None:
        """Wait until clients have noticed so many times more that something is wrong."""
        noticed = self.broken + self.refused.total() + times
        await self._until(lambda: self.broken + self.refused.total() >= noticed)

    async def _until(self, so: Callable[[], bool]) -> None:
        async with asyncio.timeout(SECONDS):
            while not so():
                self._progress.clear()
                await self._progress.wait()

    async def _report(self, reporter: Reporter, stop: asyncio.Event) -> None:
        async with httpx.AsyncClient(timeout=SECONDS) as connection:
            while not stop.is_set():
                event = reporter.next()
                await self._until_acknowledged(connection, event)
                reporter.acknowledged(event)

    async def _until_acknowledged(
        self, connection: httpx.AsyncClient, event: dict[str, Any]
    ) -> None:
        until = asyncio.get_running_loop().time() + SECONDS
        while not await self._acknowledged(connection, event):
            assert asyncio.get_running_loop().time() < until, (event, self.refused)
            await asyncio.sleep(PAUSE)

    async def _acknowledged(self, connection: httpx.AsyncClient, event: dict[str, Any]) -> bool:
        """Post the event; whether it has a receipt now."""
        response = None
        with suppress(httpx.TransportError):
            response = await connection.post(f"{self._base()}/v1/events", json=event)
        self._progress.set()
        if response is None:
            self.broken += 1
            return False
        if response.status_code in RETRIED:
            self.refused[kind_of(response)] += 1
            return False
        assert response.status_code in {200, 201}, response.text
        self.take(response.json())
        return True

    def take(self, body: dict[str, Any]) -> None:
        """Keep a receipt; a second one for the same event must be the first again."""
        receipt = Receipt(body["position"], body["hash"], body["recorded_at"])
        assert self.receipts.setdefault(body["id"], receipt) == receipt, body


def kind_of(response: httpx.Response) -> str:
    """The kind of a problem, which must be a whole document that tells nothing of the inside."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    problem = json.loads(response.content)
    assert problem["status"] == response.status_code
    assert response.headers["retry-after"]
    for secret in ("sqlite", "postgres", "/tmp", "psycopg", "Traceback"):  # noqa: S108 - looked for
        assert secret not in response.text
    kind: str = problem["type"].rpartition(":")[2]
    return kind


def _known(actor: str) -> dict[str, Any]:
    known: dict[str, Any] = registration(actor)
    return known | {"id": str(UUID(int=Random(actor).getrandbits(128), version=4))}
