"""How fragile a pair's alignment is, held against the fold of the log without every set of origins."""

import os
from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.counterfactuals import Fragility
from domain.event import Event
from domain.fold import fragility as fold
from domain.viewpoint import Viewpoint, Without
from domain.vocabulary import CurationData
from infrastructure.questions.fragility import fragility
from infrastructure.questions.parts import Sides
from infrastructure.questions.snapshots import Snapshot
from tests.property.comparing import World, compared, examples, log_of
from tests.property.pasts import compared as pasts_compared
from tests.property.quarrels import random_quarrel, random_question

HISTORIES = int(os.environ.get("FOEDUS_TEST_COUNTERFACTUALS", "150"))
"""How many histories the long tests compare."""
QUESTIONS = 4
"""How many questions each history is asked."""
MOST_ORIGINS = 6
"""With more, folding the log without every set of them takes too long."""


def check_fragility(opened: list[World], rng: Random) -> None:
    quarrel = random_quarrel(rng, rng.choice((4, 8, 14)))
    log = log_of(opened, quarrel)
    a, b, *_ = quarrel.actors
    for _ in range(QUESTIONS):
        viewpoint = random_question(rng, quarrel, log[0].position)
        found = [fragile(world, viewpoint, a, b) for world in opened]
        assert len(set(found)) == 1
        bearing = {one.event.claim.voice for one in fold.bearing(log, viewpoint, a, b)}
        if len(bearing) <= MOST_ORIGINS:
            origins, fewest = fold.fragility(log, viewpoint, a, b)
            told = found[0] and (found[0].origins, found[0].fewest, found[0].method)
            assert told == (fewest and (origins, fewest, "exact")), (a, b, viewpoint)
        if found[0]:
            gone = [one for one in log if one.event.claim.voice in found[0].removing]
            becomes = fold.alignment(log, viewpoint, a, b, without=gone)
            assert becomes == found[0].becomes != fold.alignment(log, viewpoint, a, b)


def check_answers(opened: list[World], rng: Random) -> None:
    """Every answer is the fold's without some events, however they correct and deny each other."""
    quarrel = random_quarrel(rng, 14)
    log = log_of(opened, quarrel)
    curating = [one for one in quarrel.events if is_curating(one)] or quarrel.events
    gone = [*rng.sample(quarrel.events, 1), *rng.sample(curating, min(2, len(curating)))]
    gone += rng.sample(within := within_chains(quarrel.events), min(1, len(within)))
    viewpoint = replace(
        random_question(rng, quarrel, log[0].position),
        without=tuple(sorted({Without("event", one.id) for one in gone})),
    )
    a, b, *_ = quarrel.actors
    compared(opened, log, quarrel, viewpoint, (a, b))
    pasts_compared(opened, log, viewpoint, (a, b))


def is_curating(event: Event) -> bool:
    return event.supersedes is not None or isinstance(event.data, CurationData)


def within_chains(events: list[Event]) -> list[Event]:
    """The corrections that were corrected: without them two versions of a claim have one place."""
    superseded = {one.supersedes for one in events}
    return [one for one in events if one.supersedes is not None and one.id in superseded]


def fragile(world: World, viewpoint: Viewpoint, a: str, b: str) -> Fragility | None:
    with world.database.read() as conn:
        return fragility(Snapshot.of(conn), viewpoint, Sides.alone((a, b)))


CHECKS: dict[str, Callable[[list[World], Random], None]] = {
    "answers": check_answers,
    "fragility": check_fragility,
}


@pytest.mark.parametrize("check", CHECKS)
def test_on_a_few_histories(opened: list[World], check: str) -> None:
    for seed in range(60 if check == "fragility" else 12):
        CHECKS[check](opened, Random(seed))


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("check", CHECKS)
def test_on_many_histories(opened: list[World], check: str) -> None:
    @settings(examples(HISTORIES))
    @given(st.randoms(use_true_random=False))
    def compare(rng: Random) -> None:
        CHECKS[check](opened, rng)

    compare()
