"""Writes `events.md`, the reference of every event type, from the vocabulary: `python -m docs.generate_events`.

The dataclasses are the only definition; nothing about a type is written down here.
"""

# ruff: noqa: INP001 - a script beside the page that it writes, no package

from __future__ import annotations

import json
import re
import types
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from domain.claims import Citation, Claim
from domain.event import Event, Place
from domain.fields import (
    MOST_ENTRIES,
    MOST_MEMBERS,
    Between,
    Count,
    Entries,
    Form,
    Names,
    Occurs,
    Text,
)
from domain.policy import RULES
from domain.vocabulary import THEMES, EventData
from domain.walk import hints_of, wire_name

HERE = Path(__file__).resolve().parent
FILE = HERE / "events.md"
GOLDEN = HERE.parent / "tests" / "golden"

INTRODUCTION = f"""\
# Events

Every type of event, its fields and their rules. This page is made from the code by
`python -m docs.generate_events`; a test keeps it up to date. How events move stances stands in
[policy.md](policy.md), what the words mean in the [glossary](glossary.md).

- An event is **somebody's claim**. Nothing is refused because it contradicts another claim.
- A field marked *required* must be there; any other may be left out, and then has its default.
  Unknown fields are refused, and so is a value of another JSON type (`"9"` is not `9`).
- Ids of actors, alliances and incidents are slugs: `a-z`, `0-9` and single hyphens, at most 80
  characters. Every actor named, the claimant included, must be registered; every alliance formed;
  every event present. A batch may define and use, in order.
- Text is never empty. A list has at most {MOST_ENTRIES} entries, and an event names at most {EventData.MOST_ACTORS} actors (an
  alliance is formed by up to {MOST_MEMBERS}).
- A **correction** is an event of the same type that names in `supersedes` the one it corrects, and in
  `reason` why. It keeps that event's claimant; only a claimant corrects its own claim. A
  **retraction** (ReportRetracted) has that claimant too, or none: the recorder may withdraw what it entered.
  Both are final. To contradict somebody else's claim use ReportDenied.
- A denial or corroboration of any event of a chain of corrections counts for the latest of them. After a
  correction that meets the denial, the denier's own retraction of the denial says so.
- Modality `denied` is for a claim that something did *not* happen; it never moves a stance. To deny what
  an event in the log says, use ReportDenied.
- Name the actor that the source names. Say once, by a MembershipStarted, that an army or a
  government is an organ of its state.
"""

DATES = """\
### Dates

`occurred` is EDTF (ISO 8601-2), exactly: a year, month or day (`2012`, `2020-08`, `2024-07-27`; years
0001 to 9999), each with an optional `~`, `?` or `%` that is kept but moves nothing, and `A/B` of two of
these, where B neither begins nor ends before A. A date known to the month may be any of its days: the
event *begins* within its first date, and answers say whether that makes them uncertain.
"""

# The shapes that stand inside events, by the name under which this page describes them.
SHAPES: dict[type, str] = {Claim: "claim", Citation: "citation", Place: "place", Count: "count"}


def reference() -> str:
    """The whole page."""
    return "\n".join(_page()).rstrip() + "\n"


def _page() -> Iterator[str]:
    yield INTRODUCTION
    for theme, kinds in THEMES.items():
        links = " · ".join(f"[{kind.TYPE}](#{kind.TYPE.lower()})" for kind in kinds)
        yield f"- **{theme}**: {links}"
    yield "\n## What every event has\n"
    yield "The server adds `position`, `recorded_at`, `recorded_by`, `hash` and `schema_version`.\n"
    yield from _table([("type", "name of a type, *required*"), *_rows(Event)])
    yield DATES
    for shape, name in SHAPES.items():
        yield f"### {name.capitalize()}\n"
        yield f"{_docstring(shape)}\n"
        yield from _table(_rows(shape))
    for theme, kinds in THEMES.items():
        yield f"## {theme}\n"
        for kind in kinds:
            yield from _type(kind)


def _type(kind: type[EventData]) -> Iterator[str]:
    yield f"### {kind.TYPE}\n"
    effects = f" [Effects](policy.md#{kind.TYPE.lower()})." if kind.TYPE in RULES else ""
    yield f"{_docstring(kind)}{effects}\n"
    yield from _table(_rows(kind))
    for group in kind.APART:
        yield f"{_and([f'`{name}`' for name in group])} are different actors.\n"
    for shape in _own_shapes(kind):
        yield f"`{shape.__name__}`: {_docstring(shape)}\n"
        yield from _table(_rows(shape))
    yield f"```json\n{_example(kind)}\n```\n"


