"""The rows of `events` and `event_tags` as our store writes them, for those that write them raw."""

import os
from collections.abc import Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from benchmarks.material import Draft
from infrastructure.event_store.chain import SALT_BYTES
from infrastructure.event_store.envelope import tags_text
from infrastructure.schema.log import event_tags, events

EVENT_COLUMNS = tuple(column.name for column in events.c)
TAG_COLUMNS = tuple(column.name for column in event_tags.c)

_HASH_BYTES = 32
_STARTED_US = 1_700_000_000_000_000


class Rows(NamedTuple):
    """The rows of one batch: tuples in the tables' order of columns."""

    events: list[tuple[Any, ...]]
    tags: list[tuple[int, str, str]]


def raw_rows(drafts: Sequence[Draft], after: int) -> Rows:
    """Rows of the right size for positions beyond `after`; leaf and hash are dice, not computed."""
    rows = Rows([], [])
    for position, draft in enumerate(drafts, after + 1):
        dice = os.urandom(SALT_BYTES + 2 * _HASH_BYTES)
        values = {
            "position": position,
            "event_id": draft.id,
            "type": draft.type,
            "schema_version": 1,
            "recorded_at": _STARTED_US + position,
            "recorded_by": None,
            "tags": tags_text(draft.tags),
            "data": draft.data,
            "salt": dice[:SALT_BYTES],
            "leaf": dice[SALT_BYTES:-_HASH_BYTES],
            "hash": dice[-_HASH_BYTES:],
        }
        rows.events.append(_in_order(values))
        rows.tags.extend((position, tag, draft.type) for tag in draft.tags)
    return rows


_in_order = itemgetter(*EVENT_COLUMNS)
