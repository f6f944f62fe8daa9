"""What touches a pair whose segments were worked out before, kind of event by kind of event."""

import pytest

from domain.event import Event
from domain.viewpoint import Viewpoint
from domain.vocabulary import AccusationMade, ActorDissolved, RegimeChanged, ReportRetracted
from infrastructure.projecting import sweeping
from infrastructure.projecting.sweeping import sweep_all
from infrastructure.questions import stances
from infrastructure.questions.snapshots import Snapshot
from tests.builders import day, event, formed, registered
from tests.property.comparing import World

ACCUSED = event(AccusationMade(accuser="mali", accused="niger"), occurred="2020-01-01")


def levels(world: World, position: int) -> list[tuple[str, str, int, int]]:
    viewpoint = Viewpoint(valid_at=day("2021-01-01"), position=position)
    with world.database.read() as conn:
        pairs, _ = stances.page(Snapshot.of(conn), viewpoint)
    return [(one.a, one.b, one.cooperation, one.conflict) for one in pairs]


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (event(ActorDissolved(actor="niger"), occurred="2020-06"), []),
        (event(RegimeChanged(state="mali", how="overthrow"), occurred="2020-06"), []),
        (event(ReportRetracted(event=ACCUSED.id, reason="it was not so")), []),
        (formed("aes", ("mali", "niger")), [("mali", "niger", 3, 1)]),
    ],
    ids=lambda value: value.type if isinstance(value, Event) else "",
)
@pytest.mark.parametrize("swept", [True, False])
def test_a_pair_that_was_worked_out_is_touched_again(
    world: World, later: Event, expected: list[tuple[str, str, int, int]], *, swept: bool
) -> None:
    world.log.append([registered("mali"), registered("niger"), ACCUSED])
    world.projector.catch_up()
    sweep_all(world.database)
    world.log.append([later])
    world.projector.catch_up()
    if swept:
        sweep_all(world.database)
    assert levels(world, 3) == [("mali", "niger", 0, 1)]
    assert levels(world, 4) == expected


def test_progress_of_working_all_out_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "AT_ONCE", 2)
    names = "abcde"
    world.log.append([*(registered(one) for one in names)])
    world.log.append(
        [event(AccusationMade(accuser="a", accused=one), occurred="2020") for one in names[1:4]]
    )
    world.projector.catch_up()
    told: list[tuple[int, int]] = []
    sweep_all(world.database, lambda *step: told.append(step))
    assert told == [(2, 3), (3, 3)]
    sweep_all(world.database, lambda *step: told.append(step))
    assert len(told) == 2


def test_of_pairs_with_many_effects_fewer_are_worked_out_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "EFFECTS_AT_ONCE", 2)
    world.log.append([*(registered(one) for one in "abcde")])
    accused = {"b": 1, "c": 1, "d": 3, "e": 1}  # how often; each time a level is set
    world.log.append(
        [
            event(AccusationMade(accuser="a", accused=one), "2020", called=f"{one} {number}")
            for one, times in accused.items()
            for number in range(times)
        ]
    )
    world.projector.catch_up()
    told: list[tuple[int, int]] = []
    sweep_all(world.database, lambda *step: told.append(step))
    assert told == [(2, 4), (3, 4), (4, 4)]
    assert levels(world, 11) == [("a", one, 0, 1) for one in accused]
