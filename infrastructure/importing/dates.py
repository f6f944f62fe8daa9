"""Dates as datasets give them: a day, and how much of it is known."""

from __future__ import annotations

import re
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


_WRITTEN = re.compile(r"([0-9]{1,2})[ -]([A-Za-z]{3,9})[ -]([0-9]{4})")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)


def exact_day(text: str, column: str) -> date:
    """A day `YYYY-MM-DD`, with or without a time behind it. Raises Unusable."""
    try:
        return day_of(text[:10])
    except InvalidDate as error:
        raise Unusable(f"{column}: {text!r}: {error}") from None


def written_day(text: str, column: str) -> date:
    """A day `YYYY-MM-DD` or in English words, `27 July 2024` or `27-Jul-2024`. Raises Unusable."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return exact_day(text, column)
    day, month, year = found.groups()
    named = (number for number, name in enumerate(_MONTHS, 1) if name.startswith(month.lower()))
    try:
        return date(int(year), next(named, 0), int(day))
    except ValueError:
        raise Unusable(f"{column}: {text!r} is not a day") from None


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


def within_week(middle: date) -> str:
    """Some day of the week around this one.

    EDTF as the log has it knows no week whose days are all alike. The month holds a week that lies in
    it, and says of no day that it happened by then before it did; a week over two months begins in
    the first of them and ends on its last day.
    """
    half = timedelta(days=3)
    first, last = middle - half, middle + half
    month = edtf(first, Known.MONTH)
    return month if month == edtf(last, Known.MONTH) else f"{month}/{last.isoformat()}"


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
