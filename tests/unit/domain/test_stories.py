"""How the tellers of an incident changed their stories."""

from domain.fields import Count
from domain.incidents import (
    IncidentState,
    StoryChange,
)
from domain.vocabulary import (
    Side,
    StatementMade,
)
from tests.builders import denied, event, retracted, uid
from tests.unit.domain.reporting import alone, battle, given, of, story, toll


def test_a_restated_figure_keeps_the_earlier_one() -> None:
    state = given(toll("a", "csp", "csp", best=7), toll("b", "csp", "csp", best=9))
    claimed = alone(of(state, "csp"))
    [revision] = claimed.revisions
    assert (claimed.best, revision.best, revision.became, revision.by) == (
        9,
        7,
        "restated",
        uid("b"),
    )
    [change] = state.changes
    assert (change.position, change.how, change.event, change.by) == (
        6,
        "restated",
        uid("b"),
        "csp",
    )
    assert (change.withdrawn, change.restored) == ((), ())
    [told] = change.told
    assert (told.before, told.after) == (Count(best=7), Count(best=9))


def test_the_same_figure_again_is_no_change() -> None:
    state = given(toll("a", "csp", best=7), toll("b", "csp", best=7))
    assert state.changes == ()
    assert [one.became for one in alone(of(state, "mali")).revisions] == ["restated"]


def test_what_others_say_changes_nobody_s_story() -> None:
    state = given(toll("a", "csp", best=7), toll("b", "mali", best=2), denied("a", "mali"))
    assert state.changes == ()


def test_a_correction_is_a_change_with_its_reason() -> None:
    state = given(toll("a", "csp", best=7), toll("b", "csp", best=9, corrects="a"))
    [change] = state.changes
    assert (change.how, change.reason, change.withdrawn) == (
        "corrected",
        "a better source",
        (uid("a"),),
    )
    assert [(one.became, one.by) for one in alone(of(state, "mali")).revisions] == [
        ("corrected", uid("b"))
    ]


def test_a_correction_of_an_old_report_is_no_newer_word() -> None:
    state = given(
        toll("a", "mali", best=2), toll("b", "mali", text="a high toll"),
        toll("c", "mali", best=3, corrects="a"),
    )  # fmt: skip
    claimed = alone(of(state, "mali"))
    assert claimed.text == "a high toll"
    assert [(one.best, one.became) for one in claimed.revisions] == [
        (2, "corrected"),
        (3, "restated"),
    ]
    assert story(state) == [(6, "mali", "restated"), (7, "mali", "corrected")]
    assert state.changes[1].told == ()


def test_a_retraction_leaves_the_figure_before_it() -> None:
    state = given(
        toll("a", "csp", best=7), toll("b", "csp", best=9), retracted("b", claimant="csp")
    )
    assert alone(of(state, "mali")).best == 7
    assert [(one.best, one.became) for one in alone(of(state, "mali")).revisions] == [
        (9, "retracted")
    ]
    assert story(state) == [(6, "csp", "restated"), (7, "csp", "retracted")]


def test_who_retracts_is_told() -> None:
    state = given(toll("a", "csp", best=7), retracted("a"))
    [change] = state.changes
    assert (change.claimant, change.by, change.reason) == ("csp", None, "withdrawn")
    claimed = alone(of(state, "mali"))
    assert (claimed.event, claimed.position, claimed.best) == (None, None, None)
    assert state.accounts == ()


def test_a_withdrawn_remark_without_figures_is_a_change() -> None:
    remark = StatementMade(speaker="wagner", about=("csp",), tone="support")
    state = given(
        event(remark, "2024-07-29", called="a", claimant="wagner", incident="raid"),
        retracted("a", claimant="wagner"),
    )
    [change] = state.changes
    assert (change.how, change.withdrawn, change.told) == ("retracted", (uid("a"),), ())


def test_who_denies_its_own_statement_stands_by_it_no_more() -> None:
    events = toll("a", "csp", best=7), denied("a", "csp")
    state = given(*events)
    assert alone(of(state, "mali")).event is None
    assert story(state) == [(6, "csp", "denied")]
    assert [one.denied_by for one in state.accounts] == [("csp",)]
    assert state.contradictions == ()
    again = given(*events, retracted("denial of a by csp", claimant="csp"))
    assert alone(of(again, "mali")).best == 7
    assert story(again) == [(6, "csp", "denied"), (7, "csp", "denial-withdrawn")]
    assert again.changes[1].restored == (uid("a"),)


def test_an_actor_s_own_account_tells_what_it_denied_itself() -> None:
    events = (
        toll("a", "csp", best=7), toll("b", None, best=9),
        denied("a", "csp"), denied("b", "csp"),
    )  # fmt: skip
    state = given(*events, according_to="csp")
    assert (state.accounts, state.hidden.not_admitted) == ((), 2)
    assert [(one.claimant, one.how) for one in state.changes] == [("csp", "denied")]
    [claimed] = of(state, "mali").claimed_by
    assert [(one.best, one.became) for one in claimed.revisions] == [(7, "denied")]


def test_a_story_is_told_as_far_as_it_was_known() -> None:
    events = toll("a", "mali", best=2), toll("b", "mali", text="a high toll")
    assert alone(of(given(*events, position=5), "mali")).best == 2
    assert given(*events, position=5).changes == ()
    assert story(given(*events)) == [(6, "mali", "restated")]


def test_a_changed_outcome_is_a_change_too() -> None:
    sides = Side(parties=("csp",), outcome="victory"), Side(parties=("mali",))
    other = Side(parties=("csp",), outcome="withdrew"), Side(parties=("mali",))
    state = given(battle("a", "csp", *sides), battle("b", "csp", *other))
    [told] = one_change(state).told
    assert (told.measure, told.before, told.after) == (
        "outcome",
        Count(text="victory"),
        Count(text="withdrew"),
    )


def one_change(state: IncidentState) -> StoryChange:
    [change] = state.changes
    return change
