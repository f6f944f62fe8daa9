"""Which sets are open on a day, with exact dates (DESIGN section 4, order and closing)."""

from typing import Literal

import pytest

from domain.event import Event
from domain.vocabulary import (
    AccusationMade,
    ActorDissolved,
    AgreementEnded,
    AgreementSigned,
    AttackReported,
    BattleReported,
    CeasefireAgreed,
    EventData,
    ForcesDeployed,
    ForcesExpelled,
    ForcesWithdrawn,
    HostilitiesEnded,
    RegimeChanged,
    RelationsRestored,
    RelationsSevered,
    SanctionImposed,
    Side,
    StatementMade,
    SupportProvided,
)
from tests.builders import event, formed
from tests.unit.domain.asking import levels, pair

ATTACK = AttackReported(attacker="a", target="b")
PEACE = HostilitiesEnded(parties=("a", "b"))
COMBAT = ForcesDeployed(sender="a", host="b", role="combat")
BATTLE = BattleReported(sides=(Side(parties=("a",)), Side(parties=("b",))))
END = ActorDissolved(actor="a")


def overthrow(how: Literal["overthrow", "collapse", "election"] = "overthrow") -> EventData:
    return RegimeChanged(state="a", how=how)


def test_a_set_is_open_from_its_day_on() -> None:
    attack = [event(ATTACK, "2020-05-10")]
    assert levels(attack, "a", "b", "2020-05-09") == (0, 0)
    assert levels(attack, "a", "b", "2020-05-10") == (0, 3)
    assert levels(attack, "a", "b", "9999-12-31") == (0, 3)


def test_a_line_is_directed_and_the_pair_has_the_higher_level() -> None:
    events = [
        event(AttackReported(attacker="b", target="a")),
        event(AccusationMade(accuser="a", accused="b")),
        event(SupportProvided(supporter="b", recipient="a", kinds=("arms",))),
    ]
    answer = pair(events, "a", "b", "2020-01-01")
    assert (answer.cooperation, answer.conflict) == (2, 3)
    assert (answer.directed["a>b"].cooperation, answer.directed["a>b"].conflict) == (0, 1)
    assert (answer.directed["b>a"].cooperation, answer.directed["b>a"].conflict) == (2, 3)
    assert list(answer.directed) == ["a>b", "b>a"]


def test_other_pairs_are_not_touched() -> None:
    events = [event(ATTACK), event(HostilitiesEnded(parties=("a", "c")))]
    assert levels(events, "a", "b", "2020-01-01") == (0, 3)
    assert levels(events, "a", "c", "2020-01-01") == (0, 0)


# A set on the 10th and a close of the same line: (the close's day, is it recorded after, open?)
ORDERS = [
    ("2020-05-09", False, True),
    ("2020-05-09", True, True),
    ("2020-05-10", False, True),
    ("2020-05-10", True, False),
    ("2020-05-11", False, False),
    ("2020-05-11", True, False),
]


@pytest.mark.parametrize(("closed_on", "recorded_after", "is_open"), ORDERS)
def test_a_close_shuts_what_comes_before_it_by_day_then_position(
    closed_on: str, *, recorded_after: bool, is_open: bool
) -> None:
    attack, close = event(ATTACK, "2020-05-10"), event(PEACE, closed_on)
    events = [attack, close] if recorded_after else [close, attack]
    assert levels(events, "a", "b", "2020-06-01") == (0, 3 if is_open else 0)


def test_a_close_acts_from_its_day_on() -> None:
    events = [event(ATTACK, "2020-05-10"), event(PEACE, "2020-05-12")]
    assert levels(events, "a", "b", "2020-05-11") == (0, 3)
    assert levels(events, "a", "b", "2020-05-12") == (0, 0)


def test_later_evidence_opens_a_closed_line_again() -> None:
    events = [
        event(ATTACK, "2020-05-10"),
        event(PEACE, "2020-05-12"),
        event(ATTACK, "2020-05-14"),
    ]
    assert levels(events, "a", "b", "2020-05-13") == (0, 0)
    assert levels(events, "a", "b", "2020-05-14") == (0, 3)


def test_a_lesser_event_never_lowers_a_greater_one() -> None:
    events = [event(ATTACK, "2020-05-10"), event(AccusationMade(accuser="a", accused="b"), "2021")]
    assert levels(events, "a", "b", "2022-01-01") == (0, 3)


