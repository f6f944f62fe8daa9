"""Which alignment, decided by what, how fresh, on whose word, disputed by whom (DESIGN sections 4 and 6)."""

from datetime import date, timedelta
from typing import Any, Literal

import pytest

from domain.event import Event
from domain.vocabulary import (
    AccusationMade,
    AttackReported,
    BattleReported,
    ForcesDeployed,
    RelationsRestored,
    RelationsSevered,
    Side,
    StatementMade,
)
from tests.builders import corroborated, denied, event, names, retracted, uid
from tests.unit.domain.asking import pair


def attack(occurred: str = "2020-01-01", called: str = "attack", **fields: Any) -> Event:
    return event(AttackReported(attacker="a", target="b"), occurred, called=called, **fields)


def deployment(
    role: Literal["combat", "training"], occurred: str = "2020-01-01", called: str = "deployment"
) -> Event:
    return event(ForcesDeployed(sender="a", host="b", role=role), occurred, called=called)


def severance(occurred: str = "2020-01-01", called: str = "severance") -> Event:
    return event(RelationsSevered(initiator="a", target="b"), occurred, called=called)


def statement(tone: Literal["support", "threat", "neutrality"], occurred: str) -> Event:
    return event(StatementMade(speaker="b", about=("a",), tone=tone), occurred, called=tone)


RESTORED = event(RelationsRestored(parties=("a", "b")), "2019-01-01", called="restored")
ACCUSED = event(AccusationMade(accuser="b", accused="a"), "2020-01-01", called="accusation")
WORDS = ("attack", "deployment", "severance", "support", "threat", "neutrality", "restored",
         "accusation")  # fmt: skip


def test_nothing_known_is_unknown_and_never_neutral() -> None:
    answer = pair([], "a", "b", "2020-01-01")
    assert (answer.alignment, answer.cooperation, answer.conflict) == ("unknown", 0, 0)
    assert (answer.neutral, answer.evidence, answer.disputed) == (False, "none", False)
    assert (answer.certainty, answer.possible_alignment) == ("certain", None)
    assert (answer.last_evidence, answer.stale_since) == (None, None)
    assert (answer.support, answer.support_count) == ((), 0)


@pytest.mark.parametrize(
    ("events", "alignment", "deciding"),
    [
        ([RESTORED], "neutral", ["restored"]),
        ([RESTORED, statement("neutrality", "2019-06")], "neutral", ["restored", "neutrality"]),
        ([RESTORED, ACCUSED], "strained", ["accusation"]),
        ([RESTORED, statement("support", "2019-06")], "cooperating", ["support"]),
        ([ACCUSED, statement("support", "2019")], "strained", ["accusation"]),
        ([ACCUSED, statement("threat", "2019")], "strained", ["threat", "accusation"]),
        ([severance(), ACCUSED], "strained", ["severance"]),
        ([severance("2019-01-01"), deployment("training")], "mixed", ["severance", "deployment"]),
        ([attack(), severance(), statement("support", "2021-01-01")], "hostile", ["attack"]),
        ([attack(), deployment("combat")], "mixed", ["attack", "deployment"]),
        (
            [attack(), deployment("combat"), ACCUSED, statement("support", "2019")],
            "mixed",
            ["attack", "deployment"],
        ),
        ([deployment("training"), ACCUSED], "cooperating", ["deployment"]),
        ([deployment("combat"), ACCUSED, statement("support", "2019")], "allied", ["deployment"]),
        ([deployment("training"), deployment("combat", called="combat")], "allied", ["combat"]),
    ],
)
def test_an_alignment_names_what_decides_it(
    events: list[Event], alignment: str, deciding: list[str]
) -> None:
    answer = pair(events, "a", "b", "2021-01-01")
    assert answer.alignment == alignment
    assert names(answer.support, *WORDS, "combat") == deciding
    assert answer.support_count == len(deciding)


def test_neutral_tells_of_an_open_line_whatever_the_alignment() -> None:
    answer = pair([RESTORED, attack()], "a", "b", "2020-01-01")
    assert (answer.alignment, answer.neutral) == ("hostile", True)


def test_an_event_of_several_deciding_sets_counts_once() -> None:
    battle = BattleReported(sides=(Side(parties=("a",)), Side(parties=("b",))))
    assert pair([event(battle)], "a", "b", "2020-01-01").support_count == 1


