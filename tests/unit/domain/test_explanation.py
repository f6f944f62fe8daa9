"""Why a pair is aligned as it is: every event with an effect on it, and what became of that (DESIGN section 6)."""

from typing import Any

import pytest

from domain.answers import EvidenceItem, ExplainedEffect
from domain.event import Event
from domain.vocabulary import (
    AccusationMade,
    ActorDissolved,
    ActorRegistered,
    AllianceEnded,
    AllianceJoined,
    AllianceLeft,
    AttackReported,
    BattleReported,
    HostilitiesEnded,
    RegimeChanged,
    SanctionImposed,
    SanctionLifted,
    Side,
)
from tests.builders import corroborated, denied, event, formed, names, retracted, uid
from tests.unit.domain.asking import explained, pair


def item(events: list[Event], called: str, at: str = "2021-01-01", **fields: Any) -> EvidenceItem:
    listed = explained(events, at, **fields).evidence_list
    [found] = [one for one in listed if one.event == uid(called)]
    return found


def states(events: list[Event], called: str, at: str, **fields: Any) -> set[str]:
    return {effect.state for effect in item(events, called, at, **fields).effects}


def attack(occurred: str = "2020-01-01", called: str = "attack", **fields: Any) -> Event:
    return event(AttackReported(attacker="a", target="b"), occurred, called=called, **fields)


def peace(occurred: str = "2020-06-01", called: str = "peace", **fields: Any) -> Event:
    return event(HostilitiesEnded(parties=("b", "a")), occurred, called=called, **fields)


def test_an_item_tells_all_about_its_event() -> None:
    events = [
        event(ActorRegistered(actor="a", kind="state", name="A")),
        attack("2019-12", "first report"),
        attack(
            "2020-01/2020-02-10",
            claimant="x",
            publisher="The Daily",
            reliability="B",
            credibility=2,
            origin="wire",
            corrects="first report",
            modality="acknowledged",
        ),
        denied("first report", "b"),
        denied("attack", None),
        corroborated("attack", "y"),
    ]
    found = item(events, "attack")
    effect = ExplainedEffect(
        rule="AttackReported/1",
        move="set",
        line="conflict",
        source="a",
        target="b",
        programme="",
        low=3,
        high=3,
        rank=0,
        alleged=False,
        state="open",
        closed_by=None,
    )
    assert found == EvidenceItem(
        event=uid("attack"),
        type="AttackReported",
        position=3,
        place=2,
        occurred="2020-01/2020-02-10",
        earliest="2020-01-01",
        latest="2020-01-31",
        ended="2020-02-10",
        claimant="x",
        publisher="The Daily",
        modality="acknowledged",
        reliability="B",
        credibility=2,
        origin="wire",
        admitted=True,
        reason=None,
        ended_by=None,
        denied_by=("b", None),
        corroborated_by=("y",),
        via=(),
        effects=(effect,),
    )
    replaced = item(events, "first report")
    assert (replaced.admitted, replaced.reason, replaced.ended_by) == (
        False,
        "superseded",
        uid("attack"),
    )


def test_the_alignment_is_the_same_as_without_reasons() -> None:
    events = [attack(), peace(), attack("2020-07")]
    assert explained(events, "2020-07-15").alignment == pair(events, "a", "b", "2020-07-15")


@pytest.mark.parametrize(
    ("at", "state", "closed_by"),
    [
        ("2019-12-31", "not-begun", None),
        ("2020-01-01", "possible", None),
        ("2020-01-31", "open", None),
        ("2020-05-31", "open", None),
        ("2020-06-01", "possible", "peace"),
        ("2020-06-29", "possible", "peace"),
        ("2020-06-30", "closed", "peace"),
    ],
)
def test_a_set_is_open_possible_or_closed_by_an_event(
    at: str, state: str, closed_by: str | None
) -> None:
    events = [attack("2020-01"), peace("2020-06"), peace("2020-08", "another peace")]
    [effect] = item(events, "attack", at).effects
    assert (effect.state, effect.closed_by) == (state, closed_by and uid(closed_by))


def test_what_has_not_begun_is_not_closed_yet() -> None:
    events = [attack("2020-06-01"), peace("2020")]
    [effect] = item(events, "attack", "2020-03-01").effects
    assert (effect.state, effect.closed_by) == ("not-begun", None)


def test_the_first_close_in_order_is_named() -> None:
    events = [
        attack(),
        peace("2020-07-01", "second"),
        peace("2020-06-01", "first"),
        peace("2020-06-01", "first too"),
        peace("2020-01-01", "before", modality="denied"),
        event(RegimeChanged(state="a", how="overthrow"), "2020-06-01", called="overthrow"),
    ]
    [effect] = item(events, "attack").effects
    assert effect.closed_by == uid("overthrow")  # rank -1
    [effect] = item(events[:-1], "attack").effects
    assert effect.closed_by == uid("first")


@pytest.mark.parametrize(
    ("at", "state"),
    [
        ("2020-05-31", "not-begun"),
        ("2020-06-01", "possibly-acting"),
        ("2020-06-29", "possibly-acting"),
        ("2020-06-30", "acting"),
    ],
)
def test_a_close_acts_possibly_then_for_certain(at: str, state: str) -> None:
    assert states([attack(), peace("2020-06")], "peace", at) == {state}


