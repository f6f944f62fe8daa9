"""Which claims two accounts differ by where there are many: as many as stand and fall together are one."""

from collections.abc import Iterator
from datetime import date

import pytest

from domain.counterfactuals import REMOVING_SHOWN
from domain.disagreement import Difference
from domain.event import Event
from domain.viewpoint import Viewpoint
from domain.vocabulary import (
    AttackReported,
    CeasefireAgreed,
    ReportDenied,
    SanctionImposed,
    SupportProvided,
)
from infrastructure.questions.disagreement import MOST_ACCOUNTS, disagreement
from infrastructure.questions.snapshots import Snapshot
from tests.builders import event, registered
from tests.property.comparing import World

ATTACK = AttackReported(attacker="a", target="b")
SANCTION = SanctionImposed(sender="a", target="b", programme="x")


@pytest.fixture
def world(fresh_url: str) -> Iterator[World]:
    opened = World.of(fresh_url)
    opened.log.append([registered(actor) for actor in ("a", "b", "c")])
    yield opened
    opened.database.dispose()


def differences(world: World, *events: Event) -> tuple[Difference, ...]:
    """What the accounts of a and b differ by after these events."""
    world.log.append(list(events))
    world.projector.catch_up()
    viewpoint = Viewpoint(valid_at=date(2021, 1, 1), position=3 + len(events))
    with world.database.read() as conn:
        return disagreement(Snapshot.of(conn), viewpoint, ("a", "b")).differences


def test_many_reports_of_a_few_things_are_shown_to_be_needed_all(world: World) -> None:
    told = (ATTACK, AttackReported(attacker="b", target="a"), SANCTION)
    reports = [
        event(one, "2020-01-01", called=f"{one} {n}", claimant="a", origin=f"o{n}")
        for one in told
        for n in range(60)
    ]
    [one] = differences(world, *reports)
    assert (one.between, one.alignments) == ((None, "a"), ("unknown", "hostile"))
    assert (one.method, one.count, one.both) == ("smallest", 180, "unknown")
    assert [claim.position for claim in one.removing] == list(range(4, 4 + REMOVING_SHOWN))


def test_what_two_tell_alike_is_no_part_of_their_difference(world: World) -> None:
    unattributed = event(SANCTION, "2020-01-01", called="unattributed")
    own = event(SANCTION, "2020-01-01", called="own", claimant="a")
    attack = event(ATTACK, "2020-01-01", called="attack", claimant="a")
    [one] = differences(world, unattributed, own, attack)
    assert (one.alignments, one.method, one.both) == (
        ("strained", "hostile"),
        "smallest",
        "strained",
    )
    assert [claim.event for claim in one.removing] == [attack.id]


def test_what_is_denied_already_need_not_go(world: World) -> None:
    """By b it came to blows once, by c never: of two reports b has denied the other one."""
    early = event(CeasefireAgreed(parties=("a", "b")), "2019-01-01", called="early")
    denied, left = (event(ATTACK, "2020-01-01", called=name) for name in ("denied", "left"))
    denial = event(ReportDenied(event=denied.id), "2020-02-02", called="denial", claimant="b")
    late = [
        event(CeasefireAgreed(parties=("a", "b")), "2020-06-06", called=f"late {n}", claimant="c")
        for n in range(2)
    ]
    found = differences(world, early, denied, left, denial, *late)
    [one] = [one for one in found if set(one.between) == {"b", "c"}]
    assert (sorted(one.alignments), one.method) == (["hostile", "neutral"], "smallest")
    assert ([claim.event for claim in one.removing], one.both) == ([left.id], "neutral")


def test_of_many_reports_only_those_after_a_peace_are_needed(world: World) -> None:
    """What the same claimant said of the time before the peace is no part of the difference."""
    before, after = (
        [event(ATTACK, day, called=f"{day} {n}", claimant="a") for n in range(count)]
        for day, count in (("2020-01-01", 30), ("2020-09-09", 3))
    )
    peace = event(CeasefireAgreed(parties=("a", "b")), "2020-06-06", called="peace")
    [one] = differences(world, *before, peace, *after)
    assert (one.alignments, one.method, one.both) == (("neutral", "hostile"), "smallest", "neutral")
    assert [claim.event for claim in one.removing] == [told.id for told in after]


def test_of_claims_and_their_denials_the_fewer_are_named(world: World) -> None:
    told = event(ATTACK, "2020-01-01", called="told")
    denials = [
        event(ReportDenied(event=told.id), "2020-02-02", called=f"denial {n}", claimant="b")
        for n in range(3)
    ]
    [one] = differences(world, told, *denials)
    assert (one.between, one.method, one.both) == ((None, "b"), "smallest", "unknown")
    assert [claim.event for claim in one.removing] == [told.id]


def test_no_more_accounts_are_told_than_a_terminal_holds(world: World) -> None:
    claimants = [f"c{n:02}" for n in range(MOST_ACCOUNTS + 5)]
    told = [event(ATTACK, "2020-01-01", called=one, claimant=one) for one in claimants]
    often = event(
        SupportProvided(supporter="a", recipient="b", kinds=("money",)),
        "2020-01-01",
        called="often",
        claimant=claimants[-1],
    )
    events = [*map(registered, claimants), *told, often]
    world.log.append(events)
    world.projector.catch_up()
    viewpoint = Viewpoint(valid_at=date(2021, 1, 1), position=3 + len(events))
    with world.database.read() as conn:
        found = disagreement(Snapshot.of(conn), viewpoint, ("a", "b"))
    assert [one.claimant for one in found.accounts[:3]] == [None, claimants[-1], claimants[0]]
    assert (len(found.accounts), found.more_accounts) == (MOST_ACCOUNTS + 1, 5)
    assert len(found.differences) + found.more_differences == 2 * MOST_ACCOUNTS - 1


def test_a_denial_without_a_claimant_binds_no_account(world: World) -> None:
    told = event(ATTACK, "2020-01-01", called="told")
    theirs = event(ATTACK, "2020-01-01", called="theirs", claimant="a")
    denials = [event(ReportDenied(event=one.id), "2020-02-02") for one in (told, theirs)]
    assert differences(world, told, theirs, *denials) == ()
