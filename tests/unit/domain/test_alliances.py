"""Which alliances were in force, with whom, on which day (DESIGN sections 4 and 6)."""

from typing import Any

import pytest

from domain.answers import AllianceMember, AllianceState, AllianceStep
from domain.event import Event
from domain.fold.alliances import alliance_history, alliance_state, known_alliances
from domain.vocabulary import ActorDissolved, AllianceEnded, AllianceJoined, AllianceLeft
from tests.builders import denied, event, formed, retracted, uid
from tests.unit.domain.asking import ledger


def pact(events: list[Event], at: str, **fields: Any) -> AllianceState:
    return alliance_state(ledger(events, at, **fields), "pact")


def joined(member: str, occurred: str, **fields: Any) -> Event:
    return event(AllianceJoined(alliance="pact", member=member), occurred, **fields)


def left(member: str, occurred: str, **fields: Any) -> Event:
    return event(AllianceLeft(alliance="pact", member=member), occurred, **fields)


def ended(occurred: str, **fields: Any) -> Event:
    return event(AllianceEnded(alliance="pact"), occurred, **fields)


CHARTER = formed("pact", ("b", "a"), ("consultation", "defence"), "2020-01-01", name="Charter")


def test_an_alliance_on_a_day() -> None:
    assert pact([CHARTER], "2020-01-01") == AllianceState(
        id="pact",
        name="Charter",
        obligations=("defence", "consultation"),
        strength="strong",
        members=(
            AllianceMember("a", "2020-01-01", "certain"),
            AllianceMember("b", "2020-01-01", "certain"),
        ),
        in_force=True,
    )


def test_before_it_is_formed_it_has_no_members_and_obliges_nobody() -> None:
    found = pact([CHARTER], "2019-12-31")
    assert (found.members, found.obligations, found.strength) == ((), (), None)
    assert (found.in_force, found.name) == (False, "Charter")


def certainties(events: list[Event], at: str, **fields: Any) -> dict[str, str]:
    return {one.actor: one.certainty for one in pact(events, at, **fields).members}


HISTORY = [
    formed("pact", ("a", "b"), occurred="2021-12"),
    joined("c", "2022-03"),
    left("b", "2022-06-15"),
    left("c", "2022-09"),
    ended("2023"),
    joined("a", "2024-02-01"),
    joined("b", "2024-02-01"),
]


@pytest.mark.parametrize(
    ("at", "members", "in_force"),
    [
        ("2021-11-30", {}, False),
        ("2021-12-01", {"a": "possible", "b": "possible"}, False),
        ("2021-12-31", {"a": "certain", "b": "certain"}, True),
        ("2022-03-15", {"a": "certain", "b": "certain", "c": "possible"}, True),
        ("2022-03-31", {"a": "certain", "b": "certain", "c": "certain"}, True),
        ("2022-06-15", {"a": "certain", "c": "certain"}, True),
        ("2022-08-31", {"a": "certain", "c": "certain"}, True),
        ("2022-09-01", {"a": "certain", "c": "possible"}, False),
        ("2022-09-30", {"a": "certain"}, False),
        ("2023-01-01", {"a": "possible"}, False),
        ("2023-12-31", {}, False),
        ("2024-02-01", {"a": "certain", "b": "certain"}, True),
    ],
)
def test_members_come_and_go(at: str, members: dict[str, str], *, in_force: bool) -> None:
    assert certainties(HISTORY, at) == members
    assert pact(HISTORY, at).in_force == in_force


def test_since_is_the_earliest_open_set_of_the_reading_that_makes_the_member() -> None:
    events = [CHARTER, joined("a", "2019-06"), joined("c", "2021")]
    found = {one.actor: one.since for one in pact(events, "2021-06-01").members}
    assert found == {"a": "2019-06", "b": "2020-01-01", "c": "2021"}


def test_a_certain_member_is_in_since_its_certain_set() -> None:
    """Whether `a` left before or after it came in 2018 is open; its stay since 2020 is not."""
    events = [joined("a", "2018"), left("a", "2018-06-01"), CHARTER]
    assert [one.since for one in pact(events, "2019-01-01").members] == ["2018"]
    found = {one.actor: one.since for one in pact(events, "2020-06-01").members}
    assert found == {"a": "2020-01-01", "b": "2020-01-01"}


