"""What a viewpoint admits: known when, according to whom, how well graded (DESIGN section 5)."""

from typing import Any

import pytest

from domain.event import Event
from domain.vocabulary import (
    AbuseAlleged,
    ActorDissolved,
    AttackReported,
    ForcesDeployed,
    HostilitiesEnded,
    SanctionImposed,
    SanctionLifted,
    SupportAlleged,
)
from tests.builders import denied, event, formed, retracted
from tests.unit.domain.asking import levels, pair


def attack(called: str = "attack", **fields: Any) -> Event:
    return event(AttackReported(attacker="a", target="b"), "2020-01-01", called=called, **fields)


def conflict(events: list[Event], **fields: Any) -> int:
    return levels(events, "a", "b", "2021-01-01", **fields)[1]


def test_nothing_is_known_at_position_0() -> None:
    assert conflict([attack()], known=0) == 0
    assert conflict([attack()], known=1) == 3


def test_what_is_retracted_counts_for_what_was_known_before() -> None:
    events = [attack(), retracted("attack")]
    assert (conflict(events, known=1), conflict(events, known=2)) == (3, 0)


def test_what_is_superseded_counts_for_what_was_known_before() -> None:
    undone = attack("denied now", corrects="attack", modality="denied")
    other = event(AttackReported(attacker="a", target="c"), called="other", corrects="attack")
    for correction in (undone, other):
        events = [attack(), correction]
        assert (conflict(events, known=1), conflict(events, known=2)) == (3, 0)


def test_undoing_a_correction_revives_nothing() -> None:
    events = [attack(), attack("better", corrects="attack"), retracted("better")]
    assert [conflict(events, known=n) for n in (1, 2, 3)] == [3, 3, 0]


def test_a_retraction_acts_whatever_its_own_modality_grade_and_date() -> None:
    weak = retracted("attack", modality="planned", reliability="F", occurred="9999")
    assert conflict([attack(claimant="x"), weak], according_to="x") == 0


MODALITIES = [
    ("asserted", 3, 3),
    ("acknowledged", 3, 3),
    ("alleged", 0, 3),
    ("speculated", 0, 3),
    ("denied", 0, 0),
    ("planned", 0, 0),
]


@pytest.mark.parametrize(("modality", "plain", "alleging"), MODALITIES)
def test_modalities_move_a_stance_or_not(modality: Any, plain: int, alleging: int) -> None:
    events = [attack(modality=modality)]
    assert conflict(events) == plain
    assert conflict(events, alleged=True) == alleging


@pytest.mark.parametrize("modality", ["alleged", "denied", "planned"])
def test_closes_are_claims_like_any_other(modality: Any) -> None:
    peace = event(HostilitiesEnded(parties=("a", "b")), "2020-06-01", modality=modality)
    assert conflict([attack(), peace]) == 3
    assert conflict([attack(), peace], alleged=True) == (0 if modality == "alleged" else 3)


def test_effects_marked_alleged_count_when_asked_for() -> None:
    helped = event(SupportAlleged(accuser="x", supporter="a", recipient="b", kinds=("troops",)))
    harmed = event(AbuseAlleged(accuser="x", perpetrator="a", victims="b"))
    assert levels([helped, harmed], "a", "b", "2021-01-01") == (0, 0)
    assert levels([helped, harmed], "a", "b", "2021-01-01", alleged=True) == (3, 3)
    assert levels([helped, harmed], "a", "x", "2021-01-01") == (0, 1)
    guessed = event(
        SupportAlleged(accuser="x", supporter="a", recipient="b"), modality="speculated"
    )
    assert levels([guessed], "a", "x", "2021-01-01") == (0, 0)
    assert levels([guessed], "a", "x", "2021-01-01", alleged=True) == (0, 1)
    assert levels([guessed], "a", "b", "2021-01-01", alleged=True) == (2, 0)


@pytest.mark.parametrize(
    ("claimant", "according_to", "expected"),
    [("x", "x", 3), (None, "x", 3), ("y", "x", 0), ("a", "b", 0), ("a", "a", 3)],
)
def test_an_account_is_that_actors_claims_and_the_recorders(
    claimant: str | None, according_to: str, expected: int
) -> None:
    assert conflict([attack(claimant=claimant)], according_to=according_to) == expected


