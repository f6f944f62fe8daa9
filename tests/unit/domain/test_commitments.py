"""What alliances and sanctions add to a pair's levels (DESIGN section 4, worked by hand)."""

from typing import Any

import pytest

from domain.answers import Commitment, Sanction
from domain.event import Event
from domain.vocabulary import (
    AccusationMade,
    ActorDissolved,
    AllianceEnded,
    AllianceJoined,
    AllianceLeft,
    AttackReported,
    ForcesDeployed,
    RelationsSevered,
    SanctionImposed,
    SanctionLifted,
    StatementMade,
)
from domain.vocabulary.alliances import Obligation
from tests.builders import event, formed, names
from tests.unit.domain.asking import levels, pair, readings

STRONG: list[Obligation] = ["defence", "offence", "joint-operations"]
WEAK: list[Obligation] = ["neutrality", "non-aggression", "consultation", "security-assistance"]
PACT = formed("pact", ("a", "b"), called="formation")
TRAINING = event(ForcesDeployed(sender="a", host="b"), "2020-02-01", called="training")
COMBAT = event(ForcesDeployed(sender="a", host="b", role="combat"), "2020-02-01", called="combat")


def joined(member: str, occurred: str, alliance: str = "pact", **fields: Any) -> Event:
    data = AllianceJoined(alliance=alliance, member=member)
    return event(data, occurred, **{"called": f"{member} joins"} | fields)


def left(member: str, occurred: str) -> Event:
    return event(AllianceLeft(alliance="pact", member=member), occurred)


@pytest.mark.parametrize("obligation", STRONG)
def test_a_strong_obligation_makes_allies(obligation: Obligation) -> None:
    answer = pair([formed("pact", ("a", "b"), (obligation,))], "a", "b", "2020-01-01")
    assert (answer.alignment, answer.cooperation, answer.conflict) == ("allied", 3, 0)
    assert answer.commitments == (Commitment("pact", (obligation,), "strong", "2020-01-01"),)
    assert {(one.cooperation, one.conflict) for one in answer.directed.values()} == {(0, 0)}
    assert (answer.evidence, answer.support_count) == ("single-source", 1)
    assert (answer.last_evidence, answer.stale_since) == (None, None)


@pytest.mark.parametrize("obligation", WEAK)
def test_a_weak_obligation_makes_partners(obligation: Obligation) -> None:
    answer = pair([formed("pact", ("a", "b"), (obligation,))], "a", "b", "2020-01-01")
    assert (answer.alignment, answer.cooperation) == ("cooperating", 1)
    assert answer.commitments == (Commitment("pact", (obligation,), "weak", "2020-01-01"),)
    assert answer.support_count == 1


def test_one_strong_obligation_makes_the_alliance_strong() -> None:
    events = [formed("pact", ("a", "b"), ("consultation", "defence"))]
    [commitment] = pair(events, "a", "b", "2020-01-01").commitments
    assert (commitment.strength, set(commitment.obligations)) == (
        "strong",
        {"defence", "consultation"},
    )


def test_a_commitment_never_lowers_what_is_done() -> None:
    weak = formed("pact", ("a", "b"), ("consultation",))
    assert levels([weak, TRAINING], "a", "b", "2020-03-01") == (2, 0)


def test_obligations_begin_with_the_formation_that_names_them() -> None:
    events = [
        formed("pact", ("a", "b"), ("consultation",), "2020-01-01"),
        formed("pact", ("a", "c"), ("defence",), "2022-01-01", called="extension"),
    ]
    before = pair(events, "a", "b", "2021-12-31")
    assert (before.alignment, before.commitments[0].obligations) == (
        "cooperating",
        ("consultation",),
    )
    after = pair(events, "a", "b", "2022-01-01")
    assert (after.alignment, after.commitments[0].strength) == ("allied", "strong")
    assert after.commitments[0].since == "2020-01-01"
    assert after.support_count == 2  # both formations make `a` a member


def test_obligations_of_a_vague_formation_are_read_both_ways() -> None:
    events = [
        formed("pact", ("a", "b"), ("consultation",), "2020-01-01"),
        formed("pact", ("c", "d"), ("defence",), "2022", called="extension"),
    ]
    assert readings(events, "a", "b", "2021-12-31") == ("cooperating", "cooperating")
    assert readings(events, "a", "b", "2022-06-01") == ("cooperating", "allied")
    assert readings(events, "a", "b", "2022-12-31") == ("allied", "allied")
    assert pair(events, "a", "b", "2022-12-31").support_count == 1


