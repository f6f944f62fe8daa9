"""A pair's timeline and revisions are what the fold finds day by day, and position by position."""

import os
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.comparing import World, examples
from tests.property.histories import random_history
from tests.property.pasts import check

HISTORIES = int(os.environ.get("FOEDUS_TEST_PASTS", "150"))
"""How many histories the long tests compare."""


def test_on_a_few_histories(opened: list[World]) -> None:
    @settings(examples(6))
    @given(st.randoms(use_true_random=False))
    def compare(rng: Random) -> None:
        check(opened, random_history(rng), rng)

    compare()


@pytest.mark.long
@pytest.mark.timeout(900)
def test_on_many_histories(opened: list[World]) -> None:
    @settings(examples(HISTORIES))
    @given(st.randoms(use_true_random=False))
    def compare(rng: Random) -> None:
        check(opened, random_history(rng), rng)

    compare()
