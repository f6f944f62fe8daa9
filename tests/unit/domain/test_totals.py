"""Totals by a named method: of each victim side one teller's figure, never two."""

from typing import Any

import pytest

from domain.incidents import Claimed, FigureRange, Method, Total
from domain.telling import Measure, Scope
from domain.totals import totals

NOTHING = {"low": None, "best": None, "high": None, "text": None}


def side(
    *actors: str, measure: Measure = "killed", scope: Scope = "incident", **claims: Any
) -> FigureRange:
    """A side with its tellers' figures; a teller of the side acknowledges."""
    return FigureRange(
        actors=actors,
        measure=measure,
        scope=scope,
        claimed_by=tuple(
            Claimed(
                claimant=claimant,
                publisher=None,
                event=claimant,
                position=1,
                acknowledged=claimant in actors,
                revisions=(),
                **{**NOTHING, **figure},
            )
            for claimant, figure in claims.items()
        ),
    )


def total(method: Method, *ranges: FigureRange) -> Total:
    [found] = totals(ranges, method).measures
    return found


RIVALS: dict[str, Any] = {
    "mali": {"best": 10},
    "csp": {"low": 40, "best": 47, "high": 50},
    "jnim": {"low": 9},
}


@pytest.mark.parametrize(
    ("method", "number", "by"),
    [
        ("lowest", 9, "jnim"),
        ("highest", 50, "csp"),
        ("median", 10, "mali"),
        ("acknowledged-or-lowest", 10, "mali"),
    ],
)
def test_a_method_takes_one_figure_of_a_side(method: Method, number: int, by: str) -> None:
    found = total(method, side("mali", **RIVALS))
    [part] = found.parts
    assert (found.total, part.number, part.claim.claimant) == (number, number, by)


def test_without_an_acknowledged_figure_the_lowest_is_taken() -> None:
    found = total("acknowledged-or-lowest", side("wagner", **RIVALS))
    assert (found.total, found.parts[0].claim.claimant) == (9, "jnim")


def test_the_median_is_a_figure_that_somebody_gives() -> None:
    four: dict[str, Any] = {
        name: {"best": n} for name, n in (("a", 1), ("b", 4), ("c", 9), ("d", 30))
    }
    assert total("median", side("mali", **four)).total == 4


def test_sides_are_added_and_each_part_is_named() -> None:
    found = total("lowest", side("csp", csp={"best": 9}), side("mali", csp={"best": 47}))
    assert found.total == 56
    assert [(part.actors, part.number) for part in found.parts] == [(("csp",), 9), (("mali",), 47)]


def test_nobody_is_counted_twice() -> None:
    found = total(
        "highest", side("mali", "wagner", csp={"best": 131}), side("mali", mali={"best": 2})
    )
    assert found.total == 2
    assert [(one.actors, one.reason) for one in found.not_added] == [
        (("mali", "wagner"), "overlap")
    ]


def test_a_side_is_added_where_none_of_its_parts_has_a_number() -> None:
    found = total(
        "highest", side("mali", "wagner", csp={"best": 131}), side("mali", mali={"text": "high"})
    )
    assert found.total == 131
    assert [(one.actors, one.reason) for one in found.not_added] == [(("mali",), "no-number")]


def test_the_toll_of_an_aircraft_is_part_of_another() -> None:
    found = total("lowest", side("mali", scope="aircraft", mali={"best": 3}))
    assert (found.total, [one.reason for one in found.not_added]) == (None, ["part"])


def test_measures_are_added_apart() -> None:
    both = side("mali", mali={"best": 2}), side("mali", measure="wounded", mali={"best": 10})
    found = totals(both, "lowest").measures
    assert [(one.measure, one.total) for one in found] == [("killed", 2), ("wounded", 10)]
