"""The kinds of value an event's fields hold, as markers in the annotations of its dataclass.

The annotations are the only definition: checks, tags, the API's schema and the reference
docs all read them. A marker states a rule of DESIGN section 3; `domain.checks` enforces it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal

from domain.countries import CODES

MOST_ENTRIES = 100
"""No list in an event is longer: an event touches a bounded number of lines."""

MOST_MEMBERS = 500
"""An alliance may have more: its lines grow with its members, not with their pairs."""

MOST_WHOLE = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly, and RFC 8785 writes."""

Kind = Literal["actor", "alliance", "incident", "event"]


@dataclass(frozen=True, slots=True)
class Names:
    """The text is the id of an actor, alliance, incident or event."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class Text:
    """Free text: not empty, at most `most` characters."""

    most: int


@dataclass(frozen=True, slots=True)
class Form:
    """Text of a fixed form; `meaning` completes the sentence "must be …"."""

    pattern: str
    meaning: str
    most: int = 200

    def matches(self, text: str) -> bool:
        """Whether the whole text has this form."""
        return len(text) <= self.most and _compiled(self.pattern).fullmatch(text) is not None


_compiled = cache(re.compile)


@dataclass(frozen=True, slots=True)
class Occurs:
    """An EDTF date or interval, or with `day` a single exact day."""

    day: bool = False


@dataclass(frozen=True, slots=True)
class Entries:
    """A list of at least `least` and at most `most` entries; `once` allows none twice."""

    least: int = 0
    most: int = MOST_ENTRIES
    once: bool = False


@dataclass(frozen=True, slots=True)
class Between:
    """A number from `low` to `high`, both included."""

    low: float
    high: float


SLUG = Form(r"[a-z0-9]+(-[a-z0-9]+)*", "a slug: a-z, 0-9 and single hyphens, at most 80", 80)
UUID = Form(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "a UUID in lower case")

ActorId = Annotated[str, SLUG, Names("actor")]
AllianceId = Annotated[str, SLUG, Names("alliance")]
IncidentId = Annotated[str, SLUG, Names("incident")]
EventId = Annotated[str, UUID, Names("event")]

ShortText = Annotated[str, Text(200)]
SourceText = Annotated[str, Text(500)]
Link = Annotated[str, Text(2_000)]
LongText = Annotated[str, Text(5_000)]
Language = Annotated[
    str, Form(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}", "a language tag such as fr or ar-Latn")
]
Country = Annotated[str, Form("|".join(sorted(CODES)), "an ISO 3166-1 alpha-2 code", 2)]
Digest = Annotated[str, Form(r"[0-9a-f]{64}", "64 hexadecimal digits in lower case")]

Whole = Annotated[int, Between(0, MOST_WHOLE)]
Occurred = Annotated[str, Occurs()]
Day = Annotated[str, Occurs(day=True)]

Actors = Annotated[tuple[ActorId, ...], Entries(once=True)]
SomeActors = Annotated[tuple[ActorId, ...], Entries(least=1, once=True)]
TwoOrMoreActors = Annotated[tuple[ActorId, ...], Entries(least=2, once=True)]
Members = Annotated[tuple[ActorId, ...], Entries(least=2, most=MOST_MEMBERS, once=True)]
TwoActors = Annotated[tuple[ActorId, ...], Entries(least=2, most=2, once=True)]
Texts = Annotated[tuple[ShortText, ...], Entries()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number of people or things as a source gives it: a range, and its own words.

    At least one of the four is given and low ≤ best ≤ high (DESIGN section 3).
    """

    low: Whole | None = None
    best: Whole | None = None
    high: Whole | None = None
    text: SourceText | None = None
