"""Judgements whether two actors are the same: side by side, reversible, and of no consequence."""

from typing import Any

import pytest

from domain.answers import ActorName
from domain.event import Event
from domain.fold.actors import actor_state, registration_of
from domain.fold.judgements import judged, judgements, twins
from domain.identity import JUDGED_SHOWN, JudgementState, Opinions
from domain.vocabulary import ActorsJudged, AttackReported
from domain.vocabulary.actors import Judgement
from tests.builders import event, log, registered, retracted, uid
from tests.unit.domain.asking import ledger, pair

DAY = "2021-01-01"


def judge(judgement: Judgement, *actors: str, occurred: str = "2020-01-01", **fields: Any) -> Event:
    one, other = actors or ("a", "b")
    return event(ActorsJudged(actors=(one, other), judgement=judgement), occurred, **fields)


def told(events: list[Event], **fields: Any) -> list[tuple[str, str | None, bool]]:
    """(judgement, claimant, standing) of each."""
    found = judgements(ledger(events, DAY, **fields))
    return [(one.judgement, one.claimant, one.standing) for one in found]


def test_a_judgement_is_told_with_its_actors_by_id() -> None:
    [found] = judgements(
        ledger([judge("same", "z", "a", claimant="x", modality="alleged", called="j")], DAY)
    )
    assert found == JudgementState(
        actors=("a", "z"),
        judgement="same",
        event=uid("j"),
        position=1,
        claimant="x",
        modality="alleged",
        occurred="2020-01-01",
        standing=True,
    )


def test_rival_judgements_stand_side_by_side() -> None:
    events = [judge("same", claimant="x"), judge("different", claimant="y"), judge("unsure")]
    assert told(events) == [("same", "x", True), ("different", "y", True), ("unsure", None, True)]


def test_a_claimants_later_judgement_stands_instead_of_its_earlier_one() -> None:
    events = [judge("same", claimant="x"), judge("different", "b", "a", claimant="x")]
    assert told(events) == [("same", "x", False), ("different", "x", True)]


def test_later_is_by_date_then_place() -> None:
    events = [judge("same", occurred="2020-02-01"), judge("different", occurred="2020-01-01")]
    assert told(events) == [("same", None, True), ("different", None, False)]


def test_a_retraction_brings_the_earlier_one_back() -> None:
    events = [judge("same"), judge("different", called="second"), retracted("second")]
    assert told(events) == [("same", None, True)]


def test_a_correction_takes_its_place() -> None:
    events = [
        judge("same", called="first"),
        judge("unsure", called="second"),
        judge("different", corrects="first", called="third"),
    ]
    assert told(events) == [("unsure", None, True), ("different", None, False)]


def test_what_is_denied_or_planned_does_not_count_and_filters_do_not_touch_the_rest() -> None:
    events = [judge("same", modality="denied"), judge("same", modality="planned")]
    assert told(events) == []
    assert told([judge("same", claimant="x")], according_to="y", reliability="A")


def test_only_what_was_known_counts() -> None:
    events = [judge("same"), judge("different")]
    assert told(events, known=1) == [("same", None, True)]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [1, 2, 3]),
        ({"actor": "a"}, [1, 2]),
        ({"actor": "c"}, [2, 3]),
        ({"judgement": "same"}, [1, 3]),
        ({"actor": "a", "judgement": "same"}, [1]),
        ({"actor": "nobody"}, []),
    ],
    ids=str,
)
def test_they_are_found_by_actor_and_kind(asked: dict[str, str], expected: list[int]) -> None:
    events = [judge("same", "a", "b"), judge("different", "c", "a"), judge("same", "b", "c")]
    found = judgements(ledger(events, DAY), **asked)
    assert [one.position for one in found] == expected


def test_an_actor_shows_the_newest_on_it() -> None:
    events = [judge("same", "a", "c", occurred="2020-03"), judge("different", "b", "a")]
    found = judged(ledger(events, DAY), "a")
    assert [(one.actor, one.judgement) for one in found] == [("b", "different"), ("c", "same")]
    many = [judge("same", "a", f"x{n}") for n in range(JUDGED_SHOWN + 1)]
    shown = judged(ledger(many, DAY), "a")
    assert [one.actor for one in shown] == [f"x{n}" for n in range(1, JUDGED_SHOWN + 1)]


def test_an_actors_state_has_them() -> None:
    events = [registered("a"), registered("b"), judge("same")]
    registration = registration_of(log(*events), 3, "a")
    assert registration is not None
    seen_from = ledger(events, DAY)
    assert actor_state(seen_from, registration).judged == judged(seen_from, "a")


def named(*actors: str) -> dict[str, ActorName]:
    return {actor: ActorName(actor, actor.upper(), "state") for actor in actors}


def test_twins_are_those_that_a_standing_judgement_says_are_the_same() -> None:
    events = [
        judge("same", "a", "b", claimant="x"),
        judge("same", "a", "b", claimant="y"),
        judge("different", "a", "b", claimant="z"),
        judge("same", "a", "c", claimant="x"),
        judge("unsure", "a", "c", claimant="x"),
        judge("same", "b", "d"),
    ]
    everybody = named("a", "b", "c", "d")
    [twin] = twins(ledger(events, DAY), everybody["a"], everybody)
    assert (twin.id, twin.name, twin.claimants) == ("b", "B", Opinions(2, 1, 0))


def test_no_judgement_moves_a_stance_or_joins_what_was_said_of_two() -> None:
    fought = event(AttackReported(attacker="a", target="x"))
    events = [fought, judge("same", "a", "b")]
    assert pair(events, "a", "x", DAY) == pair([fought], "a", "x", DAY)
    assert pair(events, "b", "x", DAY).alignment == "unknown"
    assert pair(events, "b", "x", DAY, parts=True).alignment == "unknown"
