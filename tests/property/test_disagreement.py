"""Which claims two accounts differ by, held against the fold of the log without every set of claims."""

import os
from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.counterfactuals import REMOVING_SHOWN
from domain.disagreement import Disagreement
from domain.fold import disagreement as fold
from domain.viewpoint import Viewpoint
from infrastructure.questions import quarrels
from infrastructure.questions.disagreement import MOST_DIFFERENCES, disagreement
from infrastructure.questions.snapshots import Snapshot
from tests.property.comparing import World, examples, log_of
from tests.property.quarrels import random_quarrel, random_question

HISTORIES = int(os.environ.get("FOEDUS_TEST_COUNTERFACTUALS", "150"))
"""How many histories the long tests compare."""
MOST_TRIED = 200
"""Sets of claims that are folded without, per difference."""


def check(opened: list[World], rng: Random) -> Counter[str]:
    """Compare a history's disagreements; how many differences were shown to be minimal, by method."""
    methods: Counter[str] = Counter()
    quarrel = random_quarrel(rng, rng.choice((4, 8, 14)))
    log = log_of(opened, quarrel)
    question = random_question(rng, quarrel, log[0].position)
    viewpoint = Viewpoint(
        valid_at=question.valid_at, position=question.position, alleged=question.alleged
    )
    a, b, third, *_ = sorted(quarrel.actors)
    pair = (a, b)
    answers = [asked(world, viewpoint, pair, None) for world in opened]
    between = rng.choice([(a, third), (None, b), (a, b)])
    answers += [asked(world, viewpoint, pair, between) for world in opened]
    assert answers[0] == answers[1]
    assert answers[2] == answers[3]
    expected = fold.accounts(log, viewpoint, *pair)
    assert {one.claimant: one for one in answers[0].accounts} == expected, viewpoint
    assert [one.between for one in answers[2].differences] == [between]
    events = {one.event.id: one for one in log}
    for one in (*answers[0].differences, *answers[2].differences):
        removed = [events[claim.event] for claim in one.removing]
        assert len(removed) == one.count <= REMOVING_SHOWN
        assert fold.common_alignment(log, viewpoint, pair, one.between, removed) == one.both
        if one.method == "sufficient":
            continue
        for back in removed:
            rest = [other for other in removed if other is not back]
            assert fold.common_alignment(log, viewpoint, pair, one.between, rest) is None
        methods[one.method] += 1
        if one.method == "inclusion-minimal":
            continue
        candidates = fold.candidates_of(log, viewpoint, pair, one.between)
        if one.count and len(candidates) ** (one.count - 1) <= MOST_TRIED:
            fewer = fold.fewest(log, viewpoint, pair, one.between, one.count - 1)
            assert fewer is None, (viewpoint, one)
    shown = len(answers[0].differences)
    assert shown == MOST_DIFFERENCES or not answers[0].more_differences
    return methods


def asked(
    world: World,
    viewpoint: Viewpoint,
    pair: tuple[str, str],
    between: tuple[str | None, str | None] | None,
) -> Disagreement:
    with world.database.read() as conn:
        return disagreement(Snapshot.of(conn), viewpoint, pair, between)


def test_on_a_few_histories(opened: list[World]) -> None:
    @settings(examples(15))
    @given(st.randoms(use_true_random=False))
    def compare(rng: Random) -> None:
        assert set(check(opened, rng)) <= {"smallest"}

    compare()


def test_where_the_search_is_given_up_what_is_told_is_minimal_still(
    opened: list[World], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarrels, "_TRIES_AMONG_FEW", 3)
    methods: Counter[str] = Counter()

    @settings(examples(60))
    @given(st.randoms(use_true_random=False))
    def compare(rng: Random) -> None:
        methods.update(check(opened, rng))

    compare()
    assert methods["inclusion-minimal"] > 0


@pytest.mark.long
@pytest.mark.timeout(900)
def test_on_many_histories(opened: list[World]) -> None:
    @settings(examples(HISTORIES))
    @given(st.randoms(use_true_random=False))
    def compare(rng: Random) -> None:
        check(opened, rng)

    compare()