def test_a_dissolved_actor_is_no_member() -> None:
    events = [CHARTER, joined("c", "2020-02-01"), event(ActorDissolved(actor="a"), "2021")]
    assert certainties(events, "2020-12-31") == {"a": "certain", "b": "certain", "c": "certain"}
    assert certainties(events, "2021-01-01") == {"a": "possible", "b": "certain", "c": "certain"}
    assert certainties(events, "2021-12-31") == {"b": "certain", "c": "certain"}


def test_obligations_are_the_union_of_what_has_begun() -> None:
    events = [
        formed("pact", ("a", "b"), ("consultation",), "2020"),
        formed("pact", ("a", "c"), ("defence", "consultation"), "2022", called="protocol"),
    ]
    assert pact(events, "2020-06-01").obligations == ()
    assert pact(events, "2020-12-31").obligations == ("consultation",)
    assert pact(events, "2020-12-31").strength == "weak"
    assert pact(events, "2022-06-01").strength == "weak"
    assert pact(events, "2022-12-31").obligations == ("defence", "consultation")


def test_a_viewpoint_sees_the_alliances_of_its_claims() -> None:
    events = [
        formed("pact", ("a", "b"), claimant="x", reliability="C"),
        joined("c", "2020-02-01", claimant="y"),
        joined("d", "2020-02-01", modality="alleged"),
        joined("e", "2020-02-01", called="e joins"),
        denied("e joins", "x"),
    ]
    at = "2021-01-01"
    assert certainties(events, at) == dict.fromkeys("abce", "certain")
    assert certainties(events, at, alleged=True) == dict.fromkeys("abcde", "certain")
    assert certainties(events, at, according_to="x") == dict.fromkeys("ab", "certain")
    assert certainties(events, at, according_to="y") == dict.fromkeys("ce", "certain")
    assert pact(events, at, according_to="y").strength is None
    assert certainties(events, at, reliability="C") == dict.fromkeys("ab", "certain")
    assert certainties(events, at, known=1) == dict.fromkeys("ab", "certain")


def test_an_alliance_bears_the_name_it_last_took() -> None:
    events = [
        formed("pact", ("a", "b")),
        formed("pact", ("a", "b"), occurred="2023", name="Confederation", called="treaty"),
        formed("pact", ("a", "b"), occurred="2021-01-01", name="Charter", called="charter"),
        formed("pact", ("a", "b"), occurred="2024", called="nameless"),
    ]
    assert pact(events[:1], "2022-01-01").name is None
    assert pact(events, "2020-06-01").name == "Charter"
    assert pact(events, "2023-12-30").name == "Charter"
    assert pact(events, "2025-01-01").name == "Confederation"


def test_an_alliance_is_known_while_a_live_formation_forms_it() -> None:
    events = [CHARTER, formed("axis", ("a", "c")), retracted("formation of pact")]
    assert known_alliances(ledger(events, "2020-01-01", known=0)) == []
    assert known_alliances(ledger(events, "2020-01-01", known=2)) == ["axis", "pact"]
    assert known_alliances(ledger(events, "2020-01-01")) == ["axis"]


def test_history_tells_who_came_and_left_by_which_event() -> None:
    events = [
        joined("c", "2022-03", called="c joins"),
        formed("pact", ("b", "a"), occurred="2021-12"),
        formed("axis", ("a", "c")),
        left("c", "2022-02-28", called="c leaves"),
        ended("2023", called="end", modality="alleged"),
        joined("d", "2022", called="wrong"),
        retracted("wrong"),
    ]
    found = alliance_history(ledger(events, "2020-01-01"), "pact")
    formation = ("AllianceFormed", "2021-12")
    assert found == [
        AllianceStep(uid("formation of pact"), *formation, "a", admitted=True),
        AllianceStep(uid("formation of pact"), *formation, "b", admitted=True),
        AllianceStep(uid("c leaves"), "AllianceLeft", "2022-02-28", "c", admitted=True),
        AllianceStep(uid("c joins"), "AllianceJoined", "2022-03", "c", admitted=True),
        AllianceStep(uid("end"), "AllianceEnded", "2023", None, admitted=False),
    ]


def test_history_tells_of_members_dissolved() -> None:
    events = [
        formed("pact", ("a", "b"), occurred="2020"),
        event(ActorDissolved(actor="b"), "2021-05", called="end of b"),
        event(ActorDissolved(actor="c"), "2021", called="end of c"),
        formed("axis", ("a", "c")),
    ]
    steps = [
        (one.event, one.member) for one in alliance_history(ledger(events, "2020-01-01"), "pact")
    ]
    formation = uid("formation of pact")
    assert steps == [(formation, "a"), (formation, "b"), (uid("end of b"), "b")]
