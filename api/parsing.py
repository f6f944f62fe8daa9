"""Reading a posted body strictly, so that both databases refuse the same things (DESIGN section 7).

The standard library's JSON reader is bent by hooks: what it would let through (NaN, keys given
twice, whole numbers that other readers round, lone surrogates, U+0000, deep nesting) is kept as
a flaw at its place and reported with its JSON pointer. Nothing is ever repaired. A body in which
nothing can be wrong, as nearly every body, is read without looking for flaws.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from domain.checks import Problem, problems
from domain.event import Event
from domain.fields import MOST_MEMBERS, MOST_WHOLE
from infrastructure.codec import UnreadableEvent, escaped, read_event
from infrastructure.log import new_id

DEEPEST = 64
"""An event nests a handful of levels; whatever lies deeper than this is not looked at."""

MOST_PROBLEMS = 100
"""A refusal names so many problems at most."""

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MOST_DIGITS = len(str(MOST_WHOLE))


class UnreadableBody(ValueError):
    """The bytes are not a JSON document; there is no place in it to point to."""


class RefusedBody(ValueError):
    """The document is not one event or a list of events; `problems` names every wrong place."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Posted:
    """The events of a body, in order; `alone`: it held one event, not a list."""

    events: list[Event]
    alone: bool

    def pointer(self, index: int) -> str:
        """Where the event of this index stands in the body."""
        return "" if self.alone else f"/{index}"


def read_posted(raw: bytes, most_events: int) -> Posted:
    """Read one event or a list of events. Raises UnreadableBody or RefusedBody."""
    return _flawless(raw, most_events) or _explained(raw, most_events)


def _flawless(raw: bytes, most_events: int) -> Posted | None:
    """The events of a body in which nothing is wrong; None where something may be.

    An event valid in itself nests a few levels, has no number out of range, no unknown field and
    no lone surrogate. So only keys given twice are left to look for, and U+0000, which JSON can
    only hold escaped.
    """
    if b"\\u0000" in raw:
        return None
    try:
        document = _PLAIN_READER.decode(raw.decode())
        alone = not isinstance(document, list)
        documents = [document] if alone else document
        if not 1 <= len(documents) <= most_events:
            return None
        events = [_valid(one, "") for one in documents]
    except (ValueError, RecursionError):
        return None
    once = len({event.id for event in events}) == len(events)
    return Posted(events, alone) if once else None


def _explained(raw: bytes, most_events: int) -> Posted:
    document = read_document(raw)
    if not isinstance(document, list):
        return Posted(_events([document], alone=True), alone=True)
    if not 1 <= len(document) <= most_events:
        message = f"must hold 1 to {most_events:,} events, not {len(document):,}"
        raise RefusedBody([Problem("", message)])
    return Posted(_events(document, alone=False), alone=False)


def read_document(raw: bytes) -> Any:
    """The JSON document, its flaws kept in place for `read_one` to name. Raises UnreadableBody."""
    if not raw.strip():
        raise UnreadableBody("is empty; a JSON document is expected")
    try:
        return _READER.decode(raw.decode())
    except UnicodeDecodeError as error:
        raise UnreadableBody(f"is not UTF-8 from byte {error.start} on") from None
    except json.JSONDecodeError as error:
        said = f"line {error.lineno}, column {error.colno}: {_syntax(error.msg)}"
        raise UnreadableBody(said) from None
    except RecursionError:
        raise UnreadableBody(f"is nested deeper than {DEEPEST} levels") from None


_SYNTAX = {
    "Expecting value": "a value is expected here",
    "Expecting property name": "a key in double quotes is expected here",
    "Expecting ','": "a comma or the end of the list or object is expected here",
    "Expecting ':'": "a colon is expected here",
    "Illegal trailing comma": "a comma must not be followed by the end of a list or object",
    "Extra data": "the document has ended, nothing may follow",
    "Unterminated string": "the text that begins here has no end",
    "Invalid control character": "a control character in a text must be escaped",
    "Invalid \\": "is no escape that JSON has",
}
"""What the reader says by how it begins, in words of our own."""


def _syntax(said: str) -> str:
    return next(
        (words for begins, words in _SYNTAX.items() if said.startswith(begins)),
        "the document is no JSON here",
    )


class _Flaw:
    """Stands in a document for a value that no strict reader accepts."""

    def __init__(self, message: str) -> None:
        self.message = message


