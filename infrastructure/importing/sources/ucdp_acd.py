"""The UCDP/PRIO Armed Conflict Dataset: the sides of each conflict, year by year.

A side's cell names several actors, separated by commas, with their UCDP ids in another cell; who
supports a side with troops has no such id. Dates have a precision: 1 and 2 are days, 3 the month,
4 and 5 the year, 6 and 7 a year that is itself estimated.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from domain.vocabulary import ActorRegistered
from domain.vocabulary.actors import ActorKind
from infrastructure.importing.actors import Actors
from infrastructure.importing.conflict_years import Chronicle, ConflictYear, Party
from infrastructure.importing.countries import country_code
from infrastructure.importing.reading import cell, optional, row_by_row, usable
from infrastructure.importing.records import Assertion, Dataset, Record, Unusable
from infrastructure.importing.rows import Rejected, Row, RowFile
from infrastructure.importing.sources.ucdp_years import year_of_episode

UCDP = ActorRegistered(actor="ucdp", kind="media", name="Uppsala Conflict Data Program")
"""The programme speaks for itself in all its datasets."""

GOVERNMENT = "Government of "
_BETWEEN_NAMES = re.compile(r",\s*(?![^()]*\))")
"""A comma that is not within brackets."""


class UcdpAcd:
    """The adapter of `ucdp-prio-acd`."""

    dataset: ClassVar[Dataset] = Dataset(
        name="ucdp-acd",
        title="UCDP/PRIO Armed Conflict Dataset",
        claimant=UCDP,
        citation="Gleditsch, Nils Petter, Peter Wallensteen, Mikael Eriksson, Margareta Sollenberg, and "
        "Håvard Strand. 2002. Armed Conflict 1946-2001: A New Dataset. Journal of Peace Research 39(5); "
        "and the article of the release.",
        url="https://ucdp.uu.se/downloads/",
    )
    columns: ClassVar[frozenset[str]] = frozenset(
        {
            *("conflict_id", "year", "side_a", "side_a_id", "side_a_2nd", "side_b", "side_b_id"),
            *("side_b_2nd", "start_date2", "start_prec2", "ep_end", "ep_end_date"),
        }
    )
    parts: ClassVar[tuple[str, ...]] = ()

    def records(self, file: RowFile, actors: Actors) -> Iterator[Record | Rejected]:
        """One record for each conflict and year."""
        sides = _Sides(usable(file))
        chronicle = Chronicle(_years(usable(file), sides))

        def assertions(row: Row) -> Sequence[Assertion]:
            year = _year(row, sides)
            return chronicle.assertions(year, lambda party: sides.actor(party, actors, year))

        return row_by_row(file, actors, _key, assertions)


class _Sides:
    """Who stands on the sides, by UCDP id; whom no row gives one stands under the name."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._names: dict[Party, str] = {}
        ids: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            for side in ("side_a", "side_b"):
                try:
                    named = _numbered(row, side)
                except Unusable:
                    continue
                for party, name in named:
                    self._names.setdefault(party, name)
                    ids[name].add(party)
        self._ids = {name: min(found) for name, found in ids.items() if len(found) == 1}

    def parties(self, row: Row, side: str) -> tuple[Party, ...]:
        """Who stands on a side. Raises Unusable."""
        return tuple(party for party, _ in _numbered(row, side))

    def supporters(self, row: Row, side: str) -> tuple[Party, ...]:
        """Who supports a side with troops; several rows name them in different orders."""
        named = _names(optional(row, f"{side}_2nd") or "")
        return tuple(sorted({self._party_of(name) for name in named}))

    def actor(self, party: Party, actors: Actors, year: ConflictYear) -> str:
        """The actor's id in the log."""
        name = self._names[party]
        kind: ActorKind = "rebel-group"
        country = None
        if name.startswith(GOVERNMENT):
            kind, country = "government", country_code(name.removeprefix(GOVERNMENT))
        numbered = party.isdigit()
        return actors.named(
            name,
            kind,
            seen=year.occurred,
            identifiers={"ucdp": party} if numbered else {},
            country=country,
        )

    def _party_of(self, name: str) -> Party:
        party = self._ids.get(name, name)
        self._names.setdefault(party, name)
        return party


def _numbered(row: Row, side: str) -> list[tuple[Party, str]]:
    """The actors of a side with their UCDP ids. Raises Unusable where names and ids do not fit."""
    ids = [one.strip() for one in cell(row, f"{side}_id").split(",")]
    whole_cell = " ".join(cell(row, side).split())
    names = [whole_cell] if len(ids) == 1 else _names(whole_cell)
    if len(names) != len(ids) or not all(one.isdigit() for one in ids):
        raise Unusable(f"{side}: {len(names)} names, and {side}_id has {len(ids)} ids")
    return list(zip(ids, names, strict=True))


def _names(text: str) -> list[str]:
    return [name.strip() for name in _BETWEEN_NAMES.split(text) if name.strip()]


def _years(rows: Iterable[Row], sides: _Sides) -> Iterator[ConflictYear]:
    for row in rows:
        try:
            yield _year(row, sides)
        except Unusable:
            continue  # rejected when its turn comes


def _year(row: Row, sides: _Sides) -> ConflictYear:
    return year_of_episode(
        row,
        side_a=sides.parties(row, "side_a"),
        side_b=sides.parties(row, "side_b"),
        support_a=sides.supporters(row, "side_a"),
        support_b=sides.supporters(row, "side_b"),
    )


def _key(row: Row) -> str:
    return f"{cell(row, 'conflict_id')}-{cell(row, 'year')}"