# The first day on which an answer says it is stale: that of the last evidence + 365 or 730 days.
HORIZONS = [
    ([attack("2020-01-01")], "2020-12-31"),  # level 3, over a leap day
    ([attack("2021-01-01")], "2022-01-01"),
    ([ACCUSED], "2020-12-31"),  # level 1
    ([severance("2020-01-01")], "2021-12-31"),  # level 2
    ([RESTORED], "2020-01-01"),  # neutral
    ([severance("2020-01-01"), deployment("training", "2020-01-01")], "2021-12-31"),  # mixed, 2
    ([severance("2020-01-01"), deployment("combat", "2020-01-01")], "2020-12-31"),  # mixed, 3
    ([attack("2020-01-01"), attack("2020-01-03", "second")], "2021-01-02"),
    ([attack("2019-03/2020-01-03")], "2021-01-02"),  # until its last day
    ([attack("2019")], "2020-12-30"),
]


@pytest.mark.parametrize(("events", "stale"), HORIZONS)
def test_an_alignment_is_stale_after_its_horizon(events: list[Event], stale: str) -> None:
    before = (date.fromisoformat(stale) - timedelta(days=1)).isoformat()
    assert pair(events, "a", "b", before).stale_since is None
    assert pair(events, "a", "b", stale).stale_since == stale
    assert pair(events, "a", "b", "2030-01-01").stale_since == stale


def test_staleness_decays_nothing() -> None:
    answer = pair([attack("0001-01-01")], "a", "b", "9999-12-31")
    assert (answer.alignment, answer.stale_since) == ("hostile", "0002-01-01")


def test_the_calendar_ends_before_what_would_be_stale() -> None:
    answer = pair([severance("9999-12-31")], "a", "b", "9999-12-31")
    assert (answer.last_evidence, answer.stale_since) == ("9999-12-31", None)


@pytest.mark.parametrize(
    ("at", "last"),
    [
        ("2020-03-31", "2020-03-31"),
        ("2020-05-05", "2020-05-05"),
        ("2020-06-10", "2020-06-10"),
        ("2021-01-01", "2020-06-10"),
    ],
)
def test_the_last_evidence_is_the_latest_day_of_a_deciding_event_up_to_the_day(
    at: str, last: str
) -> None:
    events = [
        attack("2020-03/2020-06-10"),
        attack("2020-01-01", "short"),
        statement("threat", "2021"),
    ]
    assert pair(events, "a", "b", at).last_evidence == last


def test_support_shows_the_newest_20_newest_last() -> None:
    days = [date(2020, 1, 1) + timedelta(days=n) for n in range(25)]
    attacks = [attack(one.isoformat(), one.isoformat()) for one in days]
    shuffled = attacks[13:] + attacks[:13]
    answer = pair(shuffled, "a", "b", "2021-01-01")
    assert answer.support == tuple(one.id for one in attacks[5:])
    assert (answer.support_count, answer.last_evidence) == (25, "2020-01-25")


def test_support_of_one_day_is_in_order_of_place() -> None:
    events = [
        attack("2020-01-01", "first"),
        attack("2020-01", "month"),
        attack("2020-01-01", "second"),
        attack("2020-01-01/2020-03", "corrected", corrects="first"),
        attack("2019", "year"),
    ]
    answer = pair(events, "a", "b", "2021-01-01")
    assert names(answer.support, "first", "month", "second", "corrected", "year") == [
        "year",
        "corrected",
        "month",
        "second",
    ]


def evidence(*events: Event) -> str:
    return pair(list(events), "a", "b", "2021-01-01").evidence


ORIGINS: list[tuple[dict[str, str], dict[str, str], str]] = [
    ({}, {}, "single-source"),
    ({"claimant": "x"}, {"claimant": "x"}, "single-source"),
    ({"claimant": "x"}, {"claimant": "y"}, "corroborated"),
    ({"claimant": "x"}, {}, "corroborated"),
    ({"publisher": "x"}, {"publisher": "y"}, "corroborated"),
    ({"publisher": "x"}, {"publisher": "x"}, "single-source"),
    # The claimant counts before the publisher, the origin before both.
    ({"claimant": "x", "publisher": "p"}, {"claimant": "x", "publisher": "q"}, "single-source"),
    ({"claimant": "x", "publisher": "p"}, {"claimant": "y", "publisher": "p"}, "corroborated"),
    ({"claimant": "x", "origin": "wire"}, {"claimant": "y", "origin": "wire"}, "single-source"),
    ({"claimant": "x", "origin": "wire"}, {"claimant": "x", "origin": "own"}, "corroborated"),
    # Compared as text, whichever field it stands in.
    ({"claimant": "x"}, {"publisher": "x"}, "single-source"),
    ({"origin": "x"}, {"claimant": "x"}, "single-source"),
    ({"publisher": "X"}, {"claimant": "x"}, "corroborated"),
    # Each actor of the pair says so itself.
    ({"claimant": "a"}, {"claimant": "b"}, "acknowledged-by-both"),
    ({"claimant": "a", "origin": "o"}, {"claimant": "b", "origin": "o"}, "acknowledged-by-both"),
    ({"claimant": "a"}, {"claimant": "x"}, "corroborated"),
]


