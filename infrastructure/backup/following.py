"""The hash chain followed event by event, as a log is written to a backup or read from one."""

from infrastructure.event_store import chain
from infrastructure.event_store.envelope import NewEvent, StoredEvent, leaf_of, prepared
from infrastructure.event_store.errors import UnstorableEvent

LAST_VERSION = 2**31 - 1
"""As much as the column for schema versions holds."""


class BrokenChain(ValueError):
    """Says why an event does not follow from the one before."""


class Following:
    """How far the chain of one store has been found whole."""

    def __init__(self, store_id: bytes) -> None:
        self.position = 0
        self.hash = chain.first_hash(store_id)
        self._recorded_us: int | None = None

    def take(self, stored: StoredEvent) -> None:
        """Go on to ``stored``, the event at the next position. Raises BrokenChain."""
        if stored.position != self.position + 1:
            raise BrokenChain(f"position {stored.position:,} follows {self.position:,}")
        if leaf_of(stored) != stored.leaf:
            raise BrokenChain("the leaf is not that of the event")
        if chain.next_hash(self.hash, stored.leaf) != stored.hash:
            raise BrokenChain("the hash does not follow from the leaf and the hash before")
        if self._recorded_us is not None and stored.recorded_us <= self._recorded_us:
            raise BrokenChain("the time is not later than that of the event before")
        tags = stored.event.tags
        if stored.id is not None and tags != sorted(set(tags)):
            raise BrokenChain("the tags are not sorted")
        _refuse_unstorable(stored)
        self.position, self.hash = stored.position, stored.hash
        self._recorded_us = stored.recorded_us


def _refuse_unstorable(stored: StoredEvent) -> None:
    """Raise BrokenChain for what no append would have taken, and not every database can keep."""
    if not 0 <= stored.schema_version <= LAST_VERSION:
        raise BrokenChain(f"there is no schema version {stored.schema_version}")
    event = stored.event
    try:
        prepared(NewEvent(event.type, event.data, event.tags, stored.id, 0, stored.recorded_by))
    except UnstorableEvent as error:
        raise BrokenChain(str(error)) from None