REASONS: list[tuple[dict[str, Any], dict[str, Any], str | None]] = [
    ({"claimant": "x"}, {}, None),
    ({"modality": "planned"}, {}, "modality"),
    ({"modality": "alleged"}, {}, "modality"),
    ({"modality": "alleged"}, {"alleged": True}, None),
    ({"claimant": "x"}, {"according_to": "y"}, "other-claimant"),
    ({"claimant": "z"}, {"according_to": "z"}, "denied"),
    ({}, {"according_to": "z"}, "denied"),
    ({"reliability": "F"}, {"reliability": "E"}, "ungraded"),
    ({}, {"reliability": "E"}, "ungraded"),
    ({"credibility": 6}, {"credibility": 5}, "ungraded"),
    ({"reliability": "C"}, {"reliability": "B"}, "below-grade"),
    ({"credibility": 3}, {"credibility": 2}, "below-grade"),
    # The first reason: whose claim, then its modality, then its grades.
    ({"claimant": "x", "modality": "planned"}, {"according_to": "y"}, "other-claimant"),
    ({"modality": "planned", "reliability": "F"}, {"reliability": "A"}, "modality"),
    ({"reliability": "C"}, {"reliability": "B", "credibility": 2}, "ungraded"),
]


@pytest.mark.parametrize(("claim", "viewpoint", "reason"), REASONS)
def test_an_event_left_out_says_why(
    claim: dict[str, Any], viewpoint: dict[str, Any], reason: str | None
) -> None:
    events = [attack(**claim), denied("attack", "z")]
    found = item(events, "attack", **viewpoint)
    assert (found.admitted, found.reason) == (reason is None, reason)
    assert {one.state for one in found.effects} == ({"open"} if reason is None else {"left-out"})


def test_what_curation_ended_is_listed_with_what_ended_it() -> None:
    events = [attack(), retracted("attack")]
    assert item(events, "attack", known=1).admitted
    found = item(events, "attack")
    assert (found.admitted, found.reason, found.ended_by) == (
        False,
        "retracted",
        uid("retraction of attack"),
    )
    assert {one.state for one in found.effects} == {"left-out"}


def test_every_event_with_an_effect_on_the_pair_is_listed_by_position() -> None:
    events = [
        event(AccusationMade(accuser="b", accused="a"), "2025", called="later"),
        attack("2020-03-01"),
        event(AttackReported(attacker="a", target="c"), called="elsewhere"),
        event(AttackReported(attacker="c", target="b"), called="elsewhere too"),
        event(ActorDissolved(actor="b"), "2020-02-01", called="end of b"),
        event(ActorDissolved(actor="c"), "2020-02-01", called="end of c"),
        event(RegimeChanged(state="a", how="collapse"), "2019", called="collapse"),
        event(RegimeChanged(state="a", how="election"), "2019", called="election"),
        event(SanctionImposed(sender="a", target="b", programme="arms"), called="sanction"),
        event(SanctionLifted(sender="a", target="b"), called="lifting"),
    ]
    listed = [one.event for one in explained(events).evidence_list]
    assert names(listed, "later", "attack", "end of b", "collapse", "sanction", "lifting") == [
        "later",
        "attack",
        "end of b",
        "collapse",
        "sanction",
        "lifting",
    ]
    assert len(explained(events, known=3).evidence_list) == 2


def test_alliances_of_both_are_listed_whole() -> None:
    events = [
        formed("pact", ("a", "c"), called="formation"),
        event(AllianceJoined(alliance="pact", member="b"), called="b joins"),
        event(AllianceJoined(alliance="pact", member="d"), called="d joins"),
        event(AllianceLeft(alliance="pact", member="a"), "2020-06-01", called="a leaves"),
        event(AllianceEnded(alliance="pact"), "2020-07-01", called="end"),
        formed("axis", ("a", "c"), called="another"),
        formed("pact", ("c", "d"), ("offence",), called="protocol"),
        event(ActorDissolved(actor="a"), "2020-08-01", called="end of a"),
    ]
    listed = names(
        [one.event for one in explained(events).evidence_list],
        "formation", "b joins", "d joins", "a leaves", "end", "another", "protocol", "end of a",
    )  # fmt: skip
    assert listed == ["formation", "b joins", "a leaves", "end", "protocol", "end of a"]
    lines = {(one.line, one.target) for one in item(events, "formation").effects}
    assert lines == {("membership", "a"), ("obligation", "defence")}


def test_a_battle_is_listed_with_its_effects_on_the_pair_only() -> None:
    battle = BattleReported(sides=(Side(parties=("a", "c")), Side(parties=("b",))))
    found = item([event(battle, called="battle")], "battle")
    assert [(one.move, one.source, one.target, one.rank) for one in found.effects] == [
        ("close", "a", "b", -1),
        ("close", "b", "a", -1),
        ("set", "a", "b", 0),
        ("set", "b", "a", 0),
    ]
