"""The UCDP Georeferenced Event Dataset: one incident of lethal violence a row.

State-based and non-state violence is a battle of two sides, one-sided violence an attack on the
civilians of a country. A side's deaths are a best estimate; the range from low to high is of all deaths
of the incident, and so is that of an attack. Deaths of unknown status are told of an unidentified actor.
Column names of releases before 17.1 (`side_a_dset_id` and others) are read too; none but those in
`columns` is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from domain.event import Place
from domain.fields import Count
from domain.vocabulary import AttackReported, BattleReported, CasualtiesReported, Side
from domain.vocabulary.actors import ActorKind
from infrastructure.importing.actors import Actors
from infrastructure.importing.countries import country_code
from infrastructure.importing.dates import Known, edtf, exact_day
from infrastructure.importing.reading import cell, number, one_of, optional, row_by_row, whole
from infrastructure.importing.records import Assertion, Dataset, Record, Unusable
from infrastructure.importing.rows import Rejected, Row, RowFile
from infrastructure.importing.sources.ucdp_acd import GOVERNMENT, UCDP

SINCE = "1989"
"""The dataset begins with this year."""
UNKNOWN = "Persons of unknown status (UCDP GED)"

_VIOLENCE = {"1": "state-based", "2": "non-state", "3": "one-sided"}
_KNOWN = {"1": Known.DAY, "2": Known.DAY, "3": Known.DAY, "4": Known.MONTH, "5": Known.YEAR}
"""By `date_prec`: 1 the day; 2 and 3 days within the span given, which then is approximate."""
_PRECISE = {
    "1": "exact location",
    "2": "within about 25 km of a known point",
    "3": "second-order administrative division",
    "4": "first-order administrative division",
    "5": "estimated point of a linear feature or larger area",
    "6": "country only",
    "7": "international waters or airspace",
}
"""What `where_prec` says, in short (UCDP GED codebook)."""


class UcdpGed:
    """The adapter of `GEDEvent`."""

    dataset: ClassVar[Dataset] = Dataset(
        name="ucdp-ged",
        title="UCDP Georeferenced Event Dataset",
        claimant=UCDP,
        citation="Sundberg, Ralph, and Erik Melander. 2013. Introducing the UCDP Georeferenced Event "
        "Dataset. Journal of Peace Research 50(4): 523-532; and the article of the release.",
        url="https://ucdp.uu.se/downloads/",
    )
    columns: ClassVar[frozenset[str]] = frozenset(
        {"id", "type_of_violence", "side_a", "side_b", "date_start", "date_end", "best", "country"}
    )
    parts: ClassVar[tuple[str, ...]] = ("incident", "unknown")

    def records(self, file: RowFile, actors: Actors) -> Iterator[Record | Rejected]:
        """One record for each incident, by its number."""
        return row_by_row(file, actors, _key, lambda row: _assertions(row, actors))


def _key(row: Row) -> str:
    return cell(row, "id")


def _assertions(row: Row, actors: Actors) -> Sequence[Assertion]:
    occurred = _occurred(row)
    told = _TOLD[one_of(row, "type_of_violence", _VIOLENCE)](row, occurred, actors)
    incident, place = f"ucdp-ged-{_key(row)}", _place(row)
    claims = [
        Assertion(
            part="incident",
            occurred=occurred,
            data=told,
            incident=incident,
            place=place,
            note=_note(row),
        )
    ]
    unknown = _deaths(row, "deaths_unknown")
    if unknown is not None and isinstance(told, BattleReported):
        nobody = actors.named(UNKNOWN, "unidentified", seen=SINCE)
        lost = CasualtiesReported(suffered_by=nobody, killed=unknown)
        claims.append(
            Assertion(part="unknown", occurred=occurred, data=lost, incident=incident, place=place)
        )
    return claims


def _battle(row: Row, occurred: str, actors: Actors) -> BattleReported:
    side_a, side_b = (
        Side(
            parties=(_actor(row, side, occurred, actors),),
            killed=_deaths(row, f"deaths_{side}"),
        )
        for side in ("a", "b")
    )
    return BattleReported(sides=(side_a, side_b), civilians_killed=_deaths(row, "deaths_civilians"))


def _attack(row: Row, occurred: str, actors: Actors) -> AttackReported:
    country = cell(row, "country")
    civilians = actors.named(
        f"Civilians ({country})", "population", seen=SINCE, country=country_code(country)
    )
    return AttackReported(
        attacker=_actor(row, "a", occurred, actors), target=civilians, killed=_all_deaths(row)
    )


_TOLD: dict[str, Callable[[Row, str, Actors], BattleReported | AttackReported]] = {
    "state-based": _battle,
    "non-state": _battle,
    "one-sided": _attack,
}


def _actor(row: Row, side: str, occurred: str, actors: Actors) -> str:
    name = cell(row, f"side_{side}")
    number = optional(row, f"side_{side}_new_id") or optional(row, f"side_{side}_dset_id")
    kind: ActorKind = "government" if name.startswith(GOVERNMENT) else "rebel-group"
    return actors.named(
        name,
        kind,
        seen=occurred,
        identifiers={"ucdp": number} if number else {},
        country=country_code(name.removeprefix(GOVERNMENT)) if kind == "government" else None,
    )


def _occurred(row: Row) -> str:
    """The days of the incident; vague beyond a week, the month or the year of them."""
    first = exact_day(cell(row, "date_start"), "date_start")
    last = exact_day(cell(row, "date_end"), "date_end")
    if last < first:
        raise Unusable(f"date_end: {last} is before date_start, {first}")
    known = _KNOWN[optional(row, "date_prec") or "1"] if _has_precision(row) else Known.DAY
    if known != Known.DAY and edtf(first, known) == edtf(last, known):
        return edtf(first, known)
    vague = "" if known == Known.DAY and row.cells.get("date_prec", "1") == "1" else "~"
    if first == last:
        return first.isoformat() + vague
    return f"{first.isoformat()}{vague}/{last.isoformat()}"


def _has_precision(row: Row) -> bool:
    given = optional(row, "date_prec")
    if given is not None and given not in _KNOWN:
        raise Unusable(f"date_prec: {given!r} is none of {', '.join(_KNOWN)}")
    return given is not None


def _place(row: Row) -> Place | None:
    name = optional(row, "where_coordinates") or optional(row, "where_description")
    return Place(
        name=None if name is None else name[:500],
        latitude=number(row, "latitude"),
        longitude=number(row, "longitude"),
        precision=_PRECISE.get(row.cells.get("where_prec", "")),
        country=country_code(cell(row, "country")),
    )


def _deaths(row: Row, column: str) -> Count | None:
    """The best estimate of a group's deaths; none where the release does not tell, or tells of none."""
    best = whole(row, column)
    return Count(best=best) if best else None


def _all_deaths(row: Row) -> Count:
    """The estimates of all deaths; some rows have a best outside of low and high, told in words."""
    low, best, high = (whole(row, column) for column in ("low", "best", "high"))
    if best is None:
        raise Unusable("best is empty")
    if (best if low is None else low) <= best <= (best if high is None else high):
        return Count(low=low, best=best, high=high)
    return Count(best=best, text=f"low {low}, best {best}, high {high}")


def _note(row: Row) -> str:
    deaths = _all_deaths(row)
    told = deaths.text or ", ".join(
        f"{name} {value}"
        for name, value in (("low", deaths.low), ("best", deaths.best), ("high", deaths.high))
        if value is not None
    )
    conflict = optional(row, "conflict_name")
    return f"all deaths: {told}" + ("" if conflict is None else f". {conflict}")
