"""How few origins an answer hangs on, where there are too many sets of them to look at each."""

from collections.abc import Iterator
from datetime import date
from time import process_time

import pytest

from domain.counterfactuals import Fragility
from domain.event import Event
from domain.policy import Alignment
from domain.viewpoint import Viewpoint
from domain.vocabulary import (
    AttackReported,
    CeasefireAgreed,
    EventData,
    ReportDenied,
    ReportRetracted,
    SanctionImposed,
    SanctionLifted,
)
from infrastructure.questions.fragility import fragility
from infrastructure.questions.parts import Sides
from infrastructure.questions.snapshots import Snapshot
from tests.builders import event, registered
from tests.property.comparing import World


@pytest.fixture
def world(fresh_url: str) -> Iterator[World]:
    made = World.of(fresh_url)
    yield made
    made.database.dispose()


def told(data: EventData, day: str, origin: str) -> Event:
    return event(data, day, origin=origin)


def fragility_of(world: World, *events: Event, according_to: str | None = None) -> Fragility | None:
    """How fragile the pair is in the end; registrations that are repeated are recorded once."""
    everything = [registered("a"), registered("b"), *events]
    for first in range(0, len(everything), 1_000):
        world.log.append(everything[first : first + 1_000])
    world.projector.catch_up()
    with world.database.read() as conn:
        snapshot = Snapshot.of(conn)
        viewpoint = Viewpoint(
            valid_at=date(2020, 1, 1), position=snapshot.position, according_to=according_to
        )
        return fragility(snapshot, viewpoint, Sides.alone(("a", "b")))


def imposed(programme: str, origin: str) -> Event:
    data = SanctionImposed(sender="a", target="b", programme=programme)
    return told(data, "2019-01-01", origin)


def lifted(programme: str, origin: str) -> Event:
    return told(SanctionLifted(sender="a", target="b", programme=programme), "2019-06-01", origin)


def attack(day: str, origin: str) -> Event:
    return told(AttackReported(attacker="a", target="b"), day, origin)


def fewest(removing: str, becomes: Alignment, origins: int) -> Fragility:
    return Fragility(
        origins=origins, fewest=1, method="exact", removing=(removing,), becomes=becomes
    )


def test_a_denial_that_was_taken_back_would_stand_without_that(world: World) -> None:
    attacked = attack("2019-01-01", "z")
    denial = event(ReportDenied(event=attacked.id), claimant="a", origin="n")
    taken_back = event(ReportRetracted(event=denial.id, reason="r"), claimant="a", origin="m")
    found = fragility_of(world, attacked, denial, taken_back, according_to="a")
    assert found == fewest("m", "unknown", origins=3)


def test_what_is_denied_is_kept_apart_from_the_rest_of_its_origin(world: World) -> None:
    attacks = [attack("2019-01-01", "wire"), attack("2019-02-01", "wire")]
    denial = event(ReportDenied(event=attacks[1].id), claimant="a", origin="n")
    found = fragility_of(world, *attacks, denial, according_to="a")
    assert found == fewest("wire", "unknown", origins=2)


def test_what_has_not_begun_is_kept_apart_from_the_rest_of_its_origin(world: World) -> None:
    peace = event(CeasefireAgreed(parties=("a", "b")), "2019-06-01", origin="peace")
    found = fragility_of(world, attack("2019-01-01", "wire"), attack("2020-01-05", "wire"), peace)
    assert found == fewest("peace", "hostile", origins=2)


def test_every_origin_of_a_line_must_go_however_many_there_are(world: World) -> None:
    support = [
        told(AttackReported(attacker="a", target="b"), "2019-01-01", f"o{n:02}") for n in range(30)
    ]
    found = fragility_of(world, *support)
    assert found is not None
    assert (found.fewest, found.method, found.becomes) == (30, "exact", "unknown")
    assert found.removing == tuple(f"o{n:02}" for n in range(30))


def test_where_every_line_hangs_on_another_origin_a_bound_is_told(world: World) -> None:
    found = fragility_of(world, *(imposed(f"p{n}", f"o{n:02}") for n in range(20)))
    assert found is not None
    assert (found.origins, found.fewest, found.method) == (20, 20, "upper-bound")
    assert found.becomes == "unknown"


def test_what_is_closed_may_hang_on_who_closed_it(world: World) -> None:
    events = [imposed(f"p{n}", "sender") for n in range(20)]
    events += [lifted(f"p{n}", f"o{n:02}-{m}") for n in range(20) for m in range(5)]
    found = fragility_of(world, *events)
    assert found is not None
    assert (found.origins, found.fewest, found.method) == (101, 5, "upper-bound")
    assert found.becomes == "strained"
    assert len({name[:3] for name in found.removing}) == 1


def test_no_more_than_a_hundred_origins_are_named(world: World) -> None:
    attacks = [
        told(AttackReported(attacker="a", target="b"), "2019-01-01", f"o{n:03}") for n in range(150)
    ]
    found = fragility_of(world, *attacks)
    assert found is not None
    assert (found.fewest, len(found.removing)) == (150, 100)


@pytest.mark.parametrize("origins", [1, 3_000])
def test_a_pair_of_thousands_of_lines_is_told_in_time(world: World, origins: int) -> None:
    """About 0.3 s of CPU on the machine where it was written, and there is room for slower ones."""
    events = [imposed(f"p{n % 300}", f"o{n % origins}-{n % 7}") for n in range(3_000)]
    fragility_of(world, *events)
    begun = process_time()
    assert fragility_of(world) is not None
    assert process_time() - begun < 5
