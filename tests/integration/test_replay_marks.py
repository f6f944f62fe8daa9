"""The marks and the segments of pairs are compared in whichever window of the log they stand."""

from random import Random

import pytest

from domain.vocabulary import AccusationMade, ActorDissolved
from infrastructure.audit import Difference, replaying, segments
from infrastructure.projecting.sweeping import sweep_all
from tests.builders import event, registered, retracted
from tests.integration.test_replay import change, difference, result
from tests.property.comparing import World
from tests.property.histories import History

SAID = [("mali", "niger"), ("mali", "chad"), ("niger", "mali")]
"""Said four times over, from position 4 on: the first two pairs, and the first the other way round."""

WINDOWS = [(1, 1), (2, 2), (3, 2), (2_000, 25)]
"""Events in a stretch, and stretches in a window; with the last the log is one window."""


@pytest.fixture
def marked(world: World) -> World:
    """Two pairs that are touched all along a log of 16 events, the last of which ends the fifth."""
    actors = map(registered, ("chad", "mali", "niger"))
    accusations = [
        event(
            AccusationMade(accuser=accuser, accused=accused),
            f"2020-01-{number:02}",
            called=f"accusation {number}",
        )
        for number, (accuser, accused) in enumerate(SAID * 4, start=1)
    ]
    told = [*actors, *accusations, retracted("accusation 2")]
    world.append(History(Random(0), events=told))
    sweep_all(world.database)
    return world


@pytest.fixture(params=WINDOWS)
def windows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    batch, stretches = request.param
    monkeypatch.setattr(replaying, "BATCH", batch)
    monkeypatch.setattr(replaying, "STRETCHES", stretches)
    monkeypatch.setattr(segments, "PAIRS", stretches)


@pytest.mark.usefixtures("windows")
def test_marks_and_segments_hold_over_windows_of_any_length(marked: World) -> None:
    assert result(marked.database).ok
    marked.projector.rebuild()
    assert result(marked.database).ok
    sweep_all(marked.database)
    for position in (0, 5, 9, 16):
        assert result(marked.database, position).ok


@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize(("touched", "first_later"), [(0, 4), (7, 9), (9, 10), (13, 15), (14, 15)])
def test_a_mark_too_low_is_found_at_the_first_event_that_it_misses(
    marked: World, touched: int, first_later: int
) -> None:
    pair = {"a": "mali", "b": "niger"}
    change(marked.database, f"UPDATE rm_a_pairs SET touched = {touched} WHERE b = 'niger'")
    assert difference(marked.database) == Difference(
        "rm_a_pairs",
        first_later,
        expected=[pair | {"touched": first_later}],
        found=[pair | {"touched": touched}],
    )


@pytest.mark.usefixtures("windows")
def test_a_mark_that_misses_a_late_end_is_found_where_the_ended_event_stands(
    marked: World,
) -> None:
    pair = {"a": "chad", "b": "mali"}
    change(marked.database, "UPDATE rm_a_pairs SET touched = 15 WHERE a = 'chad'")
    assert difference(marked.database) == Difference(
        "rm_a_pairs", 5, expected=[pair | {"touched": 16}], found=[pair | {"touched": 15}]
    )


@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize("first", ["chad", "mali"])
def test_segments_that_are_wrong_are_found_in_any_window_of_pairs(
    marked: World, first: str
) -> None:
    change(marked.database, f"UPDATE rm_a_segments SET until = until + 1 WHERE a = '{first}'")
    found = difference(marked.database)
    assert found.table == "rm_a_segments"
    assert {row["a"] for row in (*found.expected, *found.found)} == {first}


@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize("end", ["a", "b"])
def test_a_mark_that_misses_the_end_of_all_of_an_actors_lines_is_found(
    marked: World, end: str
) -> None:
    [actor] = {"a": ["chad"], "b": ["niger"]}[end]
    dissolved = event(ActorDissolved(actor=actor), "2021-01-01")
    marked.append(History(Random(0), events=[dissolved]))
    sweep_all(marked.database)
    assert result(marked.database).ok
    change(marked.database, f"UPDATE rm_a_pairs SET touched = 16 WHERE {end} = '{actor}'")
    found = difference(marked.database)
    assert (found.table, found.position) == ("rm_a_pairs", 17)
    assert found.expected[0]["touched"] == 17
