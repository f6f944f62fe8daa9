"""Audits over HTTP: long reading in a thread of its own, one of each at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from datetime import date
from typing import Any, TypeVar, cast

from anyio import to_thread
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from api.answering import NDJSON, as_line
from api.problems import Refusing, ahead_of_read_model, wrong_parameter
from infrastructure.answering import plain
from infrastructure.audit import Step, replay
from infrastructure.database import Database
from infrastructure.proving.prover import OutOfRange
from infrastructure.proving.tree import LogDamaged
from infrastructure.proving.verifying import verify_log
from infrastructure.questions.viewpoints import AheadOfReadModel

Steps = Generator[Step]
Answer = TypeVar("Answer")


async def verified(database: Database, running: asyncio.Lock) -> dict[str, Any]:
    """Whether every stored byte is what was recorded, and every column what its data gives."""
    _refuse_second(running, "verify")
    async with running:
        verdict = await asyncio.to_thread(verify_log, database)
    bad = verdict.first_bad
    return {
        "ok": verdict.ok,
        "position": verdict.position,
        "hash": verdict.hash.hex(),
        "first_bad": None if bad is None else {"position": bad.position, "reason": bad.reason},
    }


async def proven(proving: Callable[[], Answer]) -> Answer:
    """What was to be proven, or why it cannot be."""
    try:
        return await asyncio.to_thread(proving)
    except OutOfRange as beyond:
        raise wrong_parameter(beyond.parameter, str(beyond)) from beyond
    except LogDamaged as damaged:
        detail = f"{damaged}. /v1/audit/verify tells more."
        raise Refusing("log-damaged", detail) from damaged


async def replayed(
    database: Database, position: int | None, running: asyncio.Lock, valid_at: date | None = None
) -> StreamingResponse:
    """The replay's steps as lines. What it refuses, it refuses before the first line is sent."""
    steps = cast(Steps, replay(database, position, valid_at))
    _refuse_second(running, "replay")
    await running.acquire()
    try:
        first = await to_thread.run_sync(next, steps)
    except AheadOfReadModel as ahead:
        running.release()
        raise ahead_of_read_model(ahead, "position") from ahead
    except BaseException:
        running.release()
        raise
    return _Holding(first, steps, running)


class _Holding(StreamingResponse):
    """Ends the replay when the answer has ended, however it ends, and lets the next one begin."""

    def __init__(self, first: Step, steps: Steps, running: asyncio.Lock) -> None:
        super().__init__(_lines(first, steps), media_type=NDJSON)
        self._steps = steps
        self._running = running

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._steps.close()
            self._running.release()


async def _lines(first: Step, steps: Steps) -> AsyncIterator[bytes]:
    step: Step | None = first
    while step is not None:
        yield as_line(plain(step))
        # Unlike asyncio's, this waits for its thread when it is cancelled.
        step = await to_thread.run_sync(next, steps, None)


def _refuse_second(running: asyncio.Lock, name: str) -> None:
    if running.locked():
        raise Refusing("busy", f"another {name} is under way", headers={"Retry-After": "10"})