def test_members_without_an_obligation_begun_are_not_committed() -> None:
    events = [joined("a", "2019-01-01"), joined("b", "2019-01-01"), PACT]
    assert pair(events, "a", "b", "2019-12-31").alignment == "unknown"
    assert pair(events, "a", "b", "2019-12-31").commitments == ()
    assert pair(events, "a", "b", "2020-01-01").commitments[0].since == "2019-01-01"
    assert pair(events, "a", "b", "2020-01-01").support_count == 3


def test_a_formation_that_the_viewpoint_leaves_out_obliges_nobody() -> None:
    events = [
        formed("pact", ("a", "b"), claimant="c"),
        joined("a", "2020-01-01", claimant="d"),
        joined("b", "2020-01-01", claimant="d"),
    ]
    assert pair(events, "a", "b", "2020-01-01", according_to="d").commitments == ()
    assert pair(events, "a", "b", "2020-01-01", according_to="c").support_count == 1


def test_both_must_be_members() -> None:
    events = [PACT, joined("c", "2021-05")]
    assert levels(events, "a", "c", "2021-05-30") == (0, 0)
    assert readings(events, "a", "c", "2021-05-30") == ("unknown", "allied")
    assert pair(events, "a", "c", "2021-05-31").commitments[0].since == "2021-05"
    assert levels(events, "b", "c", "2021-05-31") == (3, 0)
    assert levels([*events, left("c", "2022-01-01")], "a", "c", "2022-01-01") == (0, 0)
    assert levels([*events, left("c", "2022-01-01")], "a", "b", "2022-01-01") == (3, 0)


def test_an_alliance_ends_for_all_and_may_be_joined_again() -> None:
    ended = [PACT, event(AllianceEnded(alliance="pact"), "2021-01-01")]
    assert levels(ended, "a", "b", "2020-12-31") == (3, 0)
    assert levels(ended, "a", "b", "2021-01-01") == (0, 0)
    half = [*ended, joined("a", "2022-01-01")]
    assert levels(half, "a", "b", "2022-01-01") == (0, 0)
    again = [*half, joined("b", "2023-01")]
    assert levels(again, "a", "b", "2023-01-31") == (3, 0)
    assert pair(again, "a", "b", "2023-01-31").commitments[0].since == "2023-01"


def test_the_end_of_one_alliance_leaves_the_others() -> None:
    events = [PACT, formed("treaty", ("a", "b")), event(AllianceEnded(alliance="pact"), "2021")]
    assert [one.alliance for one in pair(events, "a", "b", "2022-01-01").commitments] == ["treaty"]


def test_a_dissolved_member_is_committed_no_more_and_the_others_are() -> None:
    events = [
        formed("pact", ("a", "b", "c")),
        event(ActorDissolved(actor="c"), "2021-01-01"),
    ]
    assert levels(events, "a", "c", "2021-01-01") == (0, 0)
    assert levels(events, "a", "b", "2021-01-01") == (3, 0)


def test_since_is_when_the_later_of_the_two_came_in() -> None:
    """Of each actor the earliest set that is open, by (earliest, place); of those the later."""
    early = joined("a", "2018", called="a joined before")
    events = [PACT, early, joined("b", "2019-06", called="b joined before")]
    assert pair(events, "a", "b", "2020-01-01").commitments[0].since == "2019-06"
    rejoined = [*events, left("b", "2021"), joined("b", "2022~", called="b is back")]
    assert pair(rejoined, "a", "b", "2023-01-01").commitments[0].since == "2022~"


def test_alliances_are_listed_by_id_with_obligations_of_their_own() -> None:
    events = [
        formed("treaty", ("a", "b"), ("consultation",), "2021"),
        formed("charter", ("b", "a"), ("offence",), "2020"),
        formed("elsewhere", ("a", "c")),
    ]
    assert pair(events, "a", "b", "2022-01-01").commitments == (
        Commitment("charter", ("offence",), "strong", "2020"),
        Commitment("treaty", ("consultation",), "weak", "2021"),
    )


def deciding(events: list[Event], at: str = "2021-01-01", **fields: Any) -> list[str]:
    words = ["formation", "weak formation", "training", "combat", "words", "arms", "money",
             "severance", "attack", "a joins", "b joins"]  # fmt: skip
    return names(pair(events, "a", "b", at, **fields).support, *words)


def test_memberships_of_the_deciding_strength_decide() -> None:
    weak = formed("treaty", ("a", "b"), ("consultation",), called="weak formation")
    words = event(
        StatementMade(speaker="a", about=("b",), tone="support"), "2020-03-01", called="words"
    )
    assert deciding([PACT, weak]) == ["formation"]
    assert deciding([PACT, weak, TRAINING]) == ["formation"]
    assert deciding([PACT, weak, COMBAT]) == ["formation", "combat"]
    assert deciding([weak, TRAINING]) == ["training"]
    assert deciding([weak, words]) == ["weak formation", "words"]
    more = [joined("a", "2020-05-01"), joined("b", "2020-06-01")]
    assert deciding([PACT, *more]) == ["formation", "a joins", "b joins"]


