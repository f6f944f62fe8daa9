"""Ids that an import makes: the same for the same record, whoever imports it, and when.

An event's id is made from its source, record, part and version, so that what the log holds of a record
is found by trying: version 0, 1, 2 and so on, until there is none. A withdrawal's id is made from that
of the event withdrawn.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from uuid import UUID

NAMESPACE = UUID("b0a4ed36-6c6e-5b8c-8f0b-2b8a0c5c9d11").bytes
"""Never to be changed: everything imported before would be imported anew."""

_LONGEST = 80
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def event_id(source: str, record: str, part: str, version: int) -> str:
    """The id of a version of a claim, counted from 0."""
    return _uuid(f"{source}\n{record}\n{part}\n{version}")


def withdrawal_id(event: str) -> str:
    """The id of the retraction by which an import withdraws an event."""
    return _uuid(f"withdrawn\n{event}")


def is_made(event: str) -> bool:
    """Whether the id may be one of these: those that people and programs draw are of another version."""
    return UUID(event).version == 5


def registration_id(source: str, actor: str) -> str:
    """The id of the registration of an actor that a source names first."""
    return _uuid(f"{source}\nactor\n{actor}")


def _uuid(name: str) -> str:
    """A UUIDv5 (RFC 9562) of the name, written as the log writes ids."""
    digest = hashlib.sha1(NAMESPACE + name.encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digest[16], 16) & 3]
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def slug(text: str) -> str:
    """A text as a slug of at most 80 letters; "" where it has no Latin letter or digit."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_SLUG.sub("-", plain).strip("-")[:_LONGEST].rstrip("-")
