"""Our Merkle tree against the definitions of RFC 9162, written out, and against pymerkle."""

from hashlib import sha256
from typing import Any

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.proving import merkle
from infrastructure.proving.merkle import Disproved

MOST = 130
ENTRIES = [b"entry %d" % number for number in range(MOST)]
LEAVES = [sha256(b"\x00" + entry).digest() for entry in ENTRIES]


def subtree(level: int, index: int) -> bytes:
    if level == 0:
        return LEAVES[index]
    return merkle.interior(subtree(level - 1, 2 * index), subtree(level - 1, 2 * index + 1))


# RFC 9162, sections 2.1.1, 2.1.3.1 and 2.1.4.1, as they stand there.


def split(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def mth(leaves: list[bytes]) -> bytes:
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def proof(m: int, leaves: list[bytes]) -> list[bytes]:
    return subproof(m, leaves, whole=True)


def subproof(m: int, leaves: list[bytes], *, whole: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole=whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], whole=False), mth(leaves[:k])]


def rebuilt(leaf: bytes, m: int, n: int, siblings: list[bytes]) -> bytes:
    """A verifier that goes down the definition instead of up the bits."""
    if n == 1:
        assert not siblings
        return leaf
    k = split(n)
    if m < k:
        return node(rebuilt(leaf, m, k, siblings[:-1]), siblings[-1])
    return node(siblings[-1], rebuilt(leaf, m - k, n - k, siblings[:-1]))


def regrown(m: int, n: int, siblings: list[bytes], first_root: bytes) -> tuple[bytes, bytes]:
    """The same for a consistency proof: the roots of both trees."""

    def down(m: int, n: int, siblings: list[bytes], *, whole: bool) -> tuple[bytes, bytes]:
        if m == n:
            (known,) = [first_root, *siblings] if whole else siblings
            return known, known
        k = split(n)
        if m <= k:
            old, new = down(m, k, siblings[:-1], whole=whole)
            return old, node(new, siblings[-1])
        old, new = down(m - k, n - k, siblings[:-1], whole=False)
        return node(siblings[-1], old), node(siblings[-1], new)

    return down(m, n, siblings, whole=True)


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


@pytest.fixture(scope="module")
def independent() -> pymerkle.InmemoryTree:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in ENTRIES:
        tree.append_entry(entry)
    return tree


def path_of(theirs: Any) -> list[bytes]:
    """The siblings of pymerkle's path, which begins with the leaf."""
    return list(theirs.path[1:])


SIZES = st.integers(1, MOST)


def test_roots_of_all_sizes(independent: pymerkle.InmemoryTree) -> None:
    for size in range(MOST + 1):
        found = merkle.root(subtree, size)
        assert found == mth(LEAVES[:size]) == independent.get_root(size)


@given(st.data())
def test_inclusion_proofs(independent: pymerkle.InmemoryTree, data: st.DataObject) -> None:
    size = data.draw(SIZES)
    leaf = data.draw(st.integers(0, size - 1))
    found = merkle.inclusion_path(subtree, leaf, size)
    assert found == path(leaf, LEAVES[:size])
    root = merkle.root(subtree, size)
    merkle.check_inclusion(LEAVES[leaf], leaf, size, found, root)
    assert rebuilt(LEAVES[leaf], leaf, size, found) == root
    theirs = independent.prove_inclusion(leaf + 1, size)
    assert path_of(theirs) == found
    ours = pymerkle.InclusionProof(
        "sha256", True, size, leaf + 1, theirs.rule, [LEAVES[leaf], *found]
    )
    pymerkle.verify_inclusion(LEAVES[leaf], root, ours, index=leaf + 1, size=size)


@given(st.data())
def test_consistency_proofs(independent: pymerkle.InmemoryTree, data: st.DataObject) -> None:
    second = data.draw(SIZES)
    first = data.draw(st.integers(1, second))
    found = merkle.consistency_path(subtree, first, second)
    assert found == proof(first, LEAVES[:second])
    roots = merkle.root(subtree, first), merkle.root(subtree, second)
    merkle.check_consistency(first, roots[0], second, roots[1], found)
    assert regrown(first, second, found, roots[0]) == roots
    # pymerkle goes down further where the first tree is a subtree, so its proof is its own.
    theirs = independent.prove_consistency(first, second)
    pymerkle.verify_consistency(*roots, theirs, prior_size=first, later_size=second)


def test_an_empty_tree_grows_into_every_tree() -> None:
    assert merkle.consistency_path(subtree, 0, 7) == []
    root = merkle.root(subtree, 7)
    merkle.check_consistency(0, merkle.EMPTY_ROOT, 7, root, [])
    with pytest.raises(Disproved, match="empty tree"):
        merkle.check_consistency(0, root, 7, root, [])


