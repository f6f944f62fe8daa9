"""The two readings of dates that are not exact, worked by hand from DESIGN section 4."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.event import Event
from domain.fold.ledger import Reading
from domain.vocabulary import (
    AccusationMade,
    ActorDissolved,
    AttackReported,
    BattleReported,
    EventData,
    ForcesDeployed,
    ForcesExpelled,
    HostilitiesEnded,
    RegimeChanged,
    RelationsRestored,
    Side,
)
from tests.builders import event, formed
from tests.unit.domain.asking import ledger, levels, pair, readings

ATTACK = AttackReported(attacker="a", target="b")
PEACE = HostilitiesEnded(parties=("a", "b"))
COMBAT = ForcesDeployed(sender="a", host="b", role="combat")

# (events in order of recording, day asked, certain alignment, possible alignment)
OPENINGS = [
    ("2021-12", "2021-11-30", "unknown", "unknown"),
    ("2021-12", "2021-12-01", "unknown", "hostile"),
    ("2021-12", "2021-12-30", "unknown", "hostile"),
    ("2021-12", "2021-12-31", "hostile", "hostile"),
    ("2021", "2021-01-01", "unknown", "hostile"),
    ("2021", "2021-12-31", "hostile", "hostile"),
    ("2021-12-05~", "2021-12-04", "unknown", "unknown"),
    ("2021-12-05~", "2021-12-05", "hostile", "hostile"),
    # An interval begins in its first date; how it ends opens nothing later.
    ("2021-12-05/2022", "2021-12-05", "hostile", "hostile"),
    ("2021-12/2022", "2021-12-30", "unknown", "hostile"),
    ("2021-12/2022", "2021-12-31", "hostile", "hostile"),
]


@pytest.mark.parametrize(("occurred", "at", "certain", "possible"), OPENINGS)
def test_a_set_takes_hold_certainly_on_its_latest_day_and_possibly_on_its_earliest(
    occurred: str, at: str, certain: str, possible: str
) -> None:
    assert readings([event(ATTACK, occurred)], "a", "b", at) == (certain, possible)


# What the attack is dated, then the close, recorded before or after, the day, the two readings.
CLOSINGS = [
    # A vague close acts certainly from its latest day, and possibly from its earliest.
    ("2020-01-10", "2020-03", "after", "2020-02-29", "hostile", "hostile"),
    ("2020-01-10", "2020-03", "after", "2020-03-01", "unknown", "hostile"),
    ("2020-01-10", "2020-03", "after", "2020-03-30", "unknown", "hostile"),
    ("2020-01-10", "2020-03", "after", "2020-03-31", "unknown", "unknown"),
    # Both in one month: either order may be true, whichever was recorded first.
    ("2020-03", "2020-03", "after", "2020-03-30", "unknown", "hostile"),
    ("2020-03", "2020-03", "after", "2020-03-31", "unknown", "hostile"),
    ("2020-03", "2020-03", "before", "2021-01-01", "unknown", "hostile"),
    # An exact close within the set's month.
    ("2020-03", "2020-03-15", "after", "2020-03-14", "unknown", "hostile"),
    ("2020-03", "2020-03-15", "after", "2021-01-01", "unknown", "hostile"),
    ("2020-03", "2020-03-31", "after", "2021-01-01", "unknown", "unknown"),
    ("2020-03", "2020-03-31", "before", "2021-01-01", "unknown", "hostile"),
    ("2020-03", "2020-03-01", "before", "2021-01-01", "hostile", "hostile"),
    ("2020-03", "2020-03-01", "after", "2021-01-01", "unknown", "hostile"),
    ("2020-03", "2020-02-29", "after", "2021-01-01", "hostile", "hostile"),
    # An exact set within the close's month.
    ("2020-03-15", "2020-03", "after", "2020-03-31", "unknown", "hostile"),
    ("2020-03-01", "2020-03", "after", "2020-03-31", "unknown", "unknown"),
    ("2020-03-01", "2020-03", "before", "2020-03-31", "unknown", "hostile"),
    ("2020-03-31", "2020-03", "before", "2020-03-31", "hostile", "hostile"),
    ("2020-03-31", "2020-03", "after", "2020-03-31", "unknown", "hostile"),
    # A fight that went on until the 27th may outlast a close within it.
    ("2020-03-25/2020-03-27", "2020-03-26", "after", "2021-01-01", "unknown", "hostile"),
    ("2020-03-25/2020-03-27", "2020-03-27", "before", "2021-01-01", "unknown", "hostile"),
    ("2020-03-25/2020-03-27", "2020-03-27", "after", "2021-01-01", "unknown", "unknown"),
    ("2020-03-25/2020-03-27", "2020-03-25", "after", "2021-01-01", "unknown", "hostile"),
    ("2020-03-25/2020-03-27", "2020-03-25", "before", "2021-01-01", "hostile", "hostile"),
    # A close that is an interval acts when it begins; its end says nothing.
    ("2020-03-10", "2020-03-12/2020-06", "after", "2020-03-12", "unknown", "unknown"),
    ("2020-03-10", "2020-02/2020-06", "after", "2021-01-01", "hostile", "hostile"),
    ("2020-02-10", "2020-02/2020-06", "after", "2020-02-29", "unknown", "hostile"),
]


@pytest.mark.parametrize(("attack", "peace", "recorded", "at", "certain", "possible"), CLOSINGS)
def test_a_close_shuts_what_it_may_come_after(
    attack: str, peace: str, recorded: str, at: str, *, certain: str, possible: str
) -> None:
    events = [event(ATTACK, attack), event(PEACE, peace)]
    in_order = events if recorded == "after" else events[::-1]
    assert readings(in_order, "a", "b", at) == (certain, possible)


def battle(one: str, other: str) -> EventData:
    return BattleReported(sides=(Side(parties=(one,)), Side(parties=(other,))))


@pytest.mark.parametrize(
    ("close", "at", "certain", "possible"),
    [
        # Rank first: on the same day, never after the set.
        (event(battle("a", "b"), "2020-03-31"), "2020-03-31", "hostile", "mixed"),
        (event(battle("a", "b"), "2020-03-01"), "2020-03-31", "mixed", "mixed"),
        (event(RegimeChanged(state="b", how="overthrow"), "2020-03-31"), "2021-01-01",
         "unknown", "allied"),
        (event(RegimeChanged(state="b", how="overthrow"), "2020-03-01"), "2021-01-01",
         "allied", "allied"),
        # Rank last: on the same day, always after it.
        (event(ActorDissolved(actor="b"), "2020-03-31"), "2021-01-01", "unknown", "unknown"),
        (event(ActorDissolved(actor="b"), "2020-03-01"), "2021-01-01", "unknown", "allied"),
        (event(ActorDissolved(actor="b"), "2020-02-29"), "2021-01-01", "allied", "allied"),
        (event(ActorDissolved(actor="b"), "2020"), "2020-06-01", "unknown", "allied"),
        (event(ActorDissolved(actor="b"), "2020"), "2020-12-31", "unknown", "allied"),
        (event(ActorDissolved(actor="b"), "2021"), "2021-12-30", "unknown", "allied"),
        (event(ActorDissolved(actor="b"), "2021"), "2021-12-31", "unknown", "unknown"),
    ],
)  # fmt: skip
def test_ranks_order_effects_of_one_day_in_both_readings(
    close: Event, at: str, certain: str, possible: str
) -> None:
    deployed = event(COMBAT, "2020-03")
    for events in ([deployed, close], [close, deployed]):
        assert readings(events, "a", "b", at) == (certain, possible)


def test_the_levels_answered_are_the_certain_ones() -> None:
    events = [event(COMBAT, "2020-01-01"), event(ATTACK, "2020-03")]
    answer = pair(events, "a", "b", "2020-03-15")
    assert (answer.alignment, answer.possible_alignment) == ("allied", "mixed")
    assert (answer.cooperation, answer.conflict, answer.certainty) == (3, 0, "uncertain")
    assert answer.support_count == 1


def test_readings_of_the_same_alignment_agree_whatever_their_levels() -> None:
    """Only another alignment is uncertain: strained by 1 or by 2 is strained."""
    accused = event(AccusationMade(accuser="a", accused="b"), "2020-01-02")
    expelled = event(ForcesExpelled(host="a", expelled="b"), "2020-03")
    answer = pair([accused, expelled], "a", "b", "2020-03-15")
    assert (answer.alignment, answer.conflict) == ("strained", 1)
    assert (answer.certainty, answer.possible_alignment) == ("certain", None)
    assert pair([accused, expelled], "a", "b", "2020-03-31").conflict == 2


def test_neutrality_is_read_both_ways_too() -> None:
    restored = [event(RelationsRestored(parties=("a", "b")), "2020-03")]
    assert readings(restored, "a", "b", "2020-03-15") == ("unknown", "neutral")
    assert not pair(restored, "a", "b", "2020-03-15").neutral


def test_a_vague_end_of_regime_leaves_later_sets() -> None:
    events = [
        event(ATTACK, "2019-12-31"),
        event(COMBAT, "2021-01-01"),
        event(RegimeChanged(state="a", how="collapse"), "2020"),
    ]
    assert levels(events, "a", "b", "2021-01-01") == (3, 0)
    assert readings(events, "a", "b", "2020-06-01") == ("unknown", "hostile")
    assert readings(events, "a", "b", "2021-01-01") == ("allied", "allied")


OCCURRED = st.sampled_from(
    ["2020", "2020-01", "2020-02", "2020-01-15", "2020-02-01", "2020-01-31", "2020-01/2020-02",
     "2020-01-10/2020-02-05", "2019", "2020-12-31"]
)  # fmt: skip
DATA: list[EventData] = [
    ATTACK, PEACE, COMBAT, battle("b", "a"), ActorDissolved(actor="b"),
    RegimeChanged(state="a", how="overthrow"), RelationsRestored(parties=("a", "b")),
]  # fmt: skip
HISTORIES = st.lists(
    st.builds(event, st.sampled_from(DATA), OCCURRED, called=st.uuids().map(str)), max_size=8
) | st.just([formed("pact", ("a", "b"), occurred="2020-01")])


@settings(max_examples=300, deadline=None)
@given(HISTORIES, st.dates().map(str) | st.sampled_from(["2020-01-31", "2020-02-01", "2020-12-31"]))
def test_what_is_certainly_open_is_possibly_open(events: list[Event], at: str) -> None:
    seen = ledger(events, at)
    for one in seen.sets:
        assert not seen.is_open(one, Reading.CERTAIN) or seen.is_open(one, Reading.POSSIBLE)


@settings(max_examples=300, deadline=None)
@given(HISTORIES, st.sampled_from(["2020-01-15", "2020-01-31", "2020-02-01", "2020-12-31"]))
def test_exact_dates_leave_nothing_uncertain(events: list[Event], at: str) -> None:
    exact = [
        event(one.data, one.span.earliest.isoformat(), called=str(n))
        for n, one in enumerate(events)
    ]
    assert pair(exact, "a", "b", at).certainty == "certain"
