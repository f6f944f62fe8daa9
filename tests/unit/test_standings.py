"""The answer for a pair between which nothing is open."""

from datetime import date

from infrastructure.questions.standings import (
    Alliances,
    Standing,
    nothing_between,
    pair_alignment,
)


def test_nothing_between_two_is_what_judging_nothing_gives() -> None:
    pair = "mali", "niger"
    standing = Standing(pair, (), Alliances.of((), ()))
    judged = pair_alignment(standing, standing, date(2020, 1, 1), {})
    assert nothing_between(pair) == judged
    assert list(nothing_between(pair).directed) == list(judged.directed)
