"""Verifying a log of ours: every stored byte by the chain, and every column by the data."""

from collections.abc import Iterable

from sqlalchemy import select

from infrastructure.database import Database
from infrastructure.event_store import chain, reading, verification
from infrastructure.event_store.verification import Known, Progress, Verdict
from infrastructure.proving.derived import examine
from infrastructure.schema.log import events

__all__ = ["Known", "Verdict", "verify_log"]


def verify_log(
    database: Database,
    progress: Progress | None = None,
    *,
    known: Iterable[Known] = (),
    since: Known | None = None,
) -> Verdict:
    """Walk the log up to its head, and tell whether it is whole and fits together.

    It must have the hashes that are ``known``. With ``since`` the walk begins there, and what
    comes before is taken to be what it was.
    """
    return verification.verify(database, progress, examine=examine, known=known, since=since)


def stored_hash(database: Database, position: int) -> Known | None:
    """Return what the log itself says of a position, None where it has no such event."""
    with database.read() as conn:
        if position == 0:
            return Known(0, chain.first_hash(reading.store_id(conn)))
        hash_ = conn.execute(select(events.c.hash).where(events.c.position == position)).scalar()
    return None if hash_ is None else Known(position, hash_)
