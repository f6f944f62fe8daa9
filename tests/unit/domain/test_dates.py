"""`occurred` reads the part of EDTF that DESIGN section 3 names, as the edtf package does."""

from datetime import date, timedelta
from time import struct_time

import pytest
from edtf import parse_edtf
from edtf.parser.edtf_exceptions import EDTFParseException
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.dates import InvalidDate, Span, day_of, span_of

DAYS = st.dates()  # all of 0001-01-01 to 9999-12-31
BESIDE_EDTF = settings(max_examples=60, deadline=None)  # the package's parser takes its time
QUALIFIERS = st.sampled_from(["", "~", "?", "%"])


@st.composite
def single_dates(draw: st.DrawFn) -> str:
    """A year, month or day with an optional qualifier."""
    text = draw(DAYS).isoformat()
    return text[: draw(st.sampled_from([4, 7, 10]))] + draw(QUALIFIERS)


def bounds(text: str) -> tuple[date, date]:
    """The first and last day, as the edtf package reads them."""
    parsed = parse_edtf(text)
    return to_date(parsed.lower_strict()), to_date(parsed.upper_strict())


def to_date(time: struct_time) -> date:
    return date(time.tm_year, time.tm_mon, time.tm_mday)


@BESIDE_EDTF
@given(single_dates())
def test_one_date_has_the_bounds_that_edtf_gives_it(text: str) -> None:
    first, last = bounds(text)
    assert span_of(text) == Span(first, last, last)


@BESIDE_EDTF
@given(single_dates(), single_dates())
def test_an_interval_begins_in_its_first_date_and_ends_with_its_second(a: str, b: str) -> None:
    (a_first, a_last), (b_first, b_last) = bounds(a), bounds(b)
    assume(a_first <= b_first)
    assume(a_last <= b_last)
    assert span_of(f"{a}/{b}") == Span(a_first, a_last, b_last)
    assert bounds(f"{a}/{b}") == (a_first, b_last)


@BESIDE_EDTF
@given(single_dates(), single_dates())
def test_an_interval_is_refused_when_its_end_begins_or_ends_first(a: str, b: str) -> None:
    (a_first, a_last), (b_first, b_last) = bounds(a), bounds(b)
    assume(b_first < a_first or b_last < a_last)
    with pytest.raises(InvalidDate):
        span_of(f"{a}/{b}")


@given(single_dates())
def test_a_qualifier_moves_nothing(text: str) -> None:
    assert span_of(text) == span_of(text.rstrip("~?%"))


@given(DAYS)
def test_a_day_is_one_day(day: date) -> None:
    assert span_of(day.isoformat()) == Span(day, day, day)
    assert day_of(day.isoformat()) == day


ALMOST_DATE = r"[0-9]{3,5}(-[0-9]{1,3}){0,3}[~?%]{0,2}"


@BESIDE_EDTF
@given(
    st.text("0123456789-/~?%.XY[]{},TZ ", max_size=24)
    | st.from_regex(rf"{ALMOST_DATE}(/{ALMOST_DATE})?", fullmatch=True)
)
def test_what_is_read_is_edtf_of_that_shape(text: str) -> None:
    """No text outside the agreed part is read, and none is read otherwise than by edtf."""
    try:
        span = span_of(text)
    except InvalidDate:
        return
    assert bounds(text) == (span.earliest, span.ended)
    assert span.earliest <= span.latest <= span.ended


