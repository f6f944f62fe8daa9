"""Where the tellers of an incident agree, and where they contradict each other."""

from typing import Any

import pytest

from domain.comparison import compared
from domain.fields import Count
from domain.fold.rivalry import agreements, contradictions
from domain.incidents import (
    Contradiction,
    IncidentState,
    Teller,
)
from domain.rival_accounts import Denial, Report, current
from domain.telling import bounds, told_by
from domain.vocabulary import (
    AircraftLost,
    BattleReported,
    EventData,
    Side,
)
from tests.builders import denied, event, retracted, uid
from tests.unit.domain.reporting import battle, given, toll


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ({"best": 2}, {"best": 2}, True),
        ({"best": 2}, {"best": 3}, False),
        ({"low": 1, "high": 3}, {"best": 3}, True),
        ({"low": 1, "high": 3}, {"low": 4}, False),
        ({"low": 24}, {"best": 84}, True),
        ({"low": 24}, {"high": 23}, False),
        ({"high": 9}, {"best": 0}, True),
        ({"low": 20, "best": 25}, {"best": 30}, False),
        ({"best": 2}, {"text": "a high toll"}, None),
    ],
)
def test_ranges_agree_where_they_overlap(
    *, one: dict[str, Any], other: dict[str, Any], agree: bool | None
) -> None:
    state = given(toll("a", "mali", **one), toll("b", "csp", **other))
    assert (state.agreement_count, state.contradiction_count) == (agree is True, agree is False)
    pairs = [one.claims for one in state.agreements] + [one.claims for one in state.contradictions]
    assert [[claim.claimant for claim in pair] for pair in pairs] == [["csp", "mali"]] * (
        agree is not None
    )


def test_a_figure_without_a_number_allows_nothing_in_particular() -> None:
    assert bounds(Count(text="many")) is None


def test_two_copies_of_one_wire_do_not_agree_independently() -> None:
    copies = (toll(name, None, best=2, publisher=name, origin="wire") for name in ("post", "times"))
    other = toll("c", "csp", best=2)
    independent = {
        tuple(claim.publisher or claim.claimant for claim in one.claims): one.independent
        for one in given(*copies, other).agreements
    }
    assert independent == {
        ("csp", "post"): True,
        ("csp", "times"): True,
        ("post", "times"): False,
    }


def one_contradiction(state: IncidentState) -> Contradiction:
    [found] = state.contradictions
    return found


def test_both_claim_the_victory() -> None:
    state = given(
        battle("a", "csp", Side(parties=("csp",), outcome="victory"), Side(parties=("mali",))),
        battle("b", "mali", Side(parties=("csp",)), Side(parties=("mali",), outcome="Victory")),
    )
    found = one_contradiction(state)
    assert found.kind == "outcome"
    assert [(one.claimant, one.actors, one.text) for one in found.claims] == [
        ("csp", ("csp",), "victory"),
        ("mali", ("mali",), "Victory"),
    ]


@pytest.mark.parametrize(
    ("first", "second", "contradict"),
    [
        (("csp", "victory"), ("csp", "defeat"), True),
        (("csp", "victory"), ("csp", "victory"), False),
        (("csp", "victory"), ("mali", "defeat"), False),
        (("csp", "defeat"), ("mali", "defeat"), False),
        (("csp", "victory"), ("mali", "won the day"), False),
    ],
)
def test_outcomes_contradict_where_both_cannot_be(
    *, first: tuple[str, str], second: tuple[str, str], contradict: bool
) -> None:
    reports = [
        battle(
            claimant,
            claimant,
            *(
                Side(parties=(side,), outcome=word if side == whose else None)
                for side in ("csp", "mali")
            ),
        )
        for claimant, (whose, word) in (("jnim", first), ("wagner", second))
    ]
    assert given(*reports).contradiction_count == contradict


