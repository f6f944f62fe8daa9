"""Walks through an event's values along the annotations of its dataclass.

A walk is put together once for each event type and each purpose: it visits the values that have
a marker of interest, with their JSON pointers, and passes by all others. So checks, tags and
error messages follow from the one definition of the event type, and cost little.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints

from domain.event import Event

Found = list[Any]
Visit = Callable[[str, Any, Found], None]
"""Looks at a value, which is never None, at a JSON pointer, and adds what it finds to the list."""
Interest = Callable[[Any], Visit | None]
"""The visit to values with a marker, or to instances of a dataclass; None where there is none."""


def wire_name(field_name: str) -> str:
    """The JSON name of a dataclass field: `as_` is "as" on the wire."""
    return field_name.rstrip("_")


@cache
def hints_of(cls: type) -> tuple[tuple[str, Any], ...]:
    """The fields of a dataclass in order, with their annotations."""
    hints = get_type_hints(cls, include_extras=True)
    return tuple((field.name, hints[field.name]) for field in fields(cls))


def walk_of(interest: Interest) -> Callable[[Event], Found]:
    """The walk through any event, envelope first, then its data: gives all that its visits find."""
    walks: dict[type, Visit] = {}

    def walk(event: Event) -> Found:
        data_type: type = type(event.data)
        through = walks.get(data_type)
        if through is None:
            through = walks[data_type] = _of_type(data_type, interest)
        found: Found = []
        through("", event, found)
        return found

    return walk


def _of_type(data_type: type, interest: Interest) -> Visit:
    return _steps(
        [
            (name, f"/{name}", _walk(data_type if name == "data" else hint, interest))
            for name, hint in hints_of(Event)
        ]
    )


def _walk(hint: Any, interest: Interest) -> Visit | None:
    """The walk through values of an annotation; None where nothing in them is of interest."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _one_after_another([*map(interest, args[1:]), _walk(args[0], interest)])
    if origin is Union or origin is types.UnionType:
        return _walk(next(arg for arg in args if arg is not type(None)), interest)
    if origin is tuple:
        return _entries(_walk(args[0], interest))
    if origin is dict:
        return _values(_walk(args[1], interest))
    return _fields(cast("type", hint), interest) if is_dataclass(hint) else None


def _one_after_another(visits: list[Visit | None]) -> Visit | None:
    several = [visit for visit in visits if visit is not None]
    if not several:
        return None
    first, *rest = several
    if not rest:
        return first

    def walk(pointer: str, value: Any, found: Found) -> None:
        first(pointer, value, found)
        for visit in rest:
            visit(pointer, value, found)

    return walk


def _entries(inner: Visit | None) -> Visit | None:
    def walk(pointer: str, value: tuple[Any, ...], found: Found) -> None:
        for index, entry in enumerate(value):
            cast("Visit", inner)(f"{pointer}/{index}", entry, found)

    return None if inner is None else walk


def _values(inner: Visit | None) -> Visit | None:
    def walk(pointer: str, value: dict[str, Any], found: Found) -> None:
        for key, entry in value.items():
            cast("Visit", inner)(f"{pointer}/{key}", entry, found)

    return None if inner is None else walk


def _fields(cls: type, interest: Interest) -> Visit | None:
    walks = [(name, f"/{wire_name(name)}", _walk(hint, interest)) for name, hint in hints_of(cls)]
    within = _steps(walks) if any(walk for _, _, walk in walks) else None
    return _one_after_another([interest(cls), within])


def _steps(walks: list[tuple[str, str, Visit | None]]) -> Visit:
    """The walk through the fields that have one."""
    steps = [(name, step, inner) for name, step, inner in walks if inner is not None]

    def walk(pointer: str, value: Any, found: Found) -> None:
        for name, step, inner in steps:
            entry = getattr(value, name)
            if entry is not None:
                inner(pointer + step, entry, found)

    return walk
