"""Dates as datasets give them: a day, and how much of it is known."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from enum import IntEnum

from domain.dates import InvalidDate, day_of
from infrastructure.importing.records import Unusable


class Known(IntEnum):
    """How much of a date a source knows."""

    DAY = 10
    MONTH = 7
    YEAR = 4


def exact_day(text: str, column: str) -> date:
    """A day `YYYY-MM-DD`, with or without a time behind it. Raises Unusable."""
    try:
        return day_of(text[:10])
    except InvalidDate as error:
        raise Unusable(f"{column}: {text!r}: {error}") from None


def year_of(text: str, column: str) -> int:
    """A year of four digits. Raises Unusable."""
    if len(text) == 4 and text.isascii() and text.isdigit() and text != "0000":
        return int(text)
    raise Unusable(f"{column}: {text!r} is not a year")


def edtf(day: date, known: Known) -> str:
    """The date as far as it is known."""
    return day.isoformat()[:known]


def last_day(day: date, known: Known) -> date:
    """The last day that the date may be."""
    if known == Known.DAY:
        return day
    month = 12 if known == Known.YEAR else day.month
    return date(day.year, month, monthrange(day.year, month)[1])


def day_after(day: date) -> date:
    """The next day."""
    return day + timedelta(days=1)


def between(first: date, known: Known, last: date) -> str:
    """An interval that begins on a date known so far and ends on a day.

    A beginning that may be later than the end is known better than the source says: it is given
    to the month if it lies before the end's month, else to the day.
    """
    tried = [one for one in (Known.YEAR, Known.MONTH) if one >= known]
    for known_to in tried:
        if last_day(first, known_to) <= last:
            return f"{edtf(first, known_to)}/{last.isoformat()}"
    begin = min(first, last)
    return begin.isoformat() if begin == last else f"{begin.isoformat()}/{last.isoformat()}"