def test_the_end_of_an_interval_closes_nothing() -> None:
    events = [event(COMBAT, "2013-01-11/2014-08-01")]
    assert levels(events, "a", "b", "2020-01-01") == (3, 0)


def test_a_withdrawal_closes_levels_2_and_3() -> None:
    words = event(StatementMade(speaker="a", about=("b",), tone="support"), "2020-01-01")
    training = event(ForcesDeployed(sender="a", host="b", role="training"), "2020-01-02")
    gone = event(ForcesWithdrawn(sender="b", host="a"), "2020-01-03")
    assert levels([words, training, event(COMBAT)], "a", "b", "2020-01-04") == (3, 0)
    assert levels([words, training, event(COMBAT), gone], "a", "b", "2020-01-04") == (1, 0)
    assert levels([training, gone], "a", "b", "2020-01-04") == (0, 0)


def test_the_end_of_an_agreement_closes_level_1_and_neutral() -> None:
    signed = event(AgreementSigned(parties=("a", "b"), kind="peace"), "2020-01-01")
    training = event(ForcesDeployed(sender="a", host="b"), "2020-01-02")
    ended = event(AgreementEnded(parties=("a", "b")), "2020-01-03")
    before = pair([signed], "a", "b", "2020-01-04")
    assert (before.cooperation, before.neutral) == (1, True)
    after = pair([signed, ended], "a", "b", "2020-01-04")
    assert (after.cooperation, after.neutral, after.alignment) == (0, False, "unknown")
    assert levels([signed, training, ended], "a", "b", "2020-01-04") == (2, 0)


def test_expulsion_and_severance_close_all_cooperation() -> None:
    words = event(StatementMade(speaker="b", about=("a",), tone="support"), "2020-01-01")
    for data in (
        ForcesExpelled(host="a", expelled="b"),
        RelationsSevered(initiator="a", target="b"),
    ):
        ended = event(data, "2020-01-03")
        answer = pair([words, event(COMBAT), ended], "a", "b", "2020-01-04")
        assert (answer.cooperation, answer.conflict) == (0, 2)
        assert answer.directed["b>a"].conflict == 0


def test_a_battle_ends_older_cooperation_across_sides() -> None:
    events = [event(COMBAT, "2020-05-09"), event(BATTLE, "2020-05-10")]
    assert levels(events, "a", "b", "2020-05-10") == (0, 3)


def test_a_battle_acts_first_so_that_cooperation_of_its_day_stays() -> None:
    """A battle's close has rank -1: on one day it comes before every set, whatever its place."""
    events = [event(COMBAT, "2020-05-10"), event(BATTLE, "2020-05-10")]
    assert levels(events, "a", "b", "2020-05-10") == (3, 3)
    assert levels(events[::-1], "a", "b", "2020-05-10") == (3, 3)


def test_an_overthrow_ends_older_cooperation_and_conflict_with_everybody() -> None:
    older = [
        event(COMBAT, "2020-05-09"),
        event(AttackReported(attacker="c", target="a"), "2020-05-09"),
        event(AttackReported(attacker="c", target="b"), "2020-05-09"),
    ]
    events = [*older, event(overthrow(), "2020-05-10")]
    assert levels(events, "a", "b", "2020-05-09") == (3, 0)
    assert levels(events, "a", "b", "2020-05-10") == (0, 0)
    assert levels(events, "a", "c", "2020-05-10") == (0, 0)
    assert levels(events, "b", "c", "2020-05-10") == (0, 3)
    collapsed = [*older, event(overthrow("collapse"), "2020-05-10")]
    assert levels(collapsed, "a", "b", "2020-05-10") == (0, 0)
    elected = [*older, event(overthrow("election"), "2020-05-10")]
    assert levels(elected, "a", "b", "2020-05-10") == (3, 0)


def test_an_overthrow_acts_first_so_that_what_happens_on_its_day_stays() -> None:
    events = [event(ATTACK, "2020-05-10"), event(COMBAT, "2020-05-10")]
    for order in ([*events, event(overthrow(), "2020-05-10")],
                  [event(overthrow(), "2020-05-10"), *events]):  # fmt: skip
        assert levels(order, "a", "b", "2020-05-10") == (3, 3)


