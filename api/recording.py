"""The write side: from a posted body to receipts (DESIGN section 7)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from api.parsing import MOST_PROBLEMS, Posted, read_posted
from api.problems import Fault, Refusing, invalid_body
from domain.checks import Problem
from infrastructure.event_store import chain
from infrastructure.log import Appended, ContentConflict, GatheredLog, Receipt, Refused, Submission

JSON_TYPE = "application/json"

READ_AT_ONCE = 8_192
"""A body of so many bytes is read faster than it is handed to another thread."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What was posted, and the receipts for it."""

    posted: Posted
    appended: Appended

    def body(self) -> dict[str, Any]:
        """One receipt for one event, else a list of them."""
        receipts = [_plain(receipt) for receipt in self.appended.receipts]
        return receipts[0] if self.posted.alone else {"items": receipts}

    def location(self) -> str:
        """Where the event is; of a list, the place in the log where its first event stands."""
        if self.posted.alone:
            return f"/v1/events/{self.appended.receipts[0].id}"
        first = min(receipt.position for receipt in self.appended.receipts)
        return f"/v1/events?after={first - 1}"


async def record(
    appends: GatheredLog, raw: bytes, most_events: int, expected_position: int | None
) -> Recording:
    """Read the body and append its events. Raises what becomes a problem."""
    if len(raw) <= READ_AT_ONCE:
        posted = read_posted(raw, most_events)
    else:
        posted = await asyncio.to_thread(read_posted, raw, most_events)
    try:
        appended = await appends.append(Submission(posted.events, expected_position, checked=True))
    except Refused as refused:
        raise _refusing(posted, refused) from refused
    except ContentConflict as conflict:
        raise _other_content(posted, conflict) from conflict
    return Recording(posted, appended)


async def body_of(request: Request, most_bytes: int) -> bytes:
    """The raw body, of JSON by its content type, never holding more than `most_bytes` of it."""
    _require_json(request.headers.get("content-type", ""))
    too_large = Refusing(
        "body-too-large",
        f"at most {most_bytes:,} bytes are read; send the events in several requests",
        [Fault(f"must have at most {most_bytes:,} bytes", pointer="")],
    )
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > most_bytes:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise too_large
    return bytes(body)


def _require_json(content_type: str) -> None:
    media_type, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charsets = {p.partition("=")[2].strip('"') for p in parameters if p.startswith("charset")}
    if media_type != JSON_TYPE or charsets - {"utf-8"}:
        message = f"must be {JSON_TYPE}, in UTF-8"
        raise Refusing("not-json", message, [Fault(message, parameter="Content-Type")])


def _refusing(posted: Posted, refused: Refused) -> Refusing:
    """A conflict where every refusal is one, of the first one's kind; else invalid."""
    problems = [
        Problem(posted.pointer(index) + refusal.pointer, refusal.message)
        for index, refusal in refused.refusals[:MOST_PROBLEMS]
    ]
    kind = refused.refusals[0][1].conflict if refused.is_conflict else None
    return invalid_body(kind or "invalid-event", problems)


def _other_content(posted: Posted, conflict: ContentConflict) -> Refusing:
    message = "is recorded with other content; a correction is a new event with supersedes"
    places: Iterable[tuple[int, str]] = conflict.ids[:MOST_PROBLEMS]
    return invalid_body(
        "content-conflict",
        [
            Problem(f"{posted.pointer(index)}/id", f"{event_id} {message}")
            for index, event_id in places
        ],
    )


def _plain(receipt: Receipt) -> dict[str, Any]:
    return {
        "id": receipt.id,
        "position": receipt.position,
        "recorded_at": chain.rfc3339(chain.microseconds(receipt.recorded_at)),
        "hash": receipt.hash,
    }
