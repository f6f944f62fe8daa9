"""Query parameters and headers, read as strictly as bodies are."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from domain.dates import day_of
from domain.fields import MOST_WHOLE, SLUG, UUID
from domain.viewpoint import Without
from domain.vocabulary import EVENT_TYPES

MOST_PUBLISHER = 500
"""As many characters as an event may give."""

_WHOLE = re.compile(r"[0-9]{1,16}")
_SECONDS = re.compile(r"[0-9]{1,2}(\.[0-9]{1,3})?")
_RFC_3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?)"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HTTP_DATE = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ([0-9]{2}) (" + "|".join(_MONTHS) + ") ([0-9]{4}) "
    r"([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT"
)


def whole(given: Any) -> Any:
    """A whole number written in digits and nothing else."""
    if isinstance(given, str):
        if not _WHOLE.fullmatch(given) or int(given) > MOST_WHOLE:
            raise ValueError(f"must be a whole number up to {MOST_WHOLE}, in digits")
        return int(given)
    return given


def seconds(given: Any) -> Any:
    """A number of seconds, down to milliseconds."""
    if isinstance(given, str):
        if not _SECONDS.fullmatch(given):
            raise ValueError("must be a number of seconds, such as 5 or 0.5")
        return float(given)
    return given


def day(given: Any) -> Any:
    """A day of the form YYYY-MM-DD."""
    return day_of(given) if isinstance(given, str) else given


def instant(text: str) -> datetime:
    """An RFC 3339 time, as UTC."""
    match = _RFC_3339.fullmatch(text)
    if match is None:
        raise ValueError("must be a position or an RFC 3339 time such as 2024-07-28T12:00:00Z")
    try:
        return datetime.fromisoformat("".join((match[1], "T", match[2], match[3]))).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("is not on the calendar") from None


def known_at(given: Any) -> Any:
    """A position, or an RFC 3339 time; a + that was not written as %2B arrives as a space."""
    if not isinstance(given, str):
        return given
    return whole(given) if given.isdecimal() else instant(given.replace(" ", "+"))


def http_date(given: Any) -> Any:
    """The moment of a header, whole seconds, in the one form that RFC 7089 has (section 2.1.1)."""
    if not isinstance(given, str):
        return given
    match = _HTTP_DATE.fullmatch(given)
    if match is None:
        raise ValueError("must be a date of the form Sun, 28 Jul 2024 12:00:00 GMT")
    day_, month, year, *time = match.groups()
    hour, minute, second = map(int, time)
    try:
        return datetime(
            int(year), _MONTHS.index(month) + 1, int(day_), hour, minute, second, tzinfo=UTC
        )
    except ValueError:
        raise ValueError("is not on the calendar") from None


def slug(text: str) -> str:
    """The id of an actor, an alliance or an incident."""
    if not SLUG.matches(text):
        raise ValueError(f"must be {SLUG.meaning}")
    return text


def event_type(text: str) -> str:
    """The wire name of an event type."""
    if text not in EVENT_TYPES:
        raise ValueError(f"must be one of the event types: {', '.join(EVENT_TYPES)}")
    return text


def left_out(given: str) -> Without:
    """What a counterfactual question leaves out, as `claimant:ACTOR`."""
    what, _, whose = given.partition(":")
    if what == "claimant":
        return Without("claimant", slug(whose))
    if what == "publisher" and 0 < len(whose) <= MOST_PUBLISHER:
        return Without("publisher", plain_text(whose))
    if what == "event" and UUID.matches(whose.lower()):
        return Without("event", whose.lower())
    raise ValueError("must be claimant:ACTOR, publisher:NAME or event:ID")


def listed(given: Any) -> Any:
    """Entries given by commas, by repeating the parameter, or both."""
    if isinstance(given, list):
        return [entry for text in given for entry in str(text).split(",")]
    return given


def plain_text(text: str) -> str:
    """Text that both databases can compare."""
    if "\0" in text:
        raise ValueError("must not hold U+0000")
    return text


Whole = Annotated[int, Field(ge=0, le=MOST_WHOLE), BeforeValidator(whole)]
Slug = Annotated[
    str,
    AfterValidator(slug),
    WithJsonSchema({"type": "string", "pattern": f"^{SLUG.pattern}$", "maxLength": SLUG.most}),
]
EventType = Annotated[
    str, AfterValidator(event_type), WithJsonSchema({"type": "string", "enum": list(EVENT_TYPES)})
]
Day = Annotated[date, BeforeValidator(day)]
Instant = Annotated[datetime, BeforeValidator(http_date), WithJsonSchema({"type": "string"})]
PositionOrTime = Annotated[
    int | datetime,
    BeforeValidator(known_at),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "format": "date-time"}]}
    ),
]
LeftOut = Annotated[
    str,
    AfterValidator(lambda given: str(left_out(given))),
    WithJsonSchema({"type": "string", "pattern": "^(claimant|publisher|event):"}),
]
Wait = Annotated[float, Field(ge=0, le=30), BeforeValidator(seconds)]
SearchText = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(plain_text)]
