"""The smallest removals, held against trying every subset."""

from collections.abc import Iterable
from itertools import combinations
from random import Random

import pytest

from domain.minimal import Removal, TooManyTries, Units, inclusion_minimal, least, lightest

NOTHING: Units = frozenset()


def every(units: int) -> list[Units]:
    """Every subset, the smallest first."""
    return [
        frozenset(some) for size in range(units + 1) for some in combinations(range(units), size)
    ]


class Puzzle:
    """A random difference that some removals make, however they relate to each other."""

    def __init__(self, rng: Random, units: int) -> None:
        self.weights = [rng.randint(1, 4) for _ in range(units)]
        self.solutions = {one for one in every(units) if rng.random() < 0.05}
        self.units = units

    def holds(self, removed: Units) -> bool:
        return removed in self.solutions

    def critical(self, _removed: Units) -> Iterable[int]:
        return range(self.units)

    def weight(self, removed: Units) -> int:
        return sum(self.weights[unit] for unit in removed)


@pytest.mark.parametrize("seed", range(40))
def test_the_lightest_is_what_trying_every_subset_finds(seed: int) -> None:
    puzzle = Puzzle(Random(seed), 6)
    found = lightest(puzzle.weights, puzzle.holds, puzzle.critical, tries=1 << 6)
    best = min(puzzle.solutions, key=lambda one: (puzzle.weight(one), sorted(one)), default=None)
    assert found == best


def test_nothing_is_removed_where_nothing_needs_to_be() -> None:
    assert lightest([1, 1], lambda _: True, lambda _: (0, 1), tries=1) == NOTHING


def test_only_critical_units_are_tried() -> None:
    tried: list[Units] = []

    def holds(removed: Units) -> bool:
        tried.append(removed)
        return removed == {1, 3}

    chain = {NOTHING: [1], frozenset({1}): [3]}
    found = lightest([1] * 5, holds, lambda removed: chain[removed], tries=10)
    assert found == frozenset({1, 3})
    assert tried == [NOTHING, {1}, {1, 3}]


def test_a_search_that_is_given_up_says_so() -> None:
    with pytest.raises(TooManyTries):
        lightest([1] * 6, lambda _: False, lambda _: range(6), tries=(1 << 6) - 1)
    assert lightest([1] * 6, lambda _: False, lambda _: range(6), tries=1 << 6) is None


@pytest.mark.parametrize("seed", range(40))
def test_no_unit_can_be_put_back_into_a_minimal_removal(seed: int) -> None:
    puzzle = Puzzle(Random(seed), 7)
    puzzle.solutions.add(frozenset(range(7)))
    found = inclusion_minimal(range(7), puzzle.holds, tries=1_000)
    assert found.proof == "inclusion-minimal"
    assert puzzle.holds(found.units)
    assert not any(puzzle.holds(found.units - {unit}) for unit in found.units)


def test_a_small_part_of_a_large_removal_is_found_in_few_tries() -> None:
    tries = 0

    def holds(removed: Units) -> bool:
        nonlocal tries
        tries += 1
        return 700 in removed

    assert inclusion_minimal(range(1_000), holds, tries=1_000).units == {700}
    assert tries < 50


def test_what_is_not_shown_to_be_minimal_says_so() -> None:
    found = inclusion_minimal(range(8), lambda removed: 5 in removed, tries=2)
    assert found == Removal(frozenset(range(4, 8)), "enough")


def test_where_the_search_takes_too_long_a_part_of_the_lightest_start_is_given() -> None:
    weights = [1, 1, 1, 9]
    starts = [frozenset({0, 1, 2}), frozenset({3}), NOTHING]

    def found(tries: int) -> Removal | None:
        return least(
            weights,
            lambda removed: {1, 2} <= removed or 3 in removed,
            lambda _: range(4),
            starts=lambda: starts,
            tries=tries,
        )

    assert found(5) == Removal(frozenset({1, 2}), "inclusion-minimal")
    assert found(100) == Removal(frozenset({1, 2}), "smallest")


def test_where_no_start_holds_nothing_was_found() -> None:
    found = least([1] * 6, lambda _: False, lambda _: range(6), starts=lambda: [NOTHING], tries=5)
    assert found is None