def _table(rows: list[tuple[str, str]]) -> Iterator[str]:
    yield "| field | value |"
    yield "|---|---|"
    yield from (f"| `{name}` | {value} |" for name, value in rows)
    yield ""


def _rows(cls: type) -> list[tuple[str, str]]:
    """The fields of a dataclass by wire name, each with its rule in words."""
    hints = dict(hints_of(cls))
    return [(wire_name(field.name), _field(field, hints[field.name])) for field in fields(cls)]


def _field(field: Field[Any], hint: Any) -> str:
    if field.name == "data":
        return "the fields of the type, *required*"
    if field.name == "id":
        return "a UUID; the server makes one if there is none. What is posted twice is kept once"
    required = field.default is MISSING and field.default_factory is MISSING
    if required:
        return f"{_value(hint)}, *required*"
    chosen = isinstance(field.default, str)
    return f"{_value(hint)}; default `{field.default}`" if chosen else _value(hint)


def _value(hint: Any) -> str:
    """An annotation in words."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _marked(args[0], args[1:])
    if origin is Union or origin is types.UnionType:
        return next(_value(one) for one in args if one is not type(None))
    if origin is Literal:
        return "one of " + ", ".join(f"`{one}`" for one in args)
    if origin is dict:
        return f"an object of {_value(args[1])}, by {_value(args[0])}"
    if hint in SHAPES:
        return f"a [{SHAPES[hint]}](#{SHAPES[hint]})"
    if is_dataclass(hint):
        return f"`{getattr(hint, '__name__', '')}`, below"
    return {bool: "`true` or `false`", float: "a number"}[hint]


def _marked(inner: Any, markers: tuple[Any, ...]) -> str:
    """A marked annotation in words; what an id names says more than its form."""
    for marker in sorted(markers, key=lambda one: not isinstance(one, Names)):
        match marker:
            case Names(kind="event"):
                return "the id of an event"
            case Names(kind=kind):
                return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
            case Entries(least=least, most=most, once=once):
                return _entries(_value(get_args(inner)[0]), least, most, once=once)
            case Text(most=most):
                return f"text, at most {most:,} characters"
            case Form(meaning=meaning):
                return meaning
            case Occurs(day=day):
                return "a day, `YYYY-MM-DD`" if day else "a [date](#dates)"
            case Between(low=low, high=high):
                number = "a whole number" if inner is int else "a number"
                return f"{number} from {low:,} to {high:,}"
            case _:
                continue
    raise NotImplementedError(inner, markers)


def _entries(value: str, least: int, most: int, *, once: bool) -> str:
    least_words = f"{least} or more" if least else "any number"
    number = f"exactly {least}" if least == most else least_words
    return f"a list, {number}, each {value}" + (", none twice" if once else "")


def _own_shapes(kind: type) -> list[type]:
    """The shapes that only this type uses."""
    found: list[type] = []
    for _, hint in hints_of(kind):
        inner = get_args(get_args(hint)[0])[:1] if get_origin(hint) is Annotated else (hint,)
        found += [one for one in inner if isinstance(one, type) and is_dataclass(one)]
    return [one for one in found if one not in SHAPES]


def _docstring(cls: type) -> str:
    """What the code says of it, without where the code has it from."""
    text = re.sub(r"\s*\(DESIGN section \d\)", "", cls.__doc__ or "")
    return " ".join(text.split()).replace("None", "null")


def _and(words: list[str]) -> str:
    return ", ".join(words[:-1]) + " and " + words[-1]


def _example(kind: type[EventData]) -> str:
    """The data of the golden event of today's version that fills every field."""
    file = GOLDEN / f"{kind.TYPE}.v{kind.SCHEMA_VERSION}.ndjson"
    stored = json.loads(file.read_text(encoding="utf-8").splitlines()[0])
    data = json.dumps(stored["data"], ensure_ascii=False)
    return f'{{"type": "{kind.TYPE}", "occurred": "{stored["occurred"]}",\n "data": {data}}}'


if __name__ == "__main__":
    FILE.write_text(reference(), encoding="utf-8")
