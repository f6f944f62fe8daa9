"""What a store can prove of its log, and sign: checkpoints, inclusion, consistency."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from infrastructure.database import Database
from infrastructure.event_store import chain, reading
from infrastructure.event_store.envelope import StoredEvent, leaf_of
from infrastructure.proving import merkle
from infrastructure.proving.checkpoint import Checkpoint, SignedCheckpoint, origin, sign
from infrastructure.proving.documents import Document
from infrastructure.proving.merkle import Disproved
from infrastructure.proving.proof import proof_document
from infrastructure.proving.signing import SigningKey, signing_key
from infrastructure.proving.tree import LogDamaged, LogTree, TreeReading, chain_hash

CONSISTENCY = "foedus-consistency/1"


class OutOfRange(ValueError):
    """The log has no such position; ``parameter`` names what asked for it."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter


class Prover:
    """Proves one log, and signs what it proves. Safe to use from any thread.

    Everything here raises LogDamaged where the log is not what it was, and UnusableKey.
    """

    def __init__(self, database: Database, key_file: Path, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._key_file = key_file
        self._clock = clock
        self._tree = LogTree()
        self._seen = 0
        """The greatest size that was signed for: the log may not end before it again."""

    def key(self) -> SigningKey:
        """Return the operator's key, which is made at its first use."""
        return signing_key(self._key_file)

    def checkpoint(self, size: int | None = None) -> SignedCheckpoint:
        """Sign the log as it was at ``size`` events, by default as it is now.

        Raises OutOfRange.
        """
        with self._reading("size", size) as (conn, tree):
            return self._signed(conn, tree)

    def proof(self, position: int, size: int | None = None) -> Document:
        """Prove that the event of this position is in the log of ``size`` events.

        Raises OutOfRange.
        """
        with self._reading("size", size) as (conn, tree):
            if not 1 <= position <= tree.size:
                raise OutOfRange("position", f"must be from 1 to the size, {tree.size}")
            stored = _whole(conn, position)
            try:
                path = tree.inclusion_path(position)
            except Disproved as wrong:
                raise LogDamaged(position, str(wrong)) from None
            return proof_document(stored, path, self._signed(conn, tree))

    def consistency(self, first: int, second: int | None = None) -> Document:
        """Prove that the log of ``first`` events is the beginning of that of ``second``.

        Raises OutOfRange.
        """
        with self._reading("second", second) as (conn, tree):
            if first > tree.size:
                raise OutOfRange("first", f"must be at most the second size, {tree.size}")
            path = tree.consistency_path(first)
            roots = tree.root_at(first), tree.root()
            try:
                merkle.check_consistency(first, roots[0], tree.size, roots[1], path)
            except Disproved as wrong:
                raise LogDamaged(first, str(wrong)) from None
            return {
                "format": CONSISTENCY,
                "first": {"position": first, "root": roots[0].hex()},
                "second": {"position": tree.size, "root": roots[1].hex()},
                "path": [sibling.hex() for sibling in path],
                "checkpoint": self._signed(conn, tree).document(),
            }

    def origin(self) -> str:
        """Return the name of the log, which every checkpoint begins with."""
        with self._database.read() as conn:
            return origin(reading.store_id(conn))

    def root(self, size: int) -> bytes:
        """Return the Merkle root of the first ``size`` events. Raises OutOfRange."""
        with self._reading("size", size) as (_, tree):
            return tree.root()

    @contextmanager
    def _reading(
        self, parameter: str, size: int | None
    ) -> Iterator[tuple[Connection, TreeReading]]:
        """Open one snapshot of the log, and the tree of that size in it."""
        with self._database.read() as conn:
            last = reading.head(conn).position
            if last < self._seen:
                raise LogDamaged(last + 1, f"the log ends here, and had {self._seen} events before")
            if size is not None and size > last:
                raise OutOfRange(parameter, f"the log ends at {last}")
            self._seen = max(self._seen, last)
            yield conn, self._tree.upto(conn, last if size is None else size)

    def _signed(self, conn: Connection, tree: TreeReading) -> SignedCheckpoint:
        store = reading.store_id(conn)
        checkpoint = Checkpoint(
            store=store,
            position=tree.size,
            root=tree.root(),
            hash=chain_hash(conn, tree.size, store),
            time=chain.rfc3339(chain.microseconds(self._clock())),
        )
        return sign(checkpoint, self.key())


def _whole(conn: Connection, position: int) -> StoredEvent:
    """Return the event, whose columns must give its leaf."""
    found = reading.at(conn, [position])
    if not found:
        raise LogDamaged(position, "there is no event at this position")
    if leaf_of(found[0]) != found[0].leaf:
        raise LogDamaged(position, "the leaf is not that of the row's columns")
    return found[0]
