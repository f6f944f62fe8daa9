"""ATOP, the Alliance Treaty Obligations and Provisions, as directed dyad-years.

A row says what one state owes another in a year; it names no treaty. Consecutive years in which two
states owe each other the same are one alliance of the two, known by the states and the first year, so that a
release that goes on for a year moves its end alone. Obligations are commitments; none tells what a state did.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from typing import ClassVar

from domain.vocabulary import ActorRegistered, AllianceEnded, AllianceFormed
from domain.vocabulary.actors import IdentifierScheme
from domain.vocabulary.alliances import Obligation
from infrastructure.importing.actors import Actors
from infrastructure.importing.cow_states import COW_STATES, CowState
from infrastructure.importing.dates import year_of
from infrastructure.importing.dyad_years import Alliance, DyadYear, DyadYears, dyad_years
from infrastructure.importing.reading import cell, row_by_row, whole
from infrastructure.importing.records import (
    Assertion,
    Dataset,
    Further,
    Record,
    Skipped,
    Unusable,
)
from infrastructure.importing.rows import Rejected, Row, RowFile

_OBLIGATIONS: dict[str, Obligation] = {
    "atop_defense": "defence",
    "atop_offense": "offence",
    "atop_neutral": "neutrality",
    "atop_nonagg": "non-aggression",
    "atop_consul": "consultation",
}
"""By column; in the bits of a dyad-year the first is the lowest."""

_FORMED, _ENDED = "formed", "ended"


class Atop:
    """The adapter of the directed dyad-years."""

    dataset: ClassVar[Dataset] = Dataset(
        name="atop",
        title="Alliance Treaty Obligations and Provisions",
        claimant=ActorRegistered(
            actor="atop", kind="media", name="Alliance Treaty Obligations and Provisions (ATOP)"
        ),
        citation="Leeds, Brett Ashley, Jeffrey M. Ritter, Sara McLaughlin Mitchell, and Andrew G. Long. "
        "2002. Alliance Treaty Obligations and Provisions, 1815-1944. International Interactions 28: "
        "237-260.",
        url="http://www.atopdata.org",
    )
    columns: ClassVar[frozenset[str]] = frozenset({"ccode1", "ccode2", "year", *_OBLIGATIONS})
    parts: ClassVar[tuple[str, ...]] = (_FORMED, _ENDED)

    def records(self, file: RowFile, actors: Actors) -> Iterator[Record | Rejected]:
        """One record for each alliance, by the two states and its first year, where its first row stands."""
        with dyad_years() as years:
            for one in _readable(file):
                years.add(one)
            years.complete()
            yield from row_by_row(file, actors, _key, partial(_assertions, years, actors))


def _readable(file: RowFile) -> Iterator[DyadYear]:
    for row in file.rows():
        if isinstance(row, Row):
            try:
                yield _dyad_year(row)
            except Unusable:
                continue  # rejected when its turn comes


def _dyad_year(row: Row) -> DyadYear:
    one, other = (_number(row, column) for column in ("ccode1", "ccode2"))
    if one == other:
        raise Unusable(f"ccode1, ccode2: {one} owes itself nothing")
    owed = sum(_bit(row, column) << place for place, column in enumerate(_OBLIGATIONS))
    return DyadYear(one, other, year_of(cell(row, "year"), "year"), owed, row.line)


def _number(row: Row, column: str) -> int:
    cell(row, column)
    return whole(row, column) or 0


def _bit(row: Row, column: str) -> int:
    bit = _number(row, column)
    if bit not in {0, 1}:
        raise Unusable(f"{column}: {bit} is neither 0 nor 1")
    return bit


def _key(row: Row) -> str:
    """The two states, the lower number first, and the year: of an alliance's first row, the alliance's."""
    one = _dyad_year(row)
    return f"{min(one.ccode1, one.ccode2)}-{max(one.ccode1, one.ccode2)} {one.year}"


def _assertions(years: DyadYears, actors: Actors, row: Row) -> Sequence[Assertion]:
    one = _dyad_year(row)
    counts = years.line_of(one.ccode1, one.ccode2, one.year)
    if counts != one.line:
        raise Unusable(f"{one.ccode1} to {one.ccode2} in {one.year} came before, on line {counts}")
    alliance = years.told_by(one.line)
    if alliance is not None:
        return list(_told(alliance, actors, years.last_year))
    if one.owed or years.owes(one.ccode2, one.ccode1, one.year):
        raise Further
    if one.ccode1 > one.ccode2 and years.line_of(one.ccode2, one.ccode1, one.year) is not None:
        raise Further
    raise Skipped("a year without an obligation")


def _told(alliance: Alliance, actors: Actors, last_year: int) -> Iterator[Assertion]:
    """The alliance from its first year on; its end on the first day without it, if the file goes on."""
    slug = f"atop-{alliance.a}-{alliance.b}-{alliance.first}"
    since = f"{alliance.first:04}"
    yield Assertion(
        part=_FORMED,
        occurred=since,
        data=AllianceFormed(
            alliance=slug,
            members=(_state(alliance.a, actors, since), _state(alliance.b, actors, since)),
            obligations=tuple(
                obligation
                for place, obligation in enumerate(_OBLIGATIONS.values())
                if alliance.owed >> place & 1
            ),
        ),
    )
    if alliance.last < last_year:
        yield Assertion(
            part=_ENDED,
            occurred=date(alliance.last + 1, 1, 1).isoformat(),
            data=AllianceEnded(alliance=slug),
        )


def _state(number: int, actors: Actors, since: str) -> str:
    state = COW_STATES.get(str(number), CowState(f"COW {number}", None))
    identifiers: dict[IdentifierScheme, str] = {"cow": str(number)}
    if state.iso is not None:
        identifiers["iso3166"] = state.iso
    return actors.named(state.name, "state", seen=since, identifiers=identifiers, country=state.iso)
