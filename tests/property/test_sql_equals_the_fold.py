"""SQL gives the reference fold's answer, in every field, on both databases (DESIGN section 6)."""

import os
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.vocabulary import EVENT_TYPES
from tests.property.comparing import World, check, examples
from tests.property.histories import random_history

SHARDS = 8
HISTORIES = int(os.environ.get("FOEDUS_TEST_HISTORIES", "400"))
"""How many histories, of 40 events or more, all shards of the long test compare."""


def test_histories_are_long_and_hold_every_event_type() -> None:
    histories = [random_history(Random(seed)) for seed in range(60)]
    assert all(len(history.events) >= 40 for history in histories)
    assert {event.type for history in histories for event in history.events} == EVENT_TYPES.keys()


def test_on_a_few_histories(opened: list[World]) -> None:
    @settings(examples(25))
    @given(st.randoms(use_true_random=False))
    def compare(rng: Random) -> None:
        check(opened, random_history(rng), rng)

    compare()


@pytest.mark.long
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("_shard", range(SHARDS))
def test_on_hundreds_of_histories(opened: list[World], _shard: int) -> None:
    @settings(examples(HISTORIES // SHARDS, derandomize=False))
    @given(st.randoms(use_true_random=False))
    def compare(rng: Random) -> None:
        check(opened, random_history(rng), rng)

    compare()