def test_an_account_leaves_out_what_that_actor_denied() -> None:
    denial = denied("attack", "x", called="denial")
    events = [attack(), denial]
    assert conflict(events) == 3
    assert conflict(events, according_to="x") == 0
    assert conflict(events, according_to="y") == 3
    assert conflict(events, according_to="x", known=1) == 3
    assert conflict([*events, retracted("denial")], according_to="x") == 3
    assert conflict([*events, retracted("denial")], according_to="x", known=2) == 0
    assert conflict([attack(claimant="x"), denial], according_to="x") == 0
    assert conflict([attack(), denied("attack", None)], according_to="x") == 3


def test_a_denial_holds_for_the_whole_chain_of_corrections() -> None:
    chain = [attack(), attack("better", corrects="attack")]
    assert conflict([*chain, denied("attack", "x")], according_to="x") == 0
    assert conflict([chain[0], denied("attack", "x"), chain[1]], according_to="x") == 0
    assert conflict([*chain, denied("better", "x")], according_to="x") == 0


def test_a_denied_close_does_not_close() -> None:
    peace = event(HostilitiesEnded(parties=("a", "b")), "2020-06-01", called="peace")
    assert conflict([attack(), peace, denied("peace", "x")], according_to="x") == 3
    assert conflict([attack(), peace, denied("peace", "x")]) == 0


RELIABILITIES = [
    ("A", "A", 3), ("A", "B", 3), ("B", "A", 0), ("E", "E", 3), ("E", "D", 0),
    ("F", "E", 0), (None, "E", 0), ("F", "A", 0),
]  # fmt: skip
CREDIBILITIES = [(1, 1, 3), (1, 2, 3), (2, 1, 0), (5, 5, 3), (5, 4, 0), (6, 5, 0), (None, 5, 0)]


@pytest.mark.parametrize(("grade", "asked", "expected"), RELIABILITIES)
def test_that_reliability_or_better(grade: Any, asked: Any, expected: int) -> None:
    assert conflict([attack(reliability=grade)], reliability=asked) == expected
    assert conflict([attack(reliability=grade)]) == 3


@pytest.mark.parametrize(("grade", "asked", "expected"), CREDIBILITIES)
def test_that_credibility_or_better(grade: Any, asked: Any, expected: int) -> None:
    assert conflict([attack(credibility=grade)], credibility=asked) == expected


def test_each_grade_is_looked_at_in_its_own_field_only() -> None:
    assert conflict([attack(reliability="A", credibility=6)], reliability="A") == 3
    assert conflict([attack(reliability="F", credibility=1)], credibility=1) == 3
    both = {"reliability": "B", "credibility": 2}
    assert conflict([attack(reliability="B", credibility=2)], **both) == 3
    assert conflict([attack(reliability="A", credibility=3)], **both) == 0
    assert conflict([attack(reliability="C", credibility=1)], **both) == 0


def test_a_grade_filters_closes_and_dissolutions_too() -> None:
    good = attack(reliability="A")
    for data in (HostilitiesEnded(parties=("a", "b")), ActorDissolved(actor="a")):
        assert conflict([good, event(data, "2020-06-01")], reliability="A") == 3
        assert conflict([good, event(data, "2020-06-01", reliability="A")], reliability="A") == 0
        assert conflict([good, event(data, "2020-06-01", claimant="x")], according_to="y") == 3


def test_viewpoints_filter_alliances_and_sanctions() -> None:
    pact = formed("pact", ("a", "b"), claimant="x", reliability="B")
    arms = event(SanctionImposed(sender="a", target="b"), claimant="x", reliability="B")
    lifted = event(SanctionLifted(sender="a", target="b"), "2020-02-01", claimant="y")
    events = [pact, arms, lifted]
    assert levels(events, "a", "b", "2021-01-01") == (3, 0)
    assert levels(events, "a", "b", "2021-01-01", according_to="x") == (3, 2)
    assert levels(events, "a", "b", "2021-01-01", according_to="y") == (0, 0)
    assert levels(events, "a", "b", "2021-01-01", reliability="A") == (0, 0)
    assert levels(events, "a", "b", "2021-01-01", reliability="B") == (3, 2)


def test_filters_work_together() -> None:
    events = [
        attack("one", claimant="x", reliability="A", modality="alleged"),
        event(ForcesDeployed(sender="a", host="b"), claimant="x", reliability="D"),
        denied("one", "y"),
    ]
    ask: dict[str, Any] = {"according_to": "x", "reliability": "B"}
    assert levels(events, "a", "b", "2021-01-01", **ask) == (0, 0)
    assert levels(events, "a", "b", "2021-01-01", alleged=True, **ask) == (0, 3)
    assert levels(events, "a", "b", "2021-01-01", according_to="x") == (2, 0)
    assert pair(events, "a", "b", "2021-01-01", alleged=True, **ask).disputed