@BESIDE_EDTF
@given(st.integers(0, 9999), st.integers(0, 13), st.integers(0, 32), st.sampled_from([4, 7, 10]))
def test_only_what_is_on_the_calendar_is_read(year: int, month: int, day: int, size: int) -> None:
    text = f"{year:04}-{month:02}-{day:02}"[:size]
    try:
        expected: tuple[date, date] | None = bounds(text)
    except (EDTFParseException, ValueError):
        expected = None
    if expected is None:
        with pytest.raises(InvalidDate):
            span_of(text)
    else:
        assert span_of(text) == Span(*expected, expected[1])


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "ended"),
    [
        ("0001", "0001-01-01", "0001-12-31", "0001-12-31"),
        ("9999", "9999-01-01", "9999-12-31", "9999-12-31"),
        ("9999-12-31", "9999-12-31", "9999-12-31", "9999-12-31"),
        ("2023-02", "2023-02-01", "2023-02-28", "2023-02-28"),
        ("2024-02", "2024-02-01", "2024-02-29", "2024-02-29"),
        ("1900-02", "1900-02-01", "1900-02-28", "1900-02-28"),
        ("2000-02-29~", "2000-02-29", "2000-02-29", "2000-02-29"),
        ("2012%", "2012-01-01", "2012-12-31", "2012-12-31"),
        ("2021-12", "2021-12-01", "2021-12-31", "2021-12-31"),
        ("2024-07-25/2024-07-27", "2024-07-25", "2024-07-25", "2024-07-27"),
        ("2022/2024-07", "2022-01-01", "2022-12-31", "2024-07-31"),
        ("2022?/2024-07~", "2022-01-01", "2022-12-31", "2024-07-31"),
        ("2020/2020", "2020-01-01", "2020-12-31", "2020-12-31"),
        ("2020/2020-12", "2020-01-01", "2020-12-31", "2020-12-31"),
        ("2020-01/2020", "2020-01-01", "2020-01-31", "2020-12-31"),
    ],
)
def test_bounds_worked_by_hand(text: str, earliest: str, latest: str, ended: str) -> None:
    assert span_of(text) == Span(*map(date.fromisoformat, (earliest, latest, ended)))


REFUSED = {
    "empty": "",
    "year 0": "0000",
    "month of year 0": "0000-12",
    "day of year 0": "0000-12-31",
    "before year 0": "-0001",
    "short year": "999",
    "long year": "12024",
    "month 0": "2012-00",
    "month 13": "2012-13",
    "one-digit month": "2012-1",
    "season": "2012-21",
    "day 0": "2012-01-00",
    "31 April": "2012-04-31",
    "29 February of a common year": "2023-02-29",
    "29 February 1900": "1900-02-29",
    "basic form": "20240727",
    "day and time": "2024-07-27T10:00:00Z",
    "unspecified digit": "201X",
    "century": "20",
    "two qualifiers": "2012?~",
    "qualifier inside": "2012?-05",
    "qualifier in front": "~2012",
    "open start": "../2012",
    "open end": "2012/..",
    "unknown start": "/2012",
    "unknown end": "2012/",
    "interval of three": "2012/2013/2014",
    "end begins first": "2020-08-18/2020-08",
    "end ends first": "2020/2020-06",
    "reversed years": "2013/2012",
    "reversed days": "2024-07-27/2024-07-25",
    "one of a set": "[2012,2013]",
    "long-year letter": "Y12024",
    "exponential year": "Y1e4",
    "words": "yesterday",
    "space before": " 2012",
    "space after": "2012 ",
    "newline at the end": "2012\n",
    "newline after the day": "2024-07-27\n",
    "newline after the interval": "2012/2013\n",
    "NUL at the end": "2012\x00",
    "Arabic digits": "\u0662\u0660\u0661\u0662",
    "fullwidth digits": "\uff12\uff10\uff11\uff12-05",
    "en dash": "2012\u201305",
    "plus sign": "+2012",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidDate):
        span_of(text)


@pytest.mark.parametrize(
    "text",
    ["", "2024", "2024-07", "2024-07-27~", "2024-07-27/2024-07-28", "2024-07-32", "0000-01-01",
     "2024-7-27", "2024-07-27\n", "\u0662\u0660\u0661\u0662-01-01"],
)  # fmt: skip
def test_a_single_day_is_exactly_a_day(text: str) -> None:
    with pytest.raises(InvalidDate):
        day_of(text)


@given(DAYS, st.integers(0, 400))
def test_an_interval_of_days_keeps_both(start: date, length: int) -> None:
    assume(start.toordinal() + length <= date.max.toordinal())
    end = start + timedelta(days=length)
    assert span_of(f"{start.isoformat()}/{end.isoformat()}") == Span(start, start, end)
