"""Coups by Powell and Thyne: one attempt a row, 2 a success, 1 a failure.

The dataset names neither who attempted a coup nor whom it was against. Its perpetrators are an
unidentified actor of their own for each attempt, never merged by name, and nobody is ousted: so a coup
is found in the log, and moves no stance that the dataset does not tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal, cast

from domain.dates import InvalidDate, day_of
from domain.vocabulary import ActorRegistered, CoupOccurred
from domain.vocabulary.actors import IdentifierScheme
from infrastructure.importing.actors import Actors
from infrastructure.importing.countries import country_code
from infrastructure.importing.ids import slug
from infrastructure.importing.reading import cell, one_of, optional, row_by_row, whole
from infrastructure.importing.records import Assertion, Dataset, Record, Unusable
from infrastructure.importing.rows import Rejected, Row, RowFile

_OUTCOMES = {"1": "failed", "2": "success"}
_SCHEMES: tuple[tuple[IdentifierScheme, str], ...] = (("cow", "ccode"), ("gw", "ccode_gw"))


class Coups:
    """The adapter of `powell_thyne_coups_final`."""

    dataset: ClassVar[Dataset] = Dataset(
        name="coups",
        title="Powell & Thyne: Global Instances of Coups",
        claimant=ActorRegistered(
            actor="powell-thyne", kind="media", name="Powell & Thyne, Global Instances of Coups"
        ),
        citation="Powell, Jonathan M., and Clayton L. Thyne. 2011. Global Instances of Coups from "
        "1950 to 2010: A New Dataset. Journal of Peace Research 48(2): 249-259.",
        url="https://www.jonathanmpowell.com/coup-detat-dataset.html",
    )
    columns: ClassVar[frozenset[str]] = frozenset(
        {"country", "ccode", "year", "month", "day", "coup"}
    )
    parts: ClassVar[tuple[str, ...]] = ("coup",)

    def records(self, file: RowFile, actors: Actors) -> Iterator[Record | Rejected]:
        """One record for each attempt, by state and day."""
        return row_by_row(file, actors, _key, lambda row: _assertions(row, actors))


def _key(row: Row) -> str:
    return f"{cell(row, 'ccode')} {_day(row)}"


def _day(row: Row) -> str:
    year, month, day = (whole(row, column) or 0 for column in ("year", "month", "day"))
    text = f"{year:04}-{month:02}-{day:02}"
    try:
        day_of(text)
    except InvalidDate as error:
        raise Unusable(f"year, month, day: {error}") from None
    return text


def _assertions(row: Row, actors: Actors) -> Sequence[Assertion]:
    country, day = cell(row, "country"), _day(row)
    code = country_code(country)
    outcome = cast("Literal['success', 'failed']", one_of(row, "coup", _OUTCOMES))
    identifiers = {
        scheme: value for scheme, column in _SCHEMES if (value := optional(row, column)) is not None
    }
    state = actors.named(country, "state", seen=day, identifiers=identifiers, country=code)
    plotters = actors.named(
        f"Coup plotters in {country}, {day}", "unidentified", seen=day, country=code
    )
    coup = CoupOccurred(state=state, perpetrators=(plotters,), outcome=outcome)
    return [Assertion(part="coup", occurred=day, data=coup, incident=slug(f"coup {country} {day}"))]
