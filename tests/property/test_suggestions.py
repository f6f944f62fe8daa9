"""Hints page by page are what all alignments give; asking for them changes no answer."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from domain.suggestions import Suggestion
from domain.suggestions import suggestions as suggested
from domain.viewpoint import Viewpoint
from domain.vocabulary import (
    AccusationMade,
    AgreementSigned,
    AttackReported,
    EventData,
    SanctionImposed,
    StatementMade,
    SupportProvided,
)
from infrastructure.answering import answer_hash
from infrastructure.questions import matrix
from infrastructure.questions.alignments import alignments
from infrastructure.questions.explanation import explain
from infrastructure.questions.registrations import UnknownActors
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.suggestions import suggestions
from tests.builders import event, formed, registered
from tests.conftest import NewUrl
from tests.property.comparing import World, worlds
from tests.property.histories import History, random_history
from tests.property.pages import Compared

HISTORIES = int(os.environ.get("FOEDUS_TEST_SUGGESTIONS", "200"))


CLAIMS: tuple[Callable[[str, str], EventData], ...] = (
    lambda one, other: AttackReported(attacker=one, target=other),
    lambda one, other: AccusationMade(accuser=one, accused=other),
    lambda one, other: SupportProvided(supporter=one, recipient=other, kinds=("arms",)),
    lambda one, other: AgreementSigned(parties=(one, other)),
    lambda one, other: StatementMade(speaker=one, about=(other,), tone="neutrality"),
    lambda one, other: SanctionImposed(sender=one, target=other),
)
DATES = ("2020-01-05", "2020-01-05", "2020-01", "2020-01-10~/2020-01-20")


def camps(rng: Random) -> History:
    """Few relations between few actors: random histories leave no pair unknown that has third actors."""
    history = History(rng)
    for actor in history.actors:
        history.offer(registered(actor, called=f"{history.prefix} registers {actor}"))
    a, b, c, *_ = rng.sample(history.actors, 4)
    history.offer(formed(history.alliances[0], (a, b, c), called=f"{history.prefix} pact"))
    for number in range(rng.randint(3, 7)):
        one, other = history.some(2, 2)
        history.offer(
            event(
                rng.choice(CLAIMS)(one, other),
                rng.choice(DATES),
                called=f"{history.prefix} claim {number}",
                claimant=rng.choice((None, one)),
                modality=rng.choice(("asserted", "asserted", "alleged")),
            )
        )
    return history


def viewpoint_on(rng: Random, compared: Compared) -> Viewpoint:
    """On a day around the claims, with all of them or fewer known."""
    events = len(compared.history.events)
    return Viewpoint(
        valid_at=date(2020, 1, 4) + timedelta(days=rng.randrange(30)),
        position=compared.first - 1 + rng.choice((events, events, rng.randint(0, events))),
        according_to=rng.choice((None, None, rng.choice(compared.history.actors))),
        alleged=rng.random() < 0.5,
    )


def check_suggestions(opened: list[World], rng: Random) -> int:
    """At any viewpoint, with any size of pages, for anybody known. How many hints there were."""
    hints = 0
    dense = rng.random() < 0.3
    compared = Compared.of(opened, random_history(rng) if dense else camps(rng))
    for _ in range(2):
        viewpoint = compared.viewpoint(rng) if dense else viewpoint_on(rng, compared)
        limit = rng.choice((1, 2, 3, 50))
        known = set(compared.known(viewpoint))
        everything = compared.matrix(viewpoint)
        for actor in compared.history.actors:
            expected = suggested(actor, everything)
            hints += len(expected)
            for world in opened:
                with world.database.read() as conn:
                    snapshot = Snapshot.of(conn)
                    if actor in known:
                        assert joined(snapshot, viewpoint, actor, limit) == expected, viewpoint
                    else:
                        with pytest.raises(UnknownActors):
                            suggestions(snapshot, viewpoint, actor)
    return hints


def joined(snapshot: Snapshot, viewpoint: Viewpoint, actor: str, limit: int) -> list[Suggestion]:
    """The hints of all pages."""
    found: list[Suggestion] = []
    after: str | None = ""
    while after is not None:
        page = suggestions(snapshot, viewpoint, actor, after=after, limit=limit)
        assert page.complete
        found += page.suggestions
        after = page.next
    return found


def hashes(world: World, viewpoint: Viewpoint, known: list[str]) -> list[object]:
    """What fixes the answers about these actors: of some actors, of all, and one explained."""
    with world.database.read() as conn:
        snapshot = Snapshot.of(conn)
        whole = [one for stretch in matrix.stretches(snapshot, viewpoint) for one in stretch.pairs]
        in_parts = alignments(snapshot, replace(viewpoint, parts=True), known)[1]
        return [
            answer_hash(viewpoint, alignments(snapshot, viewpoint, known)[1]),
            answer_hash(viewpoint, in_parts),
            answer_hash(viewpoint, whole),
            explain(snapshot, viewpoint, *known[:2]),
        ]


def check_hashes(opened: list[World], rng: Random) -> int:
    """Before hints were asked for, and after. How many hints there were."""
    hints = 0
    compared = Compared.of(opened, camps(rng))
    viewpoint = viewpoint_on(rng, compared)
    known = compared.known(viewpoint)
    for world in opened:
        if len(known) < 2:
            continue
        before = hashes(world, viewpoint, known)
        with world.database.read() as conn:
            for actor in known:
                hints += len(joined(Snapshot.of(conn), viewpoint, actor, 50))
        assert hashes(world, viewpoint, known) == before
    return hints


CHECKS = {"hints": check_suggestions, "hashes": check_hashes}


@pytest.mark.parametrize("check", CHECKS)
def test_hints_are_what_all_alignments_give_and_change_none(new_url: NewUrl, check: str) -> None:
    compare([new_url("sqlite"), new_url("postgresql")], check, 4)


@pytest.mark.long
@pytest.mark.parametrize("check", CHECKS)
def test_hints_on_many_histories(new_url: NewUrl, check: str) -> None:
    compare([new_url("sqlite")], check, HISTORIES)


def compare(urls: list[str], check: str, histories: int) -> None:
    with worlds(*urls) as opened:
        hints = [CHECKS[check](opened, Random(seed)) for seed in range(histories)]
    assert sum(hints) > histories