@pytest.mark.parametrize(("one", "other", "expected"), ORIGINS)
def test_evidence_counts_origins(one: Any, other: Any, expected: str) -> None:
    assert evidence(attack(**one), attack(called="other", **other)) == expected


def test_only_deciding_events_are_evidence() -> None:
    assert evidence(attack(claimant="x"), ACCUSED) == "single-source"


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (corroborated("attack", "y"), "corroborated"),
        (corroborated("attack"), "corroborated"),
        (corroborated("attack", "x"), "single-source"),
        (corroborated("attack", "y", origin="x"), "single-source"),
        (corroborated("attack", None, publisher="y"), "corroborated"),
        (corroborated("attack", "y", modality="speculated", reliability="F"), "corroborated"),
        (corroborated("attack", "y", occurred="9999"), "corroborated"),
        (corroborated("accusation", "y"), "single-source"),
        (denied("attack", "y"), "single-source"),
    ],
)
def test_a_live_corroboration_is_an_origin(report: Event, expected: str) -> None:
    assert evidence(attack(claimant="x"), ACCUSED, report) == expected


def test_a_corroboration_by_the_other_actor_is_no_claim_of_the_event() -> None:
    assert evidence(attack(claimant="a"), corroborated("attack", "b")) == "corroborated"


def test_a_retracted_corroboration_counts_no_more() -> None:
    report = corroborated("attack", "y", called="report")
    assert evidence(attack(claimant="x"), report, retracted("report")) == "single-source"


def test_a_corroboration_of_any_event_of_the_chain_counts() -> None:
    chain = [attack(claimant="x"), attack(called="better", corrects="attack", claimant="x")]
    assert evidence(*chain, corroborated("attack", "y")) == "corroborated"
    assert evidence(*chain, corroborated("better", "y")) == "corroborated"
    assert evidence(chain[0], corroborated("attack", "y"), chain[1]) == "corroborated"


def disputed(*events: Event, **fields: Any) -> bool:
    return pair(list(events), "a", "b", "2021-01-01", **fields).disputed


@pytest.mark.parametrize(
    ("claimant", "denier", "expected"),
    [
        ("x", "y", True),
        ("x", "x", False),
        ("x", None, True),
        (None, "x", True),
        (None, None, False),
        ("a", "b", True),
    ],
)
def test_a_denial_by_anybody_else_disputes(
    claimant: str | None, denier: str | None, *, expected: bool
) -> None:
    assert disputed(attack(claimant=claimant), denied("attack", denier)) == expected


def test_only_a_live_denial_of_a_deciding_event_disputes() -> None:
    denial = denied("attack", "y", called="denial")
    assert not disputed(attack(), denied("accusation", "y"), ACCUSED)
    assert not disputed(attack(), denial, retracted("denial"))
    assert not disputed(attack(), denial, denied("accusation", "y", corrects="denial"), ACCUSED)
    assert disputed(attack(), denial, denied("attack", "y", called="again", corrects="denial"))
    assert disputed(attack(), denial, retracted("denial"), denied("attack", "z"))
    assert not disputed(attack(), denial, known=1)


def test_a_denial_disputes_whatever_the_viewpoint() -> None:
    denial = denied("attack", "y", reliability="F", modality="planned", occurred="9999")
    reported = attack(claimant="x", reliability="A", credibility=1)
    assert disputed(reported, denial, according_to="x", reliability="A", credibility=1)


def test_a_denial_of_any_event_of_the_chain_counts() -> None:
    chain = [attack(claimant="x"), attack(called="better", corrects="attack", claimant="x")]
    assert disputed(*chain, denied("attack", "y"))
    assert disputed(*chain, denied("better", "y"))
    assert disputed(chain[0], denied("attack", "y"), chain[1])


def test_a_pair_is_ordered_by_id() -> None:
    assert pair([attack()], "b", "a", "2020-01-01").actors == ("a", "b")
    assert pair([attack()], "b", "a", "2020-01-01").support == (uid("attack"),)
