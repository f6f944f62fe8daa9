"""Actors that stand for their umbrellas and members (DESIGN section 5, include=parts)."""

from typing import Any

import pytest

from domain.answers import PairAlignment
from domain.event import Event
from domain.fold.parts import group_of
from domain.vocabulary import (
    ActorDissolved,
    ActorRegistered,
    AllianceJoined,
    AttackReported,
    EventData,
    ForcesDeployed,
    MembershipEnded,
    MembershipStarted,
    SanctionImposed,
)
from domain.vocabulary.actors import ActorKind, MembershipStatus
from tests.builders import event, formed, registered
from tests.unit.domain.asking import explained, ledger, pair

DAY = "2021-01-01"


def joins(umbrella: str, member: str, occurred: str = "2020", **fields: Any) -> Event:
    as_: MembershipStatus = fields.pop("as_", "member")
    data = MembershipStarted(umbrella=umbrella, member=member, as_=as_)
    return event(data, occurred, **fields)


def of_kind(actor: str, kind: ActorKind, **fields: Any) -> Event:
    data = ActorRegistered(actor=actor, kind=kind, name=actor)
    return event(data, "1900", **{"called": f"registration of {actor}"} | fields)


def group(events: list[Event], actor: str = "a", at: str = DAY, **fields: Any) -> str:
    return " ".join(sorted(group_of(ledger(events, at, **fields), actor)))


def in_parts(*events: EventData | Event, **fields: Any) -> PairAlignment:
    """The alignment of a and b with their parts."""
    log = [one if isinstance(one, Event) else event(one) for one in events]
    return pair(log, "a", "b", DAY, parts=True, **fields)


