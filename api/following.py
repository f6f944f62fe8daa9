"""Following the log: what is new in it is read once, for all streams of this process.

A stream at the log's end takes from the newest events, which all share; one that is behind reads
stretches of its own, one at a time and only when its client has taken the one before. So nothing
is kept for a client but the stretch that it is being sent, no transaction is open while it takes
its time, and who only waits costs nothing (DESIGN sections 7 and 10).
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import takewhile

from api.problems import UNAVAILABLE, Refusing
from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder
from infrastructure.questions import events as log

Form = Callable[[log.RecordedEvent], bytes]
"""Writes an event as a message. Equal forms write the same."""

STRETCH = 500
STRETCH_BYTES = 256 * 1024
"""How much of the log is read at a time: events, and stored data unless one event has more."""

NEWEST = 1_000
NEWEST_BYTES = 1024 * 1024
"""How much of the log's end is kept for all streams; always the last event."""

_logger = logging.getLogger(__name__)


class Entry:
    """An event with its messages, each written once however many streams send it."""

    __slots__ = ("_messages", "recorded")

    def __init__(self, recorded: log.RecordedEvent) -> None:
        self.recorded = recorded
        self._messages: dict[Form, bytes] = {}

    @property
    def position(self) -> int:
        """Its place in the log."""
        return self.recorded.stored.position

    @property
    def size(self) -> int:
        """The bytes of its stored data."""
        return len(self.recorded.stored.event.data)

    def message(self, form: Form) -> bytes:
        """The event in this form."""
        if form not in self._messages:
            self._messages[form] = form(self.recorded)
        return self._messages[form]


@dataclass(frozen=True, slots=True)
class Followed:
    """The wanted events of a stretch, and how far it goes: behind `upto` nothing was missed."""

    entries: Sequence[Entry]
    upto: int


class Following:
    """The log's end, kept while there are streams, of which there are at most so many."""

    def __init__(self, database: Database, recorder: SqlRecorder, *, most_streams: int) -> None:
        self._database = database
        self._recorder = recorder
        self._most_streams = most_streams
        self._streams = Counter[Form]()
        self._newest = deque[Entry]()
        self._newest_bytes = 0
        self._floor = 0
        self._woken = asyncio.Event()
        self._moved = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self._ended = False
        self.position = 0

    @property
    def streams(self) -> int:
        """How many streams are open."""
        return self._streams.total()

    @property
    def running(self) -> bool:
        """Whether the log is being followed; when no longer, streams end."""
        return self._reader is not None and not self._ended

    @contextmanager
    def stream(self, form: Form, head: int) -> Iterator[None]:
        """Hold a place among the streams; `head`: where the log was seen to end. Raises Refusing."""
        if self._ended or self.streams >= self._most_streams:
            raise Refusing("too-many-streams", "try again in a while", headers={"Retry-After": "5"})
        self._streams[form] += 1
        if self._reader is None:
            self._floor = self.position = head
            self._reader = asyncio.create_task(self._read_on())
        try:
            yield
        finally:
            self._streams[form] -= 1
            self._woken.set()

    async def next(self, wanted: log.EventFilter, form: Form, after: int) -> Followed:
        """The next wanted events after a position, as far as the log is known; perhaps none."""
        if after < self._floor:
            return await self._behind(wanted, form, after)
        entries: list[Entry] = []
        size = 0
        for entry in self._since(after):
            if wanted.matches(entry.recorded):
                size += entry.size
                if entries and size > STRETCH_BYTES:
                    return Followed(entries, entries[-1].position)
                entries.append(entry)
        return Followed(entries, max(after, self.position))

    def _since(self, position: int) -> Iterator[Entry]:
        """The newest events beyond a position, the oldest first."""
        newer = takewhile(lambda entry: entry.position > position, reversed(self._newest))
        return reversed([*newer])

    async def moved(self, position: int, seconds: float) -> None:
        """Wait until the log is known beyond a position, for so long at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.running and self.position <= position:
                    await self._moved.wait()

    def end(self) -> None:
        """Let every stream end, and begin no other."""
        self._ended = True
        self._woken.set()
        self._tell()

    async def aclose(self) -> None:
        """End, and wait until nothing is read any more."""
        self.end()
        if self._reader is not None:
            await self._reader

    async def _behind(self, wanted: log.EventFilter, form: Form, after: int) -> Followed:
        question = partial(
            log.candidates,
            wanted=wanted,
            after=after,
            upto=self.position,
            limit=STRETCH,
            most_bytes=STRETCH_BYTES,
        )
        try:
            found = await self._database.ask(question)
        except UNAVAILABLE:
            await asyncio.sleep(self._recorder.poll_seconds)
            return Followed((), after)
        entries = await asyncio.to_thread(_entries, found, wanted, [form])
        return Followed(entries, found.upto)

    async def _read_on(self) -> None:
        """Read what is new until there is no stream any more."""
        wake = _Wake(asyncio.get_running_loop(), self._woken)
        self._recorder.listen(wake)
        try:
            while self.streams and not self._ended:
                self._woken.clear()
                if not await self._advance():
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._woken.wait(), self._recorder.poll_seconds)
        except Exception:
            _logger.critical("the streams end: the log cannot be read", exc_info=True)
        finally:
            self._recorder.unlisten(wake)
            self._newest.clear()
            self._newest_bytes = 0
            self._reader = None
            self._tell()

    async def _advance(self) -> bool:
        """Read the next stretch; False where there is none, or the database is away."""
        question = partial(log.beyond, after=self.position, limit=STRETCH, most_bytes=STRETCH_BYTES)
        try:
            found = await self._database.ask(question)
        except UNAVAILABLE as error:
            _logger.error("the streams wait for the database: %s", error)  # noqa: TRY400 - no trace wanted
            return False
        if found.upto == self.position:
            return False
        forms = [form for form, streams in self._streams.items() if streams]
        self._keep(await asyncio.to_thread(_entries, found, log.EventFilter(), forms), found.upto)
        return True

    def _keep(self, entries: Iterable[Entry], upto: int) -> None:
        """Add to the newest events, forget the oldest of them, and wake whoever waits."""
        for entry in entries:
            self._newest.append(entry)
            self._newest_bytes += entry.size
        while len(self._newest) > 1 and (
            len(self._newest) > NEWEST or self._newest_bytes > NEWEST_BYTES
        ):
            forgotten = self._newest.popleft()
            self._newest_bytes -= forgotten.size
            self._floor = forgotten.position
        self.position = upto
        self._tell()

    def _tell(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()


class _Wake(threading.Event):
    """Set by the recorder after an append, in any thread: it wakes the reader in its event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, woken: asyncio.Event) -> None:
        super().__init__()
        self._loop = loop
        self._woken = woken

    def set(self) -> None:
        """Wake; once the loop has closed there is nobody to."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._woken.set)


def _entries(found: log.Stretch, wanted: log.EventFilter, forms: Iterable[Form]) -> list[Entry]:
    """The wanted events of a stretch, read and written; too long a task for the event loop."""
    entries = [Entry(log.recorded(stored)) for stored in found.stored]
    kept = [entry for entry in entries if wanted.matches(entry.recorded)]
    for entry in kept:
        for form in forms:
            entry.message(form)
    return kept
