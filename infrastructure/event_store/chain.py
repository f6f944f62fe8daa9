"""The salted leaves and the hash chain over the log (DESIGN.md section 8).

    leaf_n = SHA-256(0x00 || salt_n || header_n || 0x0A || data_n)
    hash_n = SHA-256(hash_{n-1} || leaf_n)        hash_0 = SHA-256(store id)

The salt keeps a leaf from being guessed after its event was erased. The header is the
RFC 8785 canonical JSON of what the store knows about the event beside its data; it is put
together here by hand, because it is needed for every event that is written or verified
and has only these seven members.
"""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from json.encoder import encode_basestring as _quoted

SALT_BYTES = 16
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = EPOCH.replace(tzinfo=None)
MICROSECOND = timedelta(microseconds=1)


def new_salts(count: int) -> list[bytes]:
    """Return so many random salts, asked of the system at once."""
    drawn = secrets.token_bytes(SALT_BYTES * count)
    return [drawn[start : start + SALT_BYTES] for start in range(0, len(drawn), SALT_BYTES)]


def first_hash(store_id: bytes) -> bytes:
    """Return the hash that stands before the first event."""
    return sha256(store_id).digest()


def header(
    *,
    position: int,
    id: str | None,
    type: str,
    schema_version: int,
    recorded_at: int,
    recorded_by: str | None,
    tags: Iterable[str],
) -> bytes:
    """Return the canonical JSON of an event's envelope. ``recorded_at`` in microseconds.

    Tags are sorted by code point. Raises UnicodeEncodeError for text that is not Unicode.
    """
    return (
        f'{{"id":{_text_or_null(id)},"position":{position:d},'
        f'"recorded_at":"{rfc3339(recorded_at)}","recorded_by":{_text_or_null(recorded_by)},'
        f'"schema_version":{schema_version:d},"tags":{json_texts(sorted(tags))},"type":{_quoted(type)}}}'
    ).encode()


def json_texts(texts: Iterable[str]) -> str:
    """Return the canonical JSON of a list of text."""
    return f"[{','.join(map(_quoted, texts))}]"


def leaf_hash(salt: bytes, header: bytes, data: bytes) -> bytes:
    return sha256(b"\x00" + salt + header + b"\n" + data).digest()


def next_hash(previous: bytes, leaf: bytes) -> bytes:
    return sha256(previous + leaf).digest()


def moment(microseconds: int) -> datetime:
    """Return the UTC time that many microseconds after the epoch."""
    return EPOCH + timedelta(microseconds=microseconds)


def rfc3339(microseconds: int) -> str:
    """Return that time as answers and headers write it: UTC, always with six decimals."""
    seconds, rest = divmod(microseconds, 1_000_000)
    return f"{to_the_second(seconds)}.{rest:06d}Z"


@lru_cache(maxsize=1024)
def to_the_second(seconds: int) -> str:
    """Return the time without its fraction."""
    return (_NAIVE_EPOCH + timedelta(seconds=seconds)).isoformat()


def microseconds(moment: datetime) -> int:
    """Return the whole microseconds from the epoch to ``moment``, which knows its time zone."""
    return (moment - EPOCH) // MICROSECOND


def _text_or_null(text: str | None) -> str:
    return "null" if text is None else _quoted(text)
