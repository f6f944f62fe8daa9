"""Segments tell what the fold finds, whenever and however often a log is swept while it grows."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from infrastructure.audit import Replayed, replay
from tests.property.comparing import World, examples
from tests.property.histories import random_history
from tests.property.sweeping import check


def test_segments_and_the_matrix_in_short_are_what_the_fold_finds_while_the_log_grows(
    opened: list[World],
) -> None:
    @settings(examples(15))
    @given(st.randoms(use_true_random=False))
    def grow(rng: Random) -> None:
        check(opened, random_history(rng), rng)

    grow()
    for world in opened:
        *_, last = replay(world.database)
        assert isinstance(last, Replayed)
        assert last.ok, last
