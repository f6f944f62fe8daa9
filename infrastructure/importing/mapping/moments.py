"""When it happened, as a mapping says it: a date in one column or in several, and how much is known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from typing import Literal, NamedTuple

from domain.dates import InvalidDate, day_of, span_of
from infrastructure.importing.dates import Known, edtf, exact_day
from infrastructure.importing.mapping.pages import Node, Page, is_mapping_with
from infrastructure.importing.mapping.texts import NOTHING, Reader, Scalar, Telling, kind_of, scalar
from infrastructure.importing.reading import optional
from infrastructure.importing.records import Unusable

_TEXT = kind_of(str)
_WHOLE = kind_of(int)
_PRECISION = kind_of(Literal["day", "month", "year"])
_KNOWN = {"day": Known.DAY, "month": Known.MONTH, "year": Known.YEAR}
_TELLING = (("%d", Known.DAY), ("%j", Known.DAY), ("%m", Known.MONTH), ("%b", Known.MONTH), ("%B", Known.MONTH))  # fmt: skip
_PROBE = datetime(2001, 2, 3, tzinfo=UTC)


def moment(page: Page, node: Node, *, exact: bool = False) -> Reader:
    """A date or an interval, or where `exact` one day."""
    if not exact and is_mapping_with(node, "start", "end"):
        given = page.fields(node, ("start", "end"))
        if len(given) < 2:
            return NOTHING
        start, end = (_date(page, given[name]) for name in ("start", "end"))
        return Reader(lambda told: _interval(start, end, told), start.columns + end.columns)
    return _date(page, node, exact=exact)


def _interval(start: Reader, end: Reader, told: Telling) -> str | None:
    first, last = start.read(told), end.read(told)
    return first if last is None or first in {None, last} else f"{first}/{last}"


def _date(page: Page, node: Node, *, exact: bool = False) -> Reader:
    if is_mapping_with(node, "year", "month", "day"):
        return _of_parts(page, node)
    if is_mapping_with(node, "column", "format", "precision"):
        return _of_column(page, node)
    text = scalar(page, node, _TEXT)
    if text is None:
        return NOTHING
    if not text.columns:
        _check(page, node, exact=exact)
    return Reader(text.one, text.columns)


def _check(page: Page, node: Node, *, exact: bool) -> None:
    word = page.word(node) or ""
    try:
        day_of(word) if exact else span_of(word)
    except InvalidDate as error:
        page.wrong(node, f"{word!r}: {error}")


class _Parts(NamedTuple):
    """A date's year, and its month and day if the mapping has them."""

    year: Scalar
    month: Scalar | None
    day: Scalar | None

    def read(self, told: Telling) -> str | None:
        """The date as far as its cells are filled; 0 is no month and no day."""
        year = self.year.one(told)
        month = self.month.one(told) if self.month else None
        day = self.day.one(told) if self.day else None
        if year is None:
            return None
        if not month and day:
            raise Unusable(f"{', '.join(self.columns)}: a day without a month")
        known = Known.DAY if day else Known.MONTH if month else Known.YEAR
        try:
            return edtf(date(year, month or 1, day or 1), known)
        except ValueError as error:
            raise Unusable(f"{', '.join(self.columns)}: {error}") from None

    @property
    def columns(self) -> tuple[str, ...]:
        return sum((part.columns for part in self if part is not None), ())


def _of_parts(page: Page, node: Node) -> Reader:
    given = page.fields(node, ("year",), ("month", "day"))
    if "day" in given and "month" not in given:
        page.wrong(node, "month is missing")
    read = {name: scalar(page, one, _WHOLE) for name, one in given.items()}
    year = read.get("year")
    if year is None:
        return NOTHING
    parts = _Parts(year, read.get("month"), read.get("day"))
    return Reader(parts.read, parts.columns)


def _of_column(page: Page, node: Node) -> Reader:
    given = page.fields(node, ("column",), ("format", "precision"))
    if "column" not in given:
        return NOTHING
    column = page.column(given["column"])
    precision = scalar(page, given["precision"], _PRECISION) if "precision" in given else None
    if "format" in given:
        written = _written(page, given["format"], column)
    elif precision is not None:
        written = partial(_day, column)
    else:
        written = str

    def read(told: Telling) -> str | None:
        text = optional(told.row, column)
        if text is None or precision is None:
            return None if text is None else written(text)
        known = precision.one(told)
        if known is None:
            raise Unusable(f"{', '.join(precision.columns)} is empty")
        return written(text)[: _KNOWN[known]]

    return Reader(read, (column,))


def _day(column: str, text: str) -> str:
    return exact_day(text, column).isoformat()


def _written(page: Page, node: Node, column: str) -> Callable[[str], str]:
    form = page.word(node) or ""
    known = max((known for sign, known in _TELLING if sign in form), default=Known.YEAR)
    try:
        datetime.strptime(_PROBE.strftime(form), form).replace(tzinfo=UTC)
    except ValueError as error:
        page.wrong(node, f"{form!r} is no format of dates: {error}")
    if "%Y" not in form:
        page.wrong(node, f"{form!r} has no year of four digits: %Y")

    def read(text: str) -> str:
        try:
            return edtf(datetime.strptime(text, form).replace(tzinfo=UTC).date(), known)
        except ValueError:
            raise Unusable(f"{column}: {text!r} is not of the form {form}") from None

    return read
