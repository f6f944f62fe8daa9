"""Rival accounts of one incident, as the log folds to them."""

from typing import Any

from domain.fields import Count
from domain.fold.incidents import incident, incidents
from domain.incidents import (
    IncidentFilter,
)
from domain.viewpoint import Viewpoint
from domain.vocabulary import (
    AircraftLost,
    AttackReported,
    BattleReported,
    PrisonersTaken,
    Side,
)
from tests.builders import corroborated, day, denied, event, log, retracted, uid
from tests.unit.domain.reporting import ACTORS, alone, battle, given, of, toll


def test_figures_are_told_as_they_were_given() -> None:
    state = given(toll("a", "csp", low=24, text="dozens"))
    claimed = alone(of(state, "mali"))
    assert (claimed.low, claimed.best, claimed.high, claimed.text) == (24, None, None, "dozens")
    assert (claimed.event, claimed.position) == (uid("a"), 5)


def test_one_claimant_is_one_teller_whoever_published_it() -> None:
    state = given(
        toll("a", "csp", best=7, publisher="wire"), toll("b", "csp", best=9, publisher="post")
    )
    claimed = alone(of(state, "mali"))
    assert (claimed.best, claimed.publisher) == (9, "post")


def test_the_recorder_s_own_statements_are_told_apart_by_publisher() -> None:
    state = given(
        toll("a", None, best=7, publisher="wire"),
        toll("b", None, best=9, publisher="post"),
        toll("c", None, best=3),
        toll("d", "csp", best=4),
    )
    tellers = [(one.claimant, one.publisher, one.best) for one in of(state, "mali").claimed_by]
    assert tellers == [("csp", None, 4), (None, None, 3), (None, "post", 9), (None, "wire", 7)]
    assert state.changes == ()


def test_a_side_that_suffered_together_is_not_divided() -> None:
    sides = (
        Side(parties=("wagner",), supporters=("mali",), killed=Count(best=20)),
        Side(parties=("csp",)),
    )
    state = given(battle("a", "csp", *sides), toll("b", "mali", best=2))
    assert alone(of(state, "mali", "wagner")).best == 20
    assert alone(of(state, "mali")).best == 2
    assert state.contradictions == ()


def test_own_losses_are_acknowledged() -> None:
    state = given(
        toll("a", "mali", best=2), toll("b", "csp", best=40), toll("c", "csp", "csp", best=7),
        toll("d", "wagner", "csp", best=30, modality="acknowledged"),
    )  # fmt: skip
    acknowledged = {
        (one.claimant, told.actors): one.acknowledged
        for told in state.ranges
        for one in told.claimed_by
    }
    assert acknowledged == {
        ("csp", ("mali",)): False,
        ("mali", ("mali",)): True,
        ("csp", ("csp",)): True,
        ("wagner", ("csp",)): True,
    }


def test_every_type_tells_its_losses() -> None:
    killed, wounded = Count(best=3), Count(best=4)
    raid: dict[str, Any] = {"occurred": "2024-07-27", "claimant": "jnim", "incident": "raid"}
    state = given(
        event(
            AttackReported(attacker="csp", target="mali", killed=killed, wounded=wounded), **raid
        ),
        event(PrisonersTaken(captor="csp", captives_of="wagner", count=Count(low=1)), **raid),
        event(
            BattleReported(
                sides=(Side(parties=("csp",), missing=Count(best=1)), Side(parties=("mali",))),
                civilians_killed=Count(high=9),
            ),
            **raid,
        ),
    )
    told = {(one.measure, one.actors): one.claimed_by[0] for one in state.ranges}
    assert [(key, one.low, one.best, one.high) for key, one in told.items()] == [
        (("killed", ("mali",)), None, 3, None),
        (("wounded", ("mali",)), None, 4, None),
        (("captured", ("wagner",)), 1, None, None),
        (("missing", ("csp",)), None, 1, None),
        (("civilians_killed", ()), None, None, 9),
    ]


def test_the_toll_of_an_aircraft_revises_no_other() -> None:
    lost = AircraftLost(operator="mali", cause="accident", killed=Count(best=0))
    state = given(
        toll("a", "mali", best=2),
        event(lost, "2024-07-27", called="b", claimant="mali", incident="raid"),
    )
    assert (alone(of(state, "mali")).best, alone(of(state, "mali", scope="aircraft")).best) == (
        2,
        0,
    )
    assert state.changes == ()


def test_superseded_and_retracted_reports_are_no_accounts() -> None:
    state = given(
        toll("a", "csp", best=7), toll("b", "csp", best=9, corrects="a"), toll("c", "mali", best=2),
        retracted("c", claimant="mali"), corroborated("b", "jnim"),
    )  # fmt: skip
    [account] = state.accounts
    assert (account.event, account.corroborated_by) == (uid("b"), ("jnim",))
    assert (state.report_count, state.summary.account_count) == (3, 1)


def test_a_viewpoint_counts_what_it_leaves_out() -> None:
    events = (
        toll("a", "csp", best=7, reliability="C"), toll("b", "mali", best=2, reliability="A"),
        toll("c", "jnim", best=5), toll("d", None, best=4, modality="alleged", reliability="A"),
        toll("e", None, best=4, modality="denied", reliability="A"),
    )  # fmt: skip
    hidden = given(*events, reliability="B").hidden
    assert (hidden.not_admitted, hidden.ungraded, hidden.below_grade, hidden.later) == (2, 1, 1, 0)
    assert given(*events, alleged=True).hidden.not_admitted == 1
    state = given(*events, according_to="csp")
    assert [one.claimant for one in of(state, "mali").claimed_by] == ["csp"]
    assert state.hidden.not_admitted == 4


def test_what_begins_after_the_day_is_left_out_and_hides_no_incident() -> None:
    events = toll("a", "csp", best=7), toll("b", "mali", best=2)
    state = given(*events, valid_at=day("2024-07-26"))
    assert (state.accounts, state.ranges, state.hidden.later) == ((), (), 2)
    assert (state.summary.first_day, state.summary.account_count) == (None, 0)
    recorded = log(*ACTORS, *events)
    before, after = (
        incidents(recorded, Viewpoint(valid_at=day(one), position=6), IncidentFilter())
        for one in ("2024-07-26", "2024-07-27")
    )
    assert (before, [one.id for one in after]) == ([], ["raid"])


def test_curation_is_no_account_and_no_incident() -> None:
    recorded = log(*ACTORS, toll("a", "csp", best=7), denied("a", "mali", incident="other"))
    viewpoint = Viewpoint(valid_at=day("2024-08-31"), position=6)
    assert incident(recorded, viewpoint, "other") is None
    assert incident(recorded, viewpoint, "nowhere") is None