# Who stands for whom


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], "a"),
        ([joins("u", "a")], "a u"),
        ([joins("a", "m")], "a m"),
        ([joins("u", "a"), joins("v", "u"), joins("a", "m"), joins("m", "n")], "a m n u v"),
        ([joins("u", "a"), joins("u", "sibling"), joins("v", "u"), joins("v", "w")], "a u v"),
        ([joins("a", "m"), joins("other", "m")], "a m"),
        ([joins("a", "m"), joins("m", "a")], "a m"),
        ([joins("a", "m"), joins("m", "n"), joins("n", "a"), joins("x", "n")], "a m n x"),
        ([joins("u", "a", as_="claimed")], "a"),
        ([joins("u", "a", as_="organ")], "a u"),
        ([joins("u", "a", modality="denied")], "a"),
        ([joins("u", "a", modality="alleged", claimant="x", reliability="F")], "a u"),
        ([joins("u", "a", "2021-01-02")], "a"),
        ([joins("u", "a", "2020-12/2021-02")], "a u"),
        ([joins("u", "a", "2021-01")], "a"),
        ([joins("u", "a"), event(MembershipEnded(umbrella="u", member="a"), "2020-06")], "a"),
        ([joins("u", "a"), event(MembershipEnded(umbrella="u", member="a"), "2021")], "a"),
        ([joins("u", "a"), event(ActorDissolved(actor="u"), "2020-06")], "a"),
        ([joins("u", "a"), event(ActorDissolved(actor="u"), "2021-06")], "a u"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_an_actor_stands_for_its_umbrellas_and_members(events: list[Event], expected: str) -> None:
    assert group(events) == expected


def test_filters_of_claims_do_not_touch_memberships() -> None:
    events = [joins("u", "a", claimant="x", reliability="E")]
    assert group(events, according_to="y", reliability="A") == "a u"


def test_nobody_stands_for_anybody_under_an_international_organisation() -> None:
    events = [
        of_kind("un", "international-organisation"),
        of_kind("u", "umbrella"),
        joins("un", "a"),
        joins("u", "a"),
        joins("un", "u"),
        joins("un", "b"),
    ]
    assert group(events) == "a u"
    assert group(events, "un") == "un"


def test_an_organisation_may_itself_be_a_member() -> None:
    events = [of_kind("au", "international-organisation"), joins("u", "au")]
    assert (group(events, "au"), group(events, "u")) == ("au u", "au u")


def test_the_kind_that_counts_is_that_of_the_live_registration() -> None:
    first = of_kind("u", "international-organisation")
    events = [
        first,
        joins("u", "a"),
        of_kind("u", "umbrella", corrects="registration of u", called="2"),
    ]
    assert group(events, known=2) == "a"
    assert group(events, known=3) == "a u"


# What they stand for


def test_levels_are_the_highest_of_all_pairs() -> None:
    answer = in_parts(
        joins("a", "army"),
        joins("u", "b"),
        AttackReported(attacker="army", target="u"),
        ForcesDeployed(sender="u", host="a"),
    )
    assert (answer.alignment, answer.cooperation, answer.conflict) == ("mixed", 2, 3)
    assert answer.actors == ("a", "b")
    levels = {way: (one.cooperation, one.conflict) for way, one in answer.directed.items()}
    assert levels == {"a>b": (2, 3), "b>a": (2, 0)}


def test_without_parts_nothing_changes() -> None:
    events = [joins("a", "army"), event(AttackReported(attacker="army", target="b"))]
    assert pair(events, "a", "b", DAY).alignment == "unknown"


def test_siblings_and_lines_within_a_group_do_not_count() -> None:
    answer = in_parts(
        joins("u", "a"),
        joins("u", "sibling"),
        joins("a", "army"),
        AttackReported(attacker="sibling", target="b"),
        AttackReported(attacker="a", target="army"),
    )
    assert answer.alignment == "unknown"


def test_where_groups_overlap_the_plain_answer_is_given() -> None:
    events = [
        joins("u", "a"),
        joins("u", "b"),
        joins("a", "army"),
        event(AttackReported(attacker="army", target="b")),
    ]
    assert in_parts(*events) == pair(events, "a", "b", DAY)
    assert explained(events, DAY).parts is not None
    assert explained(events, DAY, parts=True).evidence_list == ()


def test_sanctions_are_those_of_every_pair_as_they_were_imposed() -> None:
    answer = in_parts(
        joins("a", "army"),
        joins("b", "bank"),
        SanctionImposed(sender="army", target="bank", programme="p"),
        SanctionImposed(sender="b", target="a"),
    )
    assert [(s.sender, s.target, s.programme) for s in answer.sanctions] == [
        ("army", "bank", "p"),
        ("b", "a", ""),
    ]
    assert [one.conflict for one in answer.directed.values()] == [2, 2]


def test_commitments_bind_whoever_is_in_the_alliance_on_either_side() -> None:
    answer = in_parts(
        joins("a", "army", "2019"),
        joins("u", "b", "2019"),
        formed("pact", ("army", "x"), occurred="2020-01-01"),
        event(AllianceJoined(alliance="pact", member="u"), "2020-03"),
        event(AllianceJoined(alliance="pact", member="b"), "2020-05"),
    )
    [commitment] = answer.commitments
    assert (commitment.alliance, commitment.strength, commitment.since) == (
        "pact",
        "strong",
        "2020-03",
    )
    assert (answer.alignment, answer.support_count) == ("allied", 3)


def test_an_alliance_within_one_group_commits_nobody_to_the_other() -> None:
    answer = in_parts(joins("a", "army"), formed("pact", ("a", "army")))
    assert (answer.alignment, answer.commitments) == ("unknown", ())


def test_a_claim_of_a_part_is_a_claim_of_its_side() -> None:
    fight = AttackReported(attacker="army", target="b")
    answer = in_parts(
        joins("a", "army"),
        event(fight, claimant="army", called="told by the army"),
        event(fight, claimant="b", called="told by b"),
    )
    assert answer.evidence == "acknowledged-by-both"


def test_memberships_on_the_day_count() -> None:
    events = [
        joins("a", "army", "2020-06-01"),
        event(AttackReported(attacker="army", target="b"), "2020-01-01"),
    ]
    before, after = (
        pair(events, "a", "b", at, parts=True).alignment for at in ("2020-05-31", "2020-06-01")
    )
    assert (before, after) == ("unknown", "hostile")


# The pair's page


WAR = [
    registered("a"),
    joins("a", "army", "2019"),
    event(AttackReported(attacker="army", target="b"), called="attack"),
    event(AttackReported(attacker="b", target="a"), called="answer"),
]


def test_evidence_is_listed_with_those_by_way_of_whom_it_counts() -> None:
    listed = {item.position: item.via for item in explained(WAR, DAY, parts=True).evidence_list}
    assert listed == {3: ("army",), 4: ()}
    assert [item.position for item in explained(WAR, DAY).evidence_list] == [4]


def test_membership_events_are_listed_by_way_of_the_member() -> None:
    events = [
        joins("a", "army", "2019"),
        formed("pact", ("army", "b")),
        event(ActorDissolved(actor="army"), "2022"),
    ]
    items = explained(events, DAY, parts=True).evidence_list
    assert [(item.type, item.via) for item in items] == [
        ("AllianceFormed", ("army",)),
        ("ActorDissolved", ("army",)),
    ]


def test_the_page_says_what_parts_would_answer_and_for_whom_the_two_stand() -> None:
    parts = explained(WAR, "2020-01-01").parts
    assert parts is not None
    assert (parts.alignment, parts.overlap) == ("hostile", False)
    assert [(one.actor, one.stands_for, one.count) for one in parts.groups] == [
        ("a", ("a", "army"), 2),
        ("b", ("b",), 1),
    ]


def test_overlap_is_said() -> None:
    parts = explained([joins("u", "a"), joins("u", "b")], DAY).parts
    assert parts is not None
    assert parts.overlap


def test_what_is_hidden_is_counted_over_all_pairs() -> None:
    events = [
        joins("a", "army", "2019"),
        event(AttackReported(attacker="army", target="b"), modality="alleged"),
    ]
    plain, whole = explained(events, DAY), explained(events, DAY, parts=True)
    assert (plain.hidden.not_admitted, plain.alleged.events) == (0, ())
    assert (whole.hidden.not_admitted, len(whole.alleged.events)) == (1, 1)
    assert whole.alleged.alignment == "hostile"