def changed(hashes: list[bytes], data: st.DataObject) -> list[bytes]:
    """The path with one hash changed, removed, doubled or added, or two exchanged."""
    kinds = ["added"] + (["bit", "removed", "doubled"] if hashes else [])
    if len(hashes) > 1:
        kinds.append("exchanged")
    kind = data.draw(st.sampled_from(kinds))
    at = data.draw(st.integers(0, max(0, len(hashes) - 1)))
    new = list(hashes)
    if kind == "added":
        new.insert(at, b"\x05" * 32)
    elif kind == "removed":
        del new[at]
    elif kind == "doubled":
        new.insert(at, new[at])
    elif kind == "exchanged":
        new[at], new[at - 1] = new[at - 1], new[at]
    else:
        byte, bit = data.draw(st.integers(0, 31)), data.draw(st.integers(0, 7))
        spoilt = bytearray(new[at])
        spoilt[byte] ^= 1 << bit
        new[at] = bytes(spoilt)
    return new


@given(st.data())
def test_a_changed_inclusion_proof_proves_nothing(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    leaf = data.draw(st.integers(0, size - 1))
    root = merkle.root(subtree, size)
    given = changed(merkle.inclusion_path(subtree, leaf, size), data)
    with pytest.raises(Disproved):
        merkle.check_inclusion(LEAVES[leaf], leaf, size, given, root)


@given(st.data())
def test_an_inclusion_proof_is_for_its_place_and_leaf(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, MOST))
    leaf = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(-2, size + 2).filter(lambda one: one != leaf))
    root = merkle.root(subtree, size)
    found = merkle.inclusion_path(subtree, leaf, size)
    with pytest.raises(Disproved):
        merkle.check_inclusion(LEAVES[leaf], other, size, found, root)
    with pytest.raises(Disproved):
        merkle.check_inclusion(b"\x05" * 32, leaf, size, found, root)
    with pytest.raises(Disproved):
        merkle.check_inclusion(LEAVES[leaf], leaf, size, found, b"\x05" * 32)


@given(st.data())
def test_a_changed_consistency_proof_proves_nothing(data: st.DataObject) -> None:
    second = data.draw(SIZES)
    first = data.draw(st.integers(1, second))
    roots = merkle.root(subtree, first), merkle.root(subtree, second)
    found = merkle.consistency_path(subtree, first, second)
    with pytest.raises(Disproved):
        merkle.check_consistency(first, roots[0], second, roots[1], changed(found, data))
    for wrong in ((b"\x05" * 32, roots[1]), (roots[0], b"\x05" * 32)):
        with pytest.raises(Disproved):
            merkle.check_consistency(first, wrong[0], second, wrong[1], found)


@given(st.data())
def test_a_rewritten_tree_is_not_a_continuation(data: st.DataObject) -> None:
    """Whatever path the forger makes up from the tree that is there now."""
    second = data.draw(st.integers(2, MOST))
    first = data.draw(st.integers(1, second - 1))
    rewritten = data.draw(st.integers(0, first - 1))
    old = merkle.root(subtree, first)
    leaves = [*LEAVES[:rewritten], b"\x05" * 32, *LEAVES[rewritten + 1 :]]
    with pytest.raises(Disproved):
        merkle.check_consistency(
            first, old, second, mth(leaves[:second]), proof(first, leaves[:second])
        )


@pytest.mark.parametrize(("first", "second"), [(-1, 4), (5, 4)])
def test_a_tree_does_not_shrink(first: int, second: int) -> None:
    with pytest.raises(ValueError, match="does not grow"):
        merkle.consistency_path(subtree, first, second)
    with pytest.raises(Disproved, match="does not grow"):
        merkle.check_consistency(first, LEAVES[0], second, LEAVES[1], [])


@pytest.mark.parametrize(("leaf", "size"), [(-1, 4), (4, 4), (0, 0)])
def test_there_is_no_path_from_a_leaf_that_is_not_there(leaf: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        merkle.inclusion_path(subtree, leaf, size)


def test_a_path_of_another_length_is_told_as_such() -> None:
    root = merkle.root(subtree, 8)
    path = merkle.inclusion_path(subtree, 3, 8)
    with pytest.raises(Disproved, match="longer"):
        merkle.check_inclusion(LEAVES[3], 3, 8, [*path, LEAVES[0]], root)
    with pytest.raises(Disproved, match="shorter"):
        merkle.check_inclusion(LEAVES[3], 3, 8, path[:-1], root)
