"""What a pair's viewpoint hides, and what allegations would add (DESIGN section 6)."""

from typing import Any

from domain.answers import AllegedAlignment, Hidden
from domain.event import Event
from domain.vocabulary import (
    AbuseAlleged,
    AttackReported,
    ForcesDeployed,
    HostilitiesEnded,
    SupportAlleged,
)
from tests.builders import denied, event, retracted, uid
from tests.unit.domain.asking import explained


def attack(occurred: str = "2020-01-01", called: str = "attack", **fields: Any) -> Event:
    return event(AttackReported(attacker="a", target="b"), occurred, called=called, **fields)


ALLEGED_AID = event(SupportAlleged(accuser="x", supporter="a", recipient="b"), called="aid")
ALLEGED_ABUSE = event(AbuseAlleged(accuser="x", perpetrator="b", victims="a"), called="abuse")


def test_allegations_are_shown_apart() -> None:
    rumour = attack("2020-02-01", "rumour", modality="speculated")
    found = explained([attack(), ALLEGED_AID, ALLEGED_ABUSE, rumour])
    assert found.alignment.alignment == "hostile"
    assert found.alleged == AllegedAlignment("mixed", (uid("aid"), uid("abuse"), uid("rumour")))
    [aid] = explained([ALLEGED_AID]).evidence_list
    assert (aid.admitted, aid.reason) == (False, "alleged")
    [aid] = explained([ALLEGED_AID], alleged=True).evidence_list
    assert (aid.admitted, aid.reason) == (True, None)


def test_without_allegations_the_two_agree() -> None:
    assert explained([attack()]).alleged == AllegedAlignment("hostile", ())


def test_allegations_already_included_add_nothing() -> None:
    found = explained([ALLEGED_AID], alleged=True)
    assert found.alignment.alignment == "cooperating"
    assert found.alleged == AllegedAlignment("cooperating", ())


def test_allegations_obey_the_rest_of_the_viewpoint() -> None:
    events = [ALLEGED_AID, attack("2020-01-02", "rumour", modality="alleged", claimant="y")]
    found = explained(events, according_to="z")
    assert found.alleged == AllegedAlignment("cooperating", (uid("aid"),))


def hidden(events: list[Event], at: str = "2021-01-01", **fields: Any) -> Hidden:
    return explained(events, at, **fields).hidden


def test_hidden_counts_what_a_viewpoint_leaves_out_by_first_reason() -> None:
    events = [
        attack(called="1", claimant="x", reliability="A"),
        attack(called="2", claimant="y", reliability="A"),
        attack(called="3", claimant="y", reliability="F"),
        attack(called="4", modality="planned", reliability="A"),
        attack(called="5", reliability="F"),
        attack(called="6"),
        attack(called="7", reliability="C"),
        event(HostilitiesEnded(parties=("a", "b")), called="8", reliability="D"),
        attack(called="9", reliability="A"),
        denied("9", "x"),
        ALLEGED_AID,
    ]
    assert hidden(events) == Hidden(not_admitted=2, ungraded=0, below_grade=0)
    assert hidden(events, reliability="B") == Hidden(not_admitted=2, ungraded=3, below_grade=2)
    assert hidden(events, according_to="x") == Hidden(not_admitted=5, ungraded=0, below_grade=0)
    assert hidden(events, according_to="x", reliability="B") == Hidden(5, 2, 2)
    assert hidden(events, alleged=True) == Hidden(not_admitted=1, ungraded=0, below_grade=0)


def test_hidden_are_events_begun_and_not_withdrawn() -> None:
    rumour = attack("2020-03", "rumour", modality="alleged")
    assert hidden([rumour], "2020-02-29").not_admitted == 0
    assert hidden([rumour], "2020-03-01").not_admitted == 1
    assert hidden([rumour, retracted("rumour")]).not_admitted == 0
    better = attack("2020-04", "better", modality="alleged", corrects="rumour")
    assert hidden([rumour, better]).not_admitted == 1


def test_an_event_admitted_in_part_is_not_hidden() -> None:
    """The accusation is a fact even where the support is only alleged."""
    accused = event(SupportAlleged(accuser="b", supporter="a", recipient="b"), called="aid")
    found = explained([accused])
    assert found.hidden == Hidden(0, 0, 0)
    assert {(one.rule, one.state) for one in found.evidence_list[0].effects} == {
        ("SupportAlleged/1", "open"),
        ("SupportAlleged/3", "left-out"),
    }
    assert found.alleged.events == (uid("aid"),)


def test_other_pairs_hide_nothing_here() -> None:
    other = event(ForcesDeployed(sender="a", host="c"), modality="planned")
    assert explained([other]).evidence_list == ()
    assert hidden([other]) == Hidden(0, 0, 0)
