"""Ids that an import makes: the same for the same record, whoever imports it, and when.

An event's id is made from its source, record, part and version, so that what the log holds of a record
is found by trying: version 0, 1, 2 and so on, until there is none. It begins with a mark of its source,
so that what an import made is told from what people append. A withdrawal's id is made from that of the
event withdrawn.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from typing import Literal
from uuid import UUID

NAMESPACE = UUID("b0a4ed36-6c6e-5b8c-8f0b-2b8a0c5c9d11").bytes
"""Never to be changed: everything imported before would be imported anew."""

_LONGEST = 80
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def event_id(source: str, record: str, part: str, version: int) -> str:
    """The id of a version of a claim, counted from 0: it tells whose it is (`is_claim_of`)."""
    told = _digest(f"{source}\n{record}\n{part}\n{version}")
    return _uuid(_mark(source) + told, 8)


def is_claim_of(source: str, event: str) -> bool:
    """Whether an import of the source made the event: no other program makes such an id."""
    return event.startswith(_mark(source)) and event[14] == "8"


def claims_of(source: str) -> tuple[str, str]:
    """Between which two texts the ids of all claims of a source stand in order."""
    mark = _mark(source)
    return f"{mark}-", f"{mark}."


def withdrawal_id(event: str) -> str:
    """The id of the retraction by which an import withdraws an event."""
    return _uuid(_digest(f"withdrawn\n{event}"), 5)


def registration_id(source: str, actor: str, version: int = 0) -> str:
    """The id of the registration of an actor that a source names first.

    `version`: how many such registrations of the actor were taken back.
    """
    again = f"\n{version}" if version else ""
    return _uuid(_digest(f"{source}\nactor\n{actor}{again}"), 5)


@lru_cache(maxsize=64)
def _mark(source: str) -> str:
    """The 32 bits with which the ids of a source's claims begin."""
    return _digest(f"source\n{source}")[:8]


def _digest(name: str) -> str:
    return hashlib.sha1(NAMESPACE + name.encode(), usedforsecurity=False).hexdigest()


def _uuid(digest: str, version: Literal[5, 8]) -> str:
    """A UUID (RFC 9562) of a digest: of version 5 its beginning, of version 8 our own order of bits."""
    variant = "89ab"[int(digest[16], 16) & 3]
    return f"{digest[:8]}-{digest[8:12]}-{version}{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def slug(text: str) -> str:
    """A text as a slug of at most 80 letters; "" where it has no Latin letter or digit."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_SLUG.sub("-", plain).strip("-")[:_LONGEST].rstrip("-")
