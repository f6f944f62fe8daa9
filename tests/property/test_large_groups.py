"""Large groups are asked for by other statements, which give the same answers."""

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.questions import alignments, touching
from tests.conftest import NewUrl
from tests.property.comparing import World, check, worlds
from tests.property.histories import random_history
from tests.property.test_sql_equals_the_fold import comparing


@pytest.fixture
def opened(new_url: NewUrl) -> Iterator[list[World]]:
    with worlds(new_url("sqlite"), new_url("postgresql")) as both:
        yield both


def test_any_group_as_a_large_one(opened: list[World], monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (alignments, touching):
        monkeypatch.setattr(module, "FEW", 0)

    @comparing(8, -1)
    @given(st.randoms(use_true_random=False))
    def compare(rng: Random) -> None:
        check(opened, random_history(rng), rng)

    compare()
