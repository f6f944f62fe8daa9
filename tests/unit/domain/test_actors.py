"""Actors as known: their registration, names over time, memberships and lineage (DESIGN sections 3, 5, 6)."""

from typing import Any

import pytest

from domain.answers import ActorName, ActorState, DatedName, Succession, UmbrellaMembership
from domain.event import Event
from domain.fold.actors import actor_name, actor_state, registration_of
from domain.vocabulary import (
    ActorDissolved,
    ActorRegistered,
    ActorRenamed,
    ActorSucceeded,
    MembershipEnded,
    MembershipStarted,
)
from domain.vocabulary.actors import MembershipStatus, OtherName
from tests.builders import denied, event, log, registered, retracted
from tests.unit.domain.asking import ledger


def name(events: list[Event], at: str, known: int = 1_000_000, **fields: Any) -> str | None:
    """The name of "mali" on a day, or None where no such actor is known."""
    registration = registration_of(log(*events), known, "mali")
    if registration is None:
        return None
    return actor_name(ledger(events, at, known=known, **fields), registration).name


def state(
    events: list[Event], at: str = "2024-01-01", actor: str = "mali", **fields: Any
) -> ActorState:
    registration = registration_of(log(*events), fields.get("known", 1_000_000), actor)
    assert registration is not None
    return actor_state(ledger(events, at, **fields), registration)


def renamed(to: str, occurred: str, **fields: Any) -> Event:
    return event(ActorRenamed(actor="mali", name=to), occurred, **{"called": to} | fields)


SUDAN = registered("mali", "1960", name="French Sudan")


def test_an_actor_has_its_name_and_kind() -> None:
    registration = registration_of(log(SUDAN), 1, "mali")
    assert registration is not None
    found = actor_name(ledger([SUDAN], "2020-01-01"), registration)
    assert found == ActorName("mali", "French Sudan", "state")


def test_nobody_is_registered_under_another_id() -> None:
    assert registration_of(log(SUDAN), 1, "france") is None


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("0001-01-01", "French Sudan"),
        ("1960-09-21", "French Sudan"),
        ("1960-09-22", "Mali"),
        ("2019-12-30", "Mali"),
        ("2019-12-31", "Republic of Mali"),
        ("9999-12-31", "Republic of Mali"),
    ],
)
def test_the_name_is_the_one_certainly_in_force(at: str, expected: str) -> None:
    events = [SUDAN, renamed("Republic of Mali", "2019"), renamed("Mali", "1960-09-22")]
    assert name(events, at) == expected


def test_of_two_names_of_a_day_the_later_place_holds() -> None:
    events = [SUDAN, renamed("One", "2000-01-01"), renamed("Two", "2000-01-01")]
    assert name(events, "2000-01-01") == "Two"
    corrected = renamed("One, spelt right", "2000-01-01", corrects="One")
    assert name([*events, corrected], "2000-01-01") == "Two"


def test_names_count_whatever_the_viewpoint_unless_denied_or_planned() -> None:
    rumour = renamed("Azawad", "2012", modality="speculated", reliability="F", claimant="x")
    events = [SUDAN, rumour, denied("Azawad", "y")]
    strict: dict[str, Any] = {"according_to": "y", "reliability": "A", "credibility": 1}
    assert name(events, "2013-01-01") == "Azawad"
    assert name(events, "2013-01-01", **strict) == "Azawad"
    for modality in ("denied", "planned"):
        plan = renamed("Azawad", "2012", modality=modality)
        assert name([SUDAN, plan], "2013-01-01") == "French Sudan"


def test_names_count_until_retracted_or_superseded() -> None:
    events = [SUDAN, renamed("Azawad", "2012"), retracted("Azawad")]
    assert name(events, "2013-01-01", known=1) == "French Sudan"
    assert name(events, "2013-01-01", known=2) == "Azawad"
    assert name(events, "2013-01-01", known=3) == "French Sudan"
    corrected = [*events[:2], renamed("Azawad, later", "2014", corrects="Azawad")]
    assert name(corrected, "2013-01-01") == "French Sudan"
    assert name(corrected, "2015-01-01") == "Azawad, later"


def test_a_corrected_registration_speaks_from_its_position_on() -> None:
    better = registered("mali", name="Soudan", called="better", corrects="registration of mali")
    assert name([SUDAN, better], "2020-01-01", known=1) == "French Sudan"
    assert name([SUDAN, better], "2020-01-01", known=2) == "Soudan"


def test_an_actor_registered_later_has_the_name_of_that_registration() -> None:
    events = [registered("france"), SUDAN, renamed("Mali", "1960-09-22")]
    assert name(events, "2020-01-01", known=0) == "French Sudan"
    assert name(events, "2020-01-01", known=1) == "French Sudan"
    assert name(events, "2020-01-01", known=3) == "Mali"


def test_an_id_registered_again_is_the_new_actor_from_then_on() -> None:
    again = registered("mali", name="Mali, anew", called="again")
    events = [SUDAN, retracted("registration of mali"), again]
    names = [name(events, "2020-01-01", known=known) for known in range(4)]
    assert names == ["French Sudan", "French Sudan", "Mali, anew", "Mali, anew"]
    assert name(events[:2], "2020-01-01", known=2) is None


@pytest.mark.parametrize("modality", ["denied", "planned"])
def test_a_registration_denied_or_planned_registers_nobody(modality: str) -> None:
    assert name([registered("mali", modality=modality)], "2020-01-01") is None


