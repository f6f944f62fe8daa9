"""Messages as bytes, and what is kept of the log's end."""

import asyncio
from typing import Any

import pytest
from eventsourcing.dcb.api import DCBEvent

from api.following import NEWEST, NEWEST_BYTES, Entry, Following
from api.streaming import PIECE, AsMessage, heartbeat, pieces
from infrastructure.event_store.envelope import StoredEvent
from infrastructure.questions.events import RecordedEvent
from tests.e2e.sse import blocks_of

TRICKY = ["line\nbreak", "\r", "\r\n", "id: 9", ": comment", "\u2028\u0085", "a\n\ndata: b", "é😀"]


def stored(position: int, size: int = 10) -> StoredEvent:
    return StoredEvent(
        event=DCBEvent("Told", b"x" * size, []),
        position=position,
        id=f"id-{position}",
        schema_version=1,
        recorded_us=0,
        recorded_by=None,
        salt=b"",
        leaf=b"",
        hash=b"",
    )


def entry(position: int, size: int = 10) -> Entry:
    return Entry(RecordedEvent(stored(position, size), None))


@pytest.mark.parametrize("text", TRICKY)
def test_no_text_breaks_out_of_its_message(text: str) -> None:
    form = AsMessage(lambda recorded: {"note": text, "at": recorded.stored.position})
    written = form(RecordedEvent(stored(7), None)).decode()
    [block] = blocks_of(written)
    assert block.fields == {"event": "message", "id": "7"}
    assert block.json == {"note": text, "at": 7}
    assert (len(block.data), block.comments) == (1, [])
    assert "\r" not in written


def test_a_heartbeat_tells_a_position_that_no_message_told() -> None:
    assert heartbeat(5, 5) == b": heartbeat\n\n"
    [block] = blocks_of(heartbeat(9, 5).decode())
    assert (block.comments, block.fields, block.data) == (["heartbeat"], {"id": "9"}, [])


@pytest.mark.parametrize("sizes", [[], [1], [PIECE], [PIECE + 1], [10, 3 * PIECE, 10], [7] * 9])
def test_pieces_are_small_and_whole(sizes: list[int]) -> None:
    messages = [bytes([65 + number]) * size for number, size in enumerate(sizes)]
    cut = [*pieces(messages)]
    assert b"".join(cut) == b"".join(messages)
    assert all(0 < len(piece) <= PIECE for piece in cut)


def test_a_message_is_written_once_for_each_form() -> None:
    written: list[int] = []

    def note(recorded: RecordedEvent) -> dict[str, Any]:
        written.append(recorded.stored.position)
        return {}

    one = entry(3)
    assert one.message(AsMessage(note)) is one.message(AsMessage(note))
    assert one.message(AsMessage(lambda _: {"other": 1})) != one.message(AsMessage(note))
    assert written == [3]


def following() -> Following:
    """One that has no database to read from."""
    unused: Any = None
    return Following(unused, unused, most_streams=1)


@pytest.mark.parametrize(
    ("sizes", "kept"),
    [
        ([10] * NEWEST, NEWEST),
        ([10] * (NEWEST + 5), NEWEST),
        ([NEWEST_BYTES // 4] * 9, 4),
        ([NEWEST_BYTES * 3], 1),
        ([10, 10, NEWEST_BYTES * 3], 1),
        ([NEWEST_BYTES * 3, 10, 10], 2),
    ],
    ids=str,
)
async def test_the_end_of_the_log_is_kept_within_bounds(sizes: list[int], kept: int) -> None:
    at = following()
    for position, size in enumerate(sizes, start=1):
        at._keep([entry(position, size)], position)
    assert len(at._newest) == kept
    assert at._newest_bytes == sum(sizes[-kept:])
    assert (at.position, at._floor) == (len(sizes), len(sizes) - kept)


async def test_waiting_ends_when_the_log_moves_and_when_time_is_up() -> None:
    at = following()
    at._reader = asyncio.create_task(asyncio.sleep(30))
    await at.moved(0, 0.01)
    waiting = asyncio.create_task(at.moved(0, 30))
    await asyncio.sleep(0)
    at._keep([entry(1)], 1)
    await asyncio.wait_for(waiting, 5)
    at._reader.cancel()
