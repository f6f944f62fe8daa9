"""The usual row of the log, checked at speed; whatever is not usual is left to the full check.

Nine tenths of verifying a log is rows that are exactly as this program wrote them. For such a
row the header can be put together from the texts as they are stored, and the tags of the
index can be compared as one text that the database has joined. A row that passes here has
passed the full check (``verification``) too; of one that does not, nothing is said.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import islice
from json.encoder import encode_basestring as _quoted
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Integer, Select, Text, func, literal, select, type_coerce
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.types import NullType

from infrastructure.event_store import chain
from infrastructure.schema.log import event_tags

BETWEEN = '","'
"""What stands between two tags in the stored text, and in the joined text of the index."""

StoredRow = Sequence[Any]
"""A row of ``events``, columns in the table's order."""

JoinedTags = Sequence[Any]
"""Of one position: how many tags, their texts joined, the first and last type, how many odd."""


class Link(NamedTuple):
    """The last event found whole: the chain goes on from its hash."""

    position: int
    hash: bytes
    recorded_us: int | None = None


def joined_tags(dialect: Dialect) -> Select[*tuple[Any, ...]]:
    """The statement that joins the rows of ``event_tags``; one row for each position."""
    tags = event_tags.c
    joined: Any
    odd: Any = literal(0, Integer)
    if dialect.name == "postgresql":
        joined = func.string_agg(tags.tag, aggregate_order_by(literal(BETWEEN, Text), tags.tag))
    else:
        # The table lies in the order of position and tag; another order would only be slower.
        joined = func.group_concat(tags.tag, literal(BETWEEN, Text))
        odd = func.sum(func.typeof(tags.tag) != "text")
    each = tags.position, func.count(), joined, func.min(tags.type), func.max(tags.type), odd
    plain = (type_coerce(column, NullType()) for column in each)
    return select(*plain).group_by(tags.position).order_by(tags.position)


def follow(
    link: Link, rows: Sequence[StoredRow], begin: int, joined: Mapping[int, JoinedTags]
) -> tuple[Link, int]:
    """Follow the chain from row ``begin`` as far as rows are beyond doubt.

    Returns the last link, and the index of the row after it.
    """
    position, hash_, recorded_us = link
    index = begin
    try:
        for row in islice(rows, begin, None):
            if not _follows(position, hash_, recorded_us, row, joined):
                break
            position, hash_, recorded_us = row[0], row[10], row[4]
            index += 1
    except (TypeError, ValueError, AttributeError, OverflowError, KeyError):
        pass  # no tags, or a value of another type than the column's: the full check says which
    return Link(position, hash_, recorded_us), index


def _follows(
    last: int,
    last_hash: bytes,
    last_us: int | None,
    row: StoredRow,
    joined: Mapping[int, JoinedTags],
) -> bool:
    """Whether the row is beyond doubt the next link after that position, hash and time."""
    position, event_id, type_, version, recorded_us, by, tags, data, salt, leaf, hash_ = row
    if position != last + 1 or len(salt) != chain.SALT_BYTES:
        return False
    if last_us is not None and recorded_us <= last_us:
        return False
    if not _is_indexed(tags, type_, joined[position]):
        return False
    second, fraction = divmod(recorded_us, 1_000_000)
    header = (
        f'{{"id":{_quoted(event_id)},"position":{position:d},'
        f'"recorded_at":"{chain.to_the_second(second)}.{fraction:06d}Z",'
        f'"recorded_by":{"null" if by is None else _quoted(by)},'
        f'"schema_version":{version:d},"tags":{tags},"type":{_quoted(type_)}}}'
    )
    found = sha256(b"\x00%b%b\n%b" % (salt, header.encode(), data)).digest()
    return bool(found == leaf and sha256(last_hash + found).digest() == hash_)


def _is_indexed(written: str, type_: str, joined: JoinedTags) -> bool:
    """Whether the tags are written without escapes, and the index holds just these.

    The index has them joined in the order of its key, no two alike; it has as many as there are
    written, and no quote stands within one. So what is written is sorted, each tag once.
    """
    _, count, texts, first, last, odd = joined
    return (
        first == last == type_
        and not odd
        and f'["{texts}"]' == written
        and count == texts.count(BETWEEN) + 1
        and texts.count('"') == 2 * count - 2
        and "\\" not in texts
        and texts.isprintable()
    )