def test_all_that_a_registration_says() -> None:
    data = ActorRegistered(
        actor="mali",
        kind="state",
        name="Mali",
        names=(OtherName(name="ML"), OtherName(name="Mali ba", language="bm")),
        identifiers={"gw": "432", "cow": "MLI"},
        country="ML",
    )
    events = [event(data, "1960-09-22"), renamed("Republic of Mali", "1992-02")]
    found = state(events)
    assert (found.id, found.kind, found.country) == ("mali", "state", "ML")
    assert found.name == "Republic of Mali"
    assert found.names == (
        DatedName("Mali", None, "1960-09-22"),
        DatedName("ML", None, "1960-09-22"),
        DatedName("Mali ba", "bm", "1960-09-22"),
        DatedName("Republic of Mali", None, "1992-02"),
    )
    assert found.identifiers == {"cow": "MLI", "gw": "432"}
    assert (found.memberships, found.members, found.dissolved) == ((), (), None)
    assert (found.predecessors, found.successors) == ((), ())


def started(
    umbrella: str, member: str, occurred: str, as_: MembershipStatus = "member", **fields: Any
) -> Event:
    return event(MembershipStarted(umbrella=umbrella, member=member, as_=as_), occurred, **fields)


def ended(umbrella: str, member: str, occurred: str, **fields: Any) -> Event:
    return event(MembershipEnded(umbrella=umbrella, member=member), occurred, **fields)


def test_memberships_run_from_their_start_to_what_ends_them() -> None:
    events = [
        SUDAN,
        registered("army"),
        started("mali", "army", "1960", "organ"),
        started("csp", "mali", "2021-05"),
        ended("csp", "mali", "2023-09-24"),
        started("csp", "mali", "2024-01-01", "branch"),
        started("au", "mali", "2002", "claimed"),
        ended("ecowas", "mali", "2025"),
    ]
    found = state(events)
    assert found.memberships == (
        UmbrellaMembership("au", "claimed", "2002", None),
        UmbrellaMembership("csp", "member", "2021-05", "2023-09-24"),
        UmbrellaMembership("csp", "branch", "2024-01-01", None),
    )
    assert found.members == (UmbrellaMembership("army", "organ", "1960", None),)
    assert state(events, actor="army").memberships == (
        UmbrellaMembership("mali", "organ", "1960", None),
    )


def test_a_claimed_membership_ends_too() -> None:
    events = [SUDAN, started("au", "mali", "2002", "claimed"), ended("au", "mali", "2010")]
    assert state(events).memberships[0].to == "2010"


def test_of_several_ends_the_first_counts() -> None:
    events = [
        SUDAN,
        started("csp", "mali", "2020-01-01"),
        event(ActorDissolved(actor="csp"), "2022-01-01"),
        ended("csp", "mali", "2021-01-01"),
        ended("csp", "mali", "2019-01-01"),
    ]
    assert state(events).memberships == (
        UmbrellaMembership("csp", "member", "2020-01-01", "2021-01-01"),
    )


def test_a_dissolution_ends_memberships_on_either_end() -> None:
    memberships = [started("mali", "army", "1960"), started("csp", "mali", "2021")]
    events = [SUDAN, *memberships, event(ActorDissolved(actor="mali"), "2024-05")]
    found = state(events)
    assert (found.dissolved, found.memberships[0].to, found.members[0].to) == (
        "2024-05",
        "2024-05",
        "2024-05",
    )


def test_memberships_count_whatever_the_viewpoint_unless_denied_or_planned() -> None:
    rumour = started("csp", "mali", "2021", claimant="x", modality="alleged", reliability="F")
    plan = started("au", "mali", "2022", modality="planned")
    strict: dict[str, Any] = {"according_to": "y", "reliability": "A"}
    found = state([SUDAN, rumour, plan], **strict)
    assert [one.actor for one in found.memberships] == ["csp"]


def test_lineage_is_told_on_both_ends() -> None:
    split = ActorSucceeded(
        predecessors=("mali",), successors=("azawad", "sudan"), continuity="disputed"
    )
    merger = ActorSucceeded(
        predecessors=("segou", "kayes"), successors=("mali",), continuity="full"
    )
    plan = ActorSucceeded(predecessors=("mali",), successors=("sahel",), continuity="claimed")
    events = [
        SUDAN,
        event(split, "2012-04-06"),
        event(merger, "1960"),
        event(plan, "2024", modality="planned"),
        event(split, "2000", called="wrong"),
        retracted("wrong"),
    ]
    found = state(events)
    assert found.predecessors == (
        Succession("segou", "full", "1960"),
        Succession("kayes", "full", "1960"),
    )
    assert found.successors == (
        Succession("azawad", "disputed", "2012-04-06"),
        Succession("sudan", "disputed", "2012-04-06"),
    )


def test_an_actor_is_dissolved_when_first_dissolved() -> None:
    events = [
        SUDAN,
        event(ActorDissolved(actor="mali"), "2024-05-02"),
        event(ActorDissolved(actor="mali"), "2024-04"),
        event(ActorDissolved(actor="mali"), "2023", modality="denied"),
        event(ActorDissolved(actor="france"), "2020"),
    ]
    assert state(events).dissolved == "2024-04"
    assert state(events, known=2).dissolved == "2024-05-02"
