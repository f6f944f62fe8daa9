"""A Hypothesis strategy for valid events of every type, read from the same annotations as the checks."""

import types
from dataclasses import is_dataclass
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st

from domain.checks import problems
from domain.event import Event
from domain.fields import SLUG, UUID, Between, Count, Entries, Form, Occurs, Text
from domain.vocabulary import EVENT_TYPES
from domain.walk import hints_of

SHORTEST_LISTS = 2
SLUGS = st.sampled_from(["mali", "a", "0", "csp-psd", "al-qaeda-2", "z" * 80, "jnim", "un", "eu"])
DAYS = st.dates().map(str)
DATES = st.sampled_from(
    ["2012", "2020-08", "2024-07-27", "0001", "9999-12-31", "2012~", "2020-08?", "2024-07-27%",
     "2012/2013", "2020-08-18/2020-09", "2021?/2021-12-31~"]
)  # fmt: skip
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=9
)


def events(*type_names: str) -> st.SearchStrategy[Event]:
    """Valid events of these types, or of all."""
    return st.sampled_from(type_names or tuple(EVENT_TYPES)).flatmap(_events)


@cache
def _events(type_name: str) -> st.SearchStrategy[Event]:
    fields = {name: _values(hint) for name, hint in hints_of(Event) if name != "data"}
    made = st.builds(Event, **fields, data=_built(EVENT_TYPES[type_name]))
    return made.map(_explained).filter(lambda event: not problems(event))


def _explained(event: Event) -> Event:
    """The same with a reason exactly when it supersedes."""
    reason = None if event.supersedes is None else event.reason or "why"
    values = {name: getattr(event, name) for name, _ in hints_of(Event)}
    return Event(**values | {"reason": reason})


def _built(cls: Any) -> st.SearchStrategy[Any]:
    if cls is Count:
        numbers = st.lists(st.integers(0, 2**53 - 1), min_size=3, max_size=3).map(sorted)
        return st.builds(_count, numbers, st.lists(st.booleans(), min_size=4, max_size=4))
    return st.builds(cls, **{name: _values(hint) for name, hint in hints_of(cls)})


def _count(numbers: list[int], given: list[bool]) -> Count:
    low, best, high = (n if there else None for n, there in zip(numbers, given, strict=False))
    return Count(low=low, best=best, high=high, text="some" if given[3] or not any(given) else None)


def _values(hint: Any) -> st.SearchStrategy[Any]:
    """Values of an annotation."""
    origin = get_origin(hint)
    if origin is Annotated:
        inner, *markers = get_args(hint)
        return _marked(inner, markers)
    if origin is Union or origin is types.UnionType:
        [inner] = [one for one in get_args(hint) if one is not type(None)]
        return st.none() | _values(inner)
    if origin is Literal:
        return st.sampled_from(get_args(hint))
    if origin is dict:
        key, value = get_args(hint)
        return st.dictionaries(_values(key), _values(value))
    if is_dataclass(hint):
        return _built(hint)
    return st.booleans()


def _marked(inner: Any, markers: list[Any]) -> st.SearchStrategy[Any]:
    """Values of a marked annotation; its first marker rules."""
    match markers[0]:
        case Entries(least=least, most=most, once=once):
            several = min(most, max(least, SHORTEST_LISTS))
            entries = _values(get_args(inner)[0])
            return st.lists(entries, min_size=least, max_size=several, unique=once).map(tuple)
        case Form() as form if form is SLUG:
            return SLUGS
        case Form() as form if form is UUID:
            return st.uuids().map(str)
        case Form(pattern=pattern):
            return st.from_regex(pattern, fullmatch=True).filter(markers[0].matches)
        case Text():
            return TEXTS
        case Occurs(day=day):
            return DAYS if day else DATES
        case Between(low=low, high=high):
            if inner is int:
                return st.integers(int(low), int(high))
            return st.floats(low, high)
        case _:
            raise NotImplementedError(markers)