def test_in_mixed_strong_commitments_and_sanctions_decide_too() -> None:
    weak = formed("treaty", ("a", "b"), ("consultation",), called="weak formation")
    arms = event(
        SanctionImposed(sender="b", target="a", programme="arms"), "2020-04-01", called="arms"
    )
    mixed = pair([PACT, weak, arms], "a", "b", "2021-01-01")
    assert (mixed.alignment, mixed.cooperation, mixed.conflict) == ("mixed", 3, 2)
    assert (mixed.last_evidence, mixed.stale_since) == (None, None)
    assert deciding([PACT, weak, arms]) == ["formation", "arms"]
    assert deciding([PACT, weak, TRAINING, arms]) == ["formation", "training", "arms"]
    assert deciding([weak, TRAINING, arms]) == ["training", "arms"]


def sanction(programme: str | None, occurred: str, called: str = "") -> Event:
    return event(
        SanctionImposed(sender="a", target="b", programme=programme), occurred, called=called
    )


def lifting(programme: str | None, occurred: str) -> Event:
    return event(SanctionLifted(sender="a", target="b", programme=programme), occurred)


def test_a_sanction_is_conflict_2_in_its_direction() -> None:
    answer = pair([sanction("arms", "2020-01")], "a", "b", "2020-01-31")
    assert (answer.alignment, answer.cooperation, answer.conflict) == ("strained", 0, 2)
    assert (answer.directed["a>b"].conflict, answer.directed["b>a"].conflict) == (2, 0)
    assert answer.sanctions == (Sanction("a", "b", "arms", "2020-01"),)
    assert (answer.support_count, answer.evidence) == (1, "single-source")
    assert (answer.last_evidence, answer.stale_since) == (None, None)
    assert readings([sanction("arms", "2020-01")], "a", "b", "2020-01-30") == (
        "unknown",
        "strained",
    )


LIFTINGS = [
    ("arms", ["", "money"]),
    ("money", ["", "arms"]),
    ("Arms", ["", "arms", "money"]),
    (None, []),
]


@pytest.mark.parametrize(("lifted", "left_over"), LIFTINGS)
def test_a_programme_is_lifted_by_name_and_all_without_one(
    lifted: str | None, left_over: list[str]
) -> None:
    events = [
        sanction("money", "2020"),
        sanction("arms", "2020"),
        sanction(None, "2020"),
        lifting(lifted, "2021-01-01"),
    ]
    answer = pair(events, "a", "b", "2021-01-01")
    assert [one.programme for one in answer.sanctions] == left_over
    assert answer.conflict == (2 if left_over else 0)


def test_only_the_senders_own_sanctions_are_lifted() -> None:
    theirs = event(SanctionImposed(sender="b", target="a", programme="arms"), "2020")
    answer = pair([theirs, sanction("arms", "2020"), lifting(None, "2021")], "a", "b", "2022-01-01")
    assert [one.sender for one in answer.sanctions] == ["b"]


def test_sanctions_are_listed_by_sender_target_and_programme_since_the_first_open_one() -> None:
    events = [
        sanction("money", "2019-05", "money"),
        event(SanctionImposed(sender="b", target="a", programme="arms"), "2018"),
        sanction("money", "2018", "money once before"),
        sanction("arms", "2018"),
        lifting("arms", "2019-01-01"),
        sanction("arms", "2020-03", "arms again"),
    ]
    assert pair(events, "a", "b", "2021-01-01").sanctions == (
        Sanction("a", "b", "arms", "2020-03"),
        Sanction("a", "b", "money", "2018"),
        Sanction("b", "a", "arms", "2018"),
    )


def test_sanctions_decide_at_level_2() -> None:
    arms = sanction("arms", "2020-01-01", "arms")
    money = sanction("money", "2020-02-01", "money")
    accused = event(AccusationMade(accuser="b", accused="a"), "2020-03-01")
    severed = event(RelationsSevered(initiator="b", target="a"), "2020-03-01", called="severance")
    attack = event(AttackReported(attacker="b", target="a"), "2020-03-01", called="attack")
    assert deciding([arms, money, accused]) == ["arms", "money"]
    assert deciding([arms, money, severed]) == ["arms", "money", "severance"]
    assert pair([arms, severed], "a", "b", "2021-01-01").last_evidence == "2020-03-01"
    assert deciding([arms, money, attack]) == ["attack"]
    assert len(pair([arms, attack], "a", "b", "2021-01-01").sanctions) == 1
    weak = formed("treaty", ("a", "b"), ("consultation",), called="weak formation")
    assert deciding([arms, weak]) == ["arms"]
