"""The Merkle tree of RFC 9162, section 2.1, over SHA-256: roots, proofs and their verification.

Pure arithmetic. A tree is over hashes of leaves, which are kept elsewhere: whoever has the
hash of every complete subtree (``Subtrees``) can give any root and any proof of the tree, and
of every tree that it has grown from. Verification needs nothing but the proof.

Leaves are counted from 0 here, as in the RFC; position n of the log is leaf n - 1.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

HASH_BYTES = 32

EMPTY_ROOT = sha256(b"").digest()
"""The root of the tree without leaves."""

Subtrees = Callable[[int, int], bytes]
"""``(level, index)``: the hash over the 2**level leaves from ``index * 2**level`` on."""


class Disproved(Exception):
    """The proof does not lead from what it begins with to the root."""


def interior(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node from those of its two children."""
    return sha256(b"\x01" + left + right).digest()


def root(subtrees: Subtrees, size: int) -> bytes:
    """Return the root of the tree of the first ``size`` leaves."""
    return _hash(subtrees, 0, size) if size else EMPTY_ROOT


def inclusion_path(subtrees: Subtrees, leaf: int, size: int) -> list[bytes]:
    """Return PATH(leaf, D[size]): the siblings on the way from the leaf to the root."""
    if not 0 <= leaf < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {leaf}")
    begin, end = 0, size
    path = []
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if leaf < middle:
            path.append(_hash(subtrees, middle, end))
            end = middle
        else:
            path.append(_hash(subtrees, begin, middle))
            begin = middle
    return path[::-1]


def consistency_path(subtrees: Subtrees, first: int, second: int) -> list[bytes]:
    """Return PROOF(first, D[second]); empty where the trees are equal or the first is empty."""
    if not 0 <= first <= second:
        raise ValueError(f"a tree of {first} leaves does not grow into one of {second}")
    if first in {0, second}:
        return []
    begin, end = 0, second
    path = []
    while first < end:
        middle = begin + _split(end - begin)
        if first <= middle:
            path.append(_hash(subtrees, middle, end))
            end = middle
        else:
            path.append(_hash(subtrees, begin, middle))
            begin = middle
    if begin:
        path.append(_hash(subtrees, begin, end))
    return path[::-1]


def check_inclusion(
    leaf_hash: bytes, leaf: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Check that the tree of that root and size has that leaf there (RFC 9162, 2.1.3.2).

    Raises Disproved.
    """
    if not 0 <= leaf < size:
        raise Disproved(f"a tree of {size} leaves has no leaf {leaf}")
    found = leaf_hash
    for sibling, is_left in _sides(leaf, size - 1, path):
        found = interior(sibling, found) if is_left else interior(found, sibling)
    if found != root:
        raise Disproved("the path leads from the leaf to another root")


def check_consistency(
    first: int, first_root: bytes, second: int, second_root: bytes, path: Sequence[bytes]
) -> None:
    """Check that the second tree begins with the leaves of the first (RFC 9162, 2.1.4.2).

    Raises Disproved.
    """
    if not 0 <= first <= second:
        raise Disproved(f"a tree of {first} leaves does not grow into one of {second}")
    if first in {0, second}:
        if path:
            raise Disproved("the path is longer than the way to the root")
        if first == 0 and first_root != EMPTY_ROOT:
            raise Disproved("the first root is not that of an empty tree")
        if first == second and first_root != second_root:
            raise Disproved("two trees of one size have two roots")
        return
    _check_growth(first, first_root, second, second_root, path)


def _check_growth(
    first: int, first_root: bytes, second: int, second_root: bytes, path: Sequence[bytes]
) -> None:
    """Check a consistency proof of 0 < first < second."""
    siblings = list(path)
    if first & (first - 1) == 0:
        # The first tree is a complete subtree of the second: its root is the proof's beginning.
        siblings.insert(0, first_root)
    if not siblings:
        raise Disproved("the path is shorter than the way to the root")
    here, last = first - 1, second - 1
    while here % 2:
        here, last = here >> 1, last >> 1
    old = new = siblings[0]
    for sibling, is_left in _sides(here, last, siblings[1:]):
        if is_left:
            old, new = interior(sibling, old), interior(sibling, new)
        else:
            new = interior(new, sibling)
    if old != first_root:
        raise Disproved("the path does not lead to the first root")
    if new != second_root:
        raise Disproved("the path does not lead to the second root")


def _sides(here: int, last: int, path: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield each sibling on the way from node ``here`` to the root, and whether it is the left.

    ``last`` is the last node of the same level. Raises Disproved for a path of another length.
    """
    for sibling in path:
        if last == 0:
            raise Disproved("the path is longer than the way to the root")
        is_left = here % 2 == 1 or here == last
        yield sibling, is_left
        while is_left and here and here % 2 == 0:
            here, last = here >> 1, last >> 1
        here, last = here >> 1, last >> 1
    if last:
        raise Disproved("the path is shorter than the way to the root")


def _hash(subtrees: Subtrees, begin: int, end: int) -> bytes:
    """Return MTH(D[begin:end]), of a range that begins where a subtree of its size may."""
    pieces = [subtrees(level, index) for level, index in _complete(begin, end)]
    found = pieces.pop()
    while pieces:
        found = interior(pieces.pop(), found)
    return found


def _complete(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the complete subtrees that a range falls into, the largest first."""
    while begin < end:
        level = (end - begin).bit_length() - 1
        yield level, begin >> level
        begin += 1 << level


def _split(width: int) -> int:
    """Return the largest power of two below ``width``: how many leaves the left child has."""
    return 1 << (width - 1).bit_length() - 1