class _Repeating(dict[str, Any]):
    """An object in which a key is given more than once."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        times = Counter(key for key, _ in pairs)
        self.repeated = [key for key, count in times.items() if count > 1]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    once = dict(pairs)
    return once if len(once) == len(pairs) else _Repeating(pairs)


def _whole(text: str) -> int | _Flaw:
    if len(text.removeprefix("-")) > _MOST_DIGITS or abs(int(text)) > MOST_WHOLE:
        return _Flaw(f"must be a whole number within ±{MOST_WHOLE}")
    return int(text)


def _number(text: str) -> float | _Flaw:
    number = float(text)
    return number if abs(number) != float("inf") else _Flaw("is larger than a number can be")


def _constant(text: str) -> _Flaw:
    return _Flaw(f"{text} is not a JSON number")


def _object_of_different_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    once = dict(pairs)
    if len(once) < len(pairs):
        raise ValueError("a key is given twice")
    return once


_READER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_whole, parse_float=_number, parse_constant=_constant
)
_PLAIN_READER = json.JSONDecoder(object_pairs_hook=_object_of_different_keys)


def _flaws(value: Any, pointer: str, depth: int = 0) -> Iterator[Problem]:
    """Every flaw in a value, in the order of the document."""
    if isinstance(value, str):
        yield from _text_flaws(value, pointer)
    elif isinstance(value, _Flaw):
        yield Problem(pointer, value.message)
    elif isinstance(value, dict | list):
        if depth >= DEEPEST:
            yield Problem(pointer, f"nested deeper than {DEEPEST} levels")
        elif len(value) > MOST_MEMBERS:
            yield Problem(pointer, f"must have at most {MOST_MEMBERS} entries")
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                yield from _flaws(inner, f"{pointer}/{index}", depth + 1)
        else:
            yield from _member_flaws(value, pointer, depth)


def _member_flaws(value: dict[str, Any], pointer: str, depth: int) -> Iterator[Problem]:
    if isinstance(value, _Repeating):
        for key in value.repeated:
            yield Problem(f"{pointer}/{_escaped(key)}", "is given more than once")
    for key, inner in value.items():
        place = f"{pointer}/{_escaped(key)}"
        yield from _text_flaws(key, place)
        yield from _flaws(inner, place, depth + 1)


def _text_flaws(text: str, pointer: str) -> Iterator[Problem]:
    if "\0" in text:
        yield Problem(pointer, "must not hold U+0000")
    if _SURROGATE.search(text):
        yield Problem(pointer, "must not hold a lone surrogate")


def _escaped(key: str) -> str:
    """A key as a step of a JSON pointer, short and without what could not itself be sent."""
    return escaped(_SURROGATE.sub("\ufffd", key[:200]))


def _events(documents: list[Any], *, alone: bool) -> list[Event]:
    events: list[Event] = []
    found: list[Problem] = []
    first: dict[str, str] = {}
    for index, document in enumerate(documents):
        place = "" if alone else f"/{index}"
        try:
            event = read_one(document, place)
        except RefusedBody as refused:
            found += refused.problems
        else:
            if event.id in first:
                found.append(Problem(f"{place}/id", f"is also the id of {first[event.id]}"))
            first.setdefault(event.id, place)
            events.append(event)
        if len(found) >= MOST_PROBLEMS:
            break
    if found:
        raise RefusedBody(found[:MOST_PROBLEMS])
    return events


def read_one(document: Any, place: str) -> Event:
    """One event of a document, valid in itself. Raises RefusedBody with pointers from `place` on."""
    if flaws := list(islice(_flaws(document, place), MOST_PROBLEMS)):
        raise RefusedBody(flaws)
    return _valid(document, place)


def _valid(document: Any, place: str) -> Event:
    if not isinstance(document, dict):
        raise RefusedBody([Problem(place, "must be an event: an object")])
    given = document.get("id")
    is_id = isinstance(given, str) and _UUID.fullmatch(given)
    event_id = given.lower() if isinstance(given, str) and is_id else new_id()
    wrong = [] if given is None or is_id else [Problem("/id", "must be a UUID")]
    try:
        event = read_event(_with_lower_ids(document), event_id)
    except UnreadableEvent as unreadable:
        wrong += unreadable.problems
    else:
        wrong += problems(event)
        if not wrong:
            return event
    raise RefusedBody([Problem(place + one.pointer, one.message) for one in wrong])


def _with_lower_ids(document: dict[str, Any]) -> dict[str, Any]:
    """The event with the ids of the events that it names in lower case, as its own id is kept."""
    named: dict[str, Any] = {}
    data = document.get("data")
    if "supersedes" in document:
        named["supersedes"] = _lower(document["supersedes"])
    if isinstance(data, dict) and "event" in data:
        named["data"] = {**data, "event": _lower(data["event"])}
    return {**document, **named} if named else document


def _lower(given: Any) -> Any:
    return given.lower() if isinstance(given, str) and _UUID.fullmatch(given) else given