def test_allies_may_both_claim_the_victory() -> None:
    state = given(
        battle("a", "csp", Side(parties=("csp",), outcome="victory"), Side(parties=("mali",))),
        battle("b", "jnim", Side(parties=("jnim",), outcome="victory"), Side(parties=("mali",))),
    )
    assert state.contradictions == ()


def test_one_victor_in_other_company_is_no_contradiction() -> None:
    together = Side(parties=("csp", "jnim"), outcome="victory"), Side(parties=("mali",))
    alone = Side(parties=("csp",), outcome="victory"), Side(parties=("jnim",))
    state = given(battle("a", "csp", *together), battle("b", "mali", *alone))
    assert state.contradictions == ()


@pytest.mark.parametrize(
    ("cause", "contradict"), [("shot-down", True), ("accident", False), ("unknown", False)]
)
def test_causes_contradict_where_they_exclude_each_other(*, cause: Any, contradict: bool) -> None:
    told: dict[str, Any] = {"mali": "accident", "csp": cause}
    losses = (
        event(
            AircraftLost(operator="mali", cause=one),
            "2024-07-26",
            called=claimant,
            claimant=claimant,
            incident="raid",
        )
        for claimant, one in told.items()
    )
    assert [one.kind for one in given(*losses).contradictions] == ["cause"] * contradict


def test_a_party_denies_that_it_took_part() -> None:
    sides = Side(parties=("csp",), supporters=("jnim",)), Side(parties=("mali",))
    events = battle("a", "mali", *sides), denied("a", "jnim")
    found = one_contradiction(given(*events))
    assert (found.kind, found.measure) == ("presence", None)
    told, denier = found.claims
    assert (told.claimant, told.actors, told.event) == ("mali", ("csp", "jnim"), uid("a"))
    assert (denier.claimant, denier.actors) == ("jnim", ("jnim",))
    assert denier.event == uid("denial of a by jnim")
    assert given(*events, retracted("denial of a by jnim")).contradictions == ()


def test_others_deny_a_report_as_a_whole() -> None:
    found = one_contradiction(given(toll("a", "csp", best=40), denied("a", "mali")))
    assert (found.kind, [one.actors for one in found.claims]) == ("denial", [(), ()])


def crowd() -> list[Report]:
    """Reports by many tellers of their own: figures, outcomes and causes of all sorts."""
    figures = (Count(best=1), Count(best=4), Count(low=3), Count(high=2), Count(text="many"))
    reports = []
    for n in range(40):
        won, killed = ("victory", "defeat", None)[n % 3], figures[n % 5]
        side = Side(parties=("csp",), killed=killed, outcome=won)
        data: tuple[EventData, ...] = (
            BattleReported(
                sides=(side, Side(parties=("mali",), outcome=won if n % 2 else None)),
                civilians_killed=killed,
            ),
            AircraftLost(operator="mali", cause=("accident", "shot-down", "unknown")[n % 3]),
        )
        for place, one in enumerate(data, start=2 * n):
            teller = Teller(None, f"teller {n % 30}")
            reports.append(
                Report(
                    event=f"event {place}",
                    position=place,
                    place=place,
                    teller=teller,
                    publisher=teller.publisher,
                    voice=f"origin {n % 7}",
                    acknowledges=False,
                    told=told_by(one),
                    fate=None,
                )
            )
    return reports


@pytest.mark.parametrize("most", [0, 1, 7, 100_000])
def test_a_crowd_is_compared_in_full_and_shown_in_part(most: int) -> None:
    reports = crowd()
    denials = [
        Denial(Teller("jnim", None), None, f"denial {one.place}", 100 + one.place, one)
        for one in reports[:9]
    ]
    found = current(reports)
    agreed, opposed = list(agreements(found)), list(contradictions(found, denials))
    assert {one.kind for one in opposed} == {"figures", "outcome", "cause", "denial"}
    result = compared(found, denials, most)
    assert (result.agreements, result.agreement_count) == (agreed[:most], len(agreed))
    assert (result.contradictions, result.contradiction_count) == (opposed[:most], len(opposed))
