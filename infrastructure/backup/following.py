"""The hash chain followed event by event, as a log is written to a backup or read from one."""

from infrastructure.event_store import chain
from infrastructure.event_store.envelope import StoredEvent


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
        if _leaf(stored) != stored.leaf:
            raise BrokenChain("the leaf is not that of the event")
        if chain.next_hash(self.hash, stored.leaf) != stored.hash:
            raise BrokenChain("the hash does not follow from the leaf and the hash before")
        if self._recorded_us is not None and stored.recorded_us <= self._recorded_us:
            raise BrokenChain("the time is not later than that of the event before")
        tags = stored.event.tags
        if stored.id is not None and tags != sorted(set(tags)):
            raise BrokenChain("the tags are not sorted")
        self.position, self.hash = stored.position, stored.hash
        self._recorded_us = stored.recorded_us


def _leaf(stored: StoredEvent) -> bytes:
    """The leaf that the event gives, or the one that an erased event left."""
    if stored.salt is None:
        return stored.leaf
    header = chain.header(
        position=stored.position,
        id=stored.id,
        type=stored.event.type,
        schema_version=stored.schema_version,
        recorded_at=stored.recorded_us,
        recorded_by=stored.recorded_by,
        tags=stored.event.tags,
    )
    return chain.leaf_hash(stored.salt, header, stored.event.data)
