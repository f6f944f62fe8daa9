"""Dates as sources give them: the part of EDTF (ISO 8601-2) that an event's `occurred` may use.

A year, month or day (years 0001-9999), each with an optional qualifier `~`, `?` or `%` that is
kept in the text but moves nothing, or an interval `A/B` of two of these where B neither begins
nor ends before A (DESIGN section 3). A date known to the month *is* every day of that month.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?[~?%]?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class InvalidDate(ValueError):
    """The text is not a date that Foedus reads; the message says why."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days an event may have begun on, and the last day of the whole.

    `earliest`..`latest` (both included) bound the first date; `ended` is the last day of an
    interval's second date, or `latest` where there is only one date.
    """

    earliest: date
    latest: date
    ended: date


@lru_cache(maxsize=65_536)
def span_of(text: str) -> Span:
    """Read an `occurred` text. Raises InvalidDate."""
    first, slash, second = text.partition("/")
    earliest, latest = _bounds(first)
    if not slash:
        return Span(earliest, latest, latest)
    begins, ends = _bounds(second)
    if begins < earliest or ends < latest:
        raise InvalidDate(f"the interval's end {second} begins or ends before its start {first}")
    return Span(earliest, latest, ends)


@lru_cache(maxsize=65_536)
def day_of(text: str) -> date:
    """Read one exact day, `YYYY-MM-DD`. Raises InvalidDate."""
    if _DAY.fullmatch(text) is None:
        raise InvalidDate("must be a day of the form YYYY-MM-DD")
    return _bounds(text)[0]


def _bounds(text: str) -> tuple[date, date]:
    """The first and last day of one year, month or day."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise InvalidDate(
            "not an EDTF date such as 2020, 2020-10, 2020-10-04, 2020-10? or 2020-10-04/2020-11"
        )
    year, month, day = (int(part) if part else 0 for part in match.groups())
    try:
        if not match[2]:
            return date(year, 1, 1), date(year, 12, 31)
        if not match[3]:
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
        return date(year, month, day), date(year, month, day)
    except ValueError as error:  # calendar's and datetime's: month 13, 30 February, year 0
        raise InvalidDate(f"{text} is not on the calendar") from error
