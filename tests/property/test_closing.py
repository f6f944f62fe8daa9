"""What closes of vague dates leave open is what the fold finds, on lines with a long past."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.property.closing import check
from tests.property.comparing import World, examples
from tests.property.histories import History


def test_what_vague_closes_leave_open(opened: list[World]) -> None:
    @examples(40)
    @given(st.randoms(use_true_random=False))
    def compare(rng: Random) -> None:
        check(opened, History(rng), rng)

    compare()
