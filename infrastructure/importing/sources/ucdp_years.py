"""A year of an episode of fighting, in the columns that UCDP's yearly datasets share."""

from __future__ import annotations

from infrastructure.importing.conflict_years import ConflictYear, Episode, Party
from infrastructure.importing.dates import Known, exact_day, year_of
from infrastructure.importing.reading import cell
from infrastructure.importing.records import Unusable
from infrastructure.importing.rows import Row

PRECISIONS = {
    "1": Known.DAY,
    "2": Known.DAY,
    "3": Known.MONTH,
    "4": Known.YEAR,
    "5": Known.YEAR,
    "6": Known.YEAR,
    "7": Known.YEAR,
}
"""How much of `start_date2` is known, by `start_prec2`."""


def year_of_episode(
    row: Row,
    *,
    side_a: tuple[Party, ...],
    side_b: tuple[Party, ...],
    support_a: tuple[Party, ...] = (),
    support_b: tuple[Party, ...] = (),
) -> ConflictYear:
    """What a row says, with its sides as the caller has read them. Raises Unusable."""
    year = year_of(cell(row, "year"), "year")
    precision = cell(row, "start_prec2")
    if precision not in PRECISIONS:
        raise Unusable(f"start_prec2: {precision!r} is none of {', '.join(PRECISIONS)}")
    begun = exact_day(cell(row, "start_date2"), "start_date2")
    if begun.year > year:
        raise Unusable(f"start_date2: {begun} is after the year {year}")
    last = None
    if cell(row, "ep_end") == "1":
        last = exact_day(cell(row, "ep_end_date"), "ep_end_date")
        if last.year != year:
            raise Unusable(f"ep_end_date: {last} is not in the year {year}")
    return ConflictYear(
        episode=Episode(cell(row, "conflict_id"), begun),
        known=PRECISIONS[precision],
        year=year,
        ended=last,
        side_a=side_a,
        side_b=side_b,
        support_a=support_a,
        support_b=support_b,
    )
