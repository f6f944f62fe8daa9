"""A pair's timeline and revisions are what the fold finds day by day, and position by position."""

import os
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conftest import NewUrl
from tests.property.comparing import World, worlds
from tests.property.histories import random_history
from tests.property.pasts import check

HISTORIES = int(os.environ.get("FOEDUS_TEST_PASTS", "150"))
"""How many histories the long tests compare."""


@pytest.fixture
def opened(new_url: NewUrl) -> Iterator[list[World]]:
    with worlds(new_url("sqlite"), new_url("postgresql")) as both:
        yield both


def comparing(histories: int) -> settings:
    return settings(
        max_examples=histories,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        derandomize=True,
    )


def test_on_a_few_histories(opened: list[World]) -> None:
    @settings(comparing(6))
    @given(st.randoms(use_true_random=False))
    def compare(rng: Random) -> None:
        check(opened, random_history(rng), rng)

    compare()


@pytest.mark.long
@pytest.mark.timeout(900)
def test_on_many_histories(opened: list[World]) -> None:
    @settings(comparing(HISTORIES))
    @given(st.randoms(use_true_random=False))
    def compare(rng: Random) -> None:
        check(opened, random_history(rng), rng)

    compare()
