"""The Merkle tree over a log's leaves: grown from the ``leaf`` column as far as it is asked.

No table holds it. A process keeps the hashes of complete subtrees of 256 leaves and more (a
quarter of a byte for each event) and reads the leaves of one tile where it needs what lies
below. The log only grows, so what is kept stays true; where the database now says otherwise,
somebody changed it, and that is told instead of proven.
"""

import threading
from collections.abc import Sequence

from sqlalchemy import Connection, select

from infrastructure.event_store import chain
from infrastructure.proving import merkle
from infrastructure.proving.merkle import HASH_BYTES
from infrastructure.schema.log import events

TILE_LEVEL = 8
TILE = 1 << TILE_LEVEL
"""How many leaves a tile has, the smallest subtree whose hash is kept."""

TILES_READ = 32
"""How many tiles are read at a time while the tree grows."""


class LogDamaged(Exception):
    """The log is not what it was: ``foedus verify`` tells more."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"position {position}: {reason}")
        self.position = position


class LogTree:
    """The tree of one log. Safe to use from any thread."""

    def __init__(self) -> None:
        self._growing = threading.Lock()
        self._levels: list[bytearray] = []
        """The hashes of complete subtrees, level by level from TILE_LEVEL up."""

    def upto(self, conn: Connection, size: int) -> "TreeReading":
        """Return the tree of the first ``size`` events, which the log must have."""
        with self._growing:
            while self._tiles() < size // TILE:
                self._grow(conn, min(size // TILE, self._tiles() + TILES_READ))
        return TreeReading(self, conn, size)

    def kept(self, level: int, index: int) -> bytes:
        """Return the hash of a complete subtree of at least a tile."""
        begin = index * HASH_BYTES
        return bytes(self._levels[level - TILE_LEVEL][begin : begin + HASH_BYTES])

    def _tiles(self) -> int:
        return len(self._levels[0]) // HASH_BYTES if self._levels else 0

    def _grow(self, conn: Connection, tiles: int) -> None:
        """Take in the leaves up to the end of so many tiles."""
        begin = self._tiles() * TILE
        leaves = leaves_between(conn, begin, tiles * TILE)
        for offset in range(0, len(leaves), TILE):
            self._add(0, folded(leaves[offset : offset + TILE]))

    def _add(self, level: int, hash_: bytes) -> None:
        """Add a subtree's hash to a level, and to those above whatever it completes."""
        if level == len(self._levels):
            self._levels.append(bytearray())
        hashes = self._levels[level]
        hashes += hash_
        if len(hashes) // HASH_BYTES % 2 == 0:
            left, right = bytes(hashes[-2 * HASH_BYTES : -HASH_BYTES]), bytes(hash_)
            self._add(level + 1, merkle.interior(left, right))


class TreeReading:
    """The tree of the first ``size`` events; reads a tile at a time from the connection given."""

    def __init__(self, tree: LogTree, conn: Connection, size: int) -> None:
        self._tree = tree
        self._conn = conn
        self.size = size
        self._tile: tuple[int, list[bytes]] = (-1, [])

    def leaf(self, position: int) -> bytes:
        """Return the stored leaf of a position."""
        return self.subtree(0, position - 1)

    def root(self) -> bytes:
        return merkle.root(self.subtree, self.size)

    def root_at(self, size: int) -> bytes:
        """Return the root when the log had that many events, ``size`` at most."""
        return merkle.root(self.subtree, size)

    def inclusion_path(self, position: int) -> list[bytes]:
        """Return the path from the event's leaf to the root, checked before it is handed out."""
        path = merkle.inclusion_path(self.subtree, position - 1, self.size)
        merkle.check_inclusion(self.leaf(position), position - 1, self.size, path, self.root())
        return path

    def consistency_path(self, first: int) -> list[bytes]:
        """Return the proof that the log of ``first`` events is the beginning of this one."""
        return merkle.consistency_path(self.subtree, first, self.size)

    def subtree(self, level: int, index: int) -> bytes:
        """Return the hash over the 2**level leaves from ``index * 2**level`` on."""
        if level >= TILE_LEVEL:
            return self._tree.kept(level, index)
        begin, width = index << level, 1 << level
        leaves = self._leaves_of(begin // TILE)
        return folded(leaves[begin % TILE : begin % TILE + width])

    def _leaves_of(self, tile: int) -> list[bytes]:
        """Return the leaves of a tile; where its hash is kept, it must be theirs."""
        if self._tile[0] != tile:
            begin, end = tile * TILE, min(self.size, (tile + 1) * TILE)
            leaves = leaves_between(self._conn, begin, end)
            if len(leaves) == TILE and folded(leaves) != self._tree.kept(TILE_LEVEL, tile):
                raise LogDamaged(begin + 1, f"a leaf from here to {end} is not what it was")
            self._tile = tile, leaves
        return self._tile[1]


def folded(hashes: Sequence[bytes]) -> bytes:
    """Return the hash of a complete subtree from those of its leaves."""
    level = list(hashes)
    while len(level) > 1:
        level = [merkle.interior(*level[at : at + 2]) for at in range(0, len(level), 2)]
    return level[0]


def leaves_between(conn: Connection, begin: int, end: int) -> list[bytes]:
    """Return the stored leaves of positions ``begin + 1`` to ``end``. Raises LogDamaged."""
    position = events.c.position
    within = select(position, events.c.leaf).where(position > begin, position <= end)
    leaves: list[bytes] = []
    for at, leaf in conn.execute(within.order_by(position)):
        if at != begin + len(leaves) + 1:
            break
        if not isinstance(leaf, bytes) or len(leaf) != HASH_BYTES:
            raise LogDamaged(at, "the leaf is not a hash")
        leaves.append(leaf)
    if begin + len(leaves) < end:
        raise LogDamaged(begin + len(leaves) + 1, "there is no event at this position")
    return leaves


def chain_hash(conn: Connection, position: int, store: bytes) -> bytes:
    """Return the chain's stored hash at a position. Raises LogDamaged."""
    if position == 0:
        return chain.first_hash(store)
    found = conn.execute(select(events.c.hash).where(events.c.position == position)).scalar()
    if not isinstance(found, bytes) or len(found) != HASH_BYTES:
        raise LogDamaged(position, "there is no event with a hash at this position")
    return found
