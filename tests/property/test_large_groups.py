"""Large groups are asked for by other statements, which give the same answers."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.questions import alignments, touching
from tests.property.comparing import World, check, examples
from tests.property.histories import random_history


def test_any_group_as_a_large_one(opened: list[World], monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (alignments, touching):
        monkeypatch.setattr(module, "FEW", 0)

    @examples(8)
    @given(st.randoms(use_true_random=False))
    def compare(rng: Random) -> None:
        check(opened, random_history(rng), rng)

    compare()