def test_an_overthrow_leaves_neutrality_sanctions_and_alliances() -> None:
    older = [
        event(RelationsRestored(parties=("a", "b")), "2020-01-01"),
        event(SanctionImposed(sender="b", target="a"), "2020-01-01"),
        formed("pact", ("a", "b")),
    ]
    answer = pair([*older, event(overthrow(), "2020-05-10")], "a", "b", "2020-06-01")
    assert (answer.cooperation, answer.conflict, answer.neutral) == (3, 2, True)


def test_a_dissolution_closes_every_line_with_the_actor() -> None:
    older = [
        event(COMBAT, "2020-01-01"),
        event(AttackReported(attacker="b", target="a"), "2020-01-01"),
        event(RelationsRestored(parties=("a", "c")), "2020-01-01"),
        event(SanctionImposed(sender="c", target="a", programme="arms"), "2020-01-01"),
        event(SanctionImposed(sender="a", target="c"), "2020-01-01"),
        formed("pact", ("a", "b", "c")),
        event(AttackReported(attacker="c", target="b"), "2020-01-01"),
    ]
    events = [*older, event(END, "2020-05-10")]
    before = pair(events, "a", "c", "2020-05-09")
    assert (before.cooperation, before.conflict, before.neutral) == (3, 2, True)
    for other in ("b", "c"):
        after = pair(events, "a", other, "2020-05-10")
        assert (after.cooperation, after.conflict, after.neutral) == (0, 0, False)
        assert (after.commitments, after.sanctions, after.alignment) == ((), (), "unknown")
    assert levels(events, "b", "c", "2020-05-10") == (3, 3)


def test_a_dissolution_acts_last_so_that_nothing_of_its_day_stays() -> None:
    events = [event(END, "2020-05-10"), event(ATTACK, "2020-05-10")]
    assert levels(events, "a", "b", "2020-05-10") == (0, 0)
    assert levels(events[::-1], "a", "b", "2020-05-10") == (0, 0)
    after = [*events, event(ATTACK, "2020-05-11", called="ghosts")]
    assert levels(after, "a", "b", "2020-05-11") == (0, 3)


def test_a_ceasefire_closes_conflict_and_sets_neutral_when_full() -> None:
    attack = event(ATTACK, "2020-05-10")
    full = event(CeasefireAgreed(parties=("a", "b")), "2020-05-11")
    answer = pair([attack, full], "a", "b", "2020-05-11")
    assert (answer.conflict, answer.neutral, answer.alignment) == (0, True, "neutral")
    partial = event(CeasefireAgreed(parties=("a", "b"), scope="partial"), "2020-05-11")
    answer = pair([attack, partial], "a", "b", "2020-05-11")
    assert (answer.conflict, answer.neutral, answer.alignment) == (3, False, "hostile")


def corrected(data: EventData, target: str) -> Event:
    return event(data, "2020-05-10", called=f"correction of {target}", corrects=target)


def test_a_correction_takes_the_place_of_the_first_of_its_chain() -> None:
    """On one day, place decides: a corrected set does not jump behind a close, nor a close behind a set."""
    attack = event(ATTACK, "2020-05-10", called="attack")
    close = event(PEACE, "2020-05-10", called="peace")
    assert levels([attack, close, corrected(ATTACK, "attack")], "a", "b", "2020-06-01") == (0, 0)
    assert levels([close, attack, corrected(PEACE, "peace")], "a", "b", "2020-06-01") == (0, 3)
    twice = event(ATTACK, "2020-05-10", called="second correction", corrects="correction of attack")
    chain = [attack, close, corrected(ATTACK, "attack"), twice]
    assert levels(chain, "a", "b", "2020-06-01") == (0, 0)


def test_a_correction_counts_instead_of_what_it_corrects() -> None:
    wrong = event(ATTACK, "2020-05-10", called="attack")
    other_day = event(ATTACK, "2020-07-01", called="later", corrects="attack")
    assert levels([wrong, other_day], "a", "b", "2020-06-01") == (0, 0)
    assert levels([wrong, other_day], "a", "b", "2020-07-01") == (0, 3)
    other_actor = event(AttackReported(attacker="a", target="c"), corrects="attack")
    assert levels([wrong, other_actor], "a", "b", "2020-06-01") == (0, 0)
    assert levels([wrong, other_actor], "a", "c", "2020-06-01") == (0, 3)
