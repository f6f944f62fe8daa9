"""A replay's place is free again however its answer ends."""

import asyncio
from collections.abc import Iterator
from datetime import date

import pytest
from starlette.types import Message

from api import auditing
from api.problems import Refusing
from infrastructure.audit import Progress, Step
from infrastructure.database import Database
from infrastructure.questions.viewpoints import AheadOfReadModel

NOWHERE = Database("sqlite:///unused")


class Gone(OSError):
    """The client is no longer there."""


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """A replay of three steps that notes when it has ended."""
    noted: list[bool] = []

    def replay(_: Database, position: int | None, __: date | None) -> Iterator[Step]:
        if position == 9:
            raise AheadOfReadModel(9, 3)
        try:
            for step in range(1, 4):
                yield Progress(step, 3)
        finally:
            noted.append(True)

    monkeypatch.setattr(auditing, "replay", replay)
    return noted


async def send_first_lines_only(parts: list[Message], most: int, message: Message) -> None:
    if message["type"] == "http.response.body" and len(parts) == most:
        raise Gone
    parts.append(message)


async def hold(parts: list[Message], most: int, *, listens: bool) -> asyncio.Lock:
    """Answer a client that leaves after so many parts of the answer, and return the lock."""
    running = asyncio.Lock()
    response = await auditing.replayed(NOWHERE, None, running)
    assert running.locked()

    async def send(message: Message) -> None:
        await send_first_lines_only(parts, most, message)

    async def receive() -> Message:
        if not listens:
            return {"type": "http.disconnect"}
        await asyncio.Event().wait()
        raise AssertionError

    scope = {"type": "http", "asgi": {"spec_version": "2.3"}}
    try:
        await response(scope, receive, send)
    except* Gone:
        pass
    return running


@pytest.mark.parametrize("most", [1, 2, 100])
async def test_the_next_may_begin_when_a_client_leaves(ended: list[bool], most: int) -> None:
    parts: list[Message] = []
    running = await hold(parts, most, listens=True)
    assert not running.locked()
    assert ended == [True]
    assert len(parts) == min(most, 5)


async def test_the_next_may_begin_when_a_client_says_that_it_leaves(ended: list[bool]) -> None:
    running = await hold([], 100, listens=False)
    assert not running.locked()
    assert ended == [True]


async def test_the_next_may_begin_when_a_replay_is_refused(ended: list[bool]) -> None:
    running = asyncio.Lock()
    with pytest.raises(Refusing):
        await auditing.replayed(NOWHERE, 9, running)
    assert not running.locked()
    assert not ended
