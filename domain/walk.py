"""Walks through an event's values along the annotations of its dataclass.

A walk is written out as a function once for each event type and each purpose, as dataclasses write
their methods: it looks at the values that have a marker of interest and at no others. So checks, tags
and error messages follow from the one definition of the event type, and cost little.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints

from domain.event import Event

Look = Callable[[Any], Any]
"""Looks at a value, which is never None, and returns what it finds there, or None."""
Interest = Callable[[Any], Look | None]
"""How to look at values with a marker, or at instances of a dataclass; None: not at all."""
Told = Callable[[str, Any], Any]
"""What to make of a finding and the JSON pointer of its value."""


def wire_name(field_name: str) -> str:
    """The JSON name of a dataclass field: `as_` is "as" on the wire."""
    return field_name.rstrip("_")


@cache
def hints_of(cls: type) -> tuple[tuple[str, Any], ...]:
    """The fields of a dataclass in order, with their annotations."""
    hints = get_type_hints(cls, include_extras=True)
    return tuple((field.name, hints[field.name]) for field in fields(cls))


def walk_of(interest: Interest, told: Told | None = None) -> Callable[[Event], list[Any]]:
    """The walk through any event, envelope first, then its data: all findings, or what is told of them."""
    walks: dict[type, Callable[[Event], list[Any]]] = {}

    def walk(event: Event) -> list[Any]:
        data_type = type(event.data)
        through = walks.get(data_type)
        if through is None:
            through = walks[data_type] = _Writing(interest, told).written(data_type)
        return through(event)

    return walk


_Lines = list[str]


class _Writing:
    """The text of one walk, and the looks that it names."""

    def __init__(self, interest: Interest, told: Told | None) -> None:
        self._interest = interest
        self._told = told
        self._names: dict[str, Any] = {"told": told}
        self._variables = 0

    def written(self, data_type: type) -> Callable[[Event], list[Any]]:
        hints = [(name, data_type if name == "data" else hint) for name, hint in hints_of(Event)]
        steps = self._fields(hints, "event", "")
        body = _indented(["found = []", *steps, "return found"])
        # As dataclasses do: of our own annotations alone, nothing of an event comes into the text.
        exec("\n".join(["def walk(event):", *body]), self._names)  # noqa: S102
        return cast("Callable[[Event], list[Any]]", self._names["walk"])

    def _fields(self, hints: Iterable[tuple[str, Any]], value: str, pointer: str) -> _Lines:
        lines: _Lines = []
        for name, hint in hints:
            entry = self._variable()
            inner = self._value(hint, entry, f"{pointer}/{wire_name(name)}")
            if inner:
                lines += [f"{entry} = {value}.{name}", f"if {entry} is not None:"]
                lines += _indented(inner)
        return lines

    def _value(self, hint: Any, value: str, pointer: str) -> _Lines:
        """What to do with a value of an annotation; nothing where nothing in it is of interest."""
        origin, args = get_origin(hint), get_args(hint)
        if origin is Annotated:
            looks = [line for marker in args[1:] for line in self._look(marker, value, pointer)]
            return looks + self._value(args[0], value, pointer)
        if origin is Union or origin is types.UnionType:
            given = next(arg for arg in args if arg is not type(None))
            return self._value(given, value, pointer)
        if origin is tuple:
            return self._entries(args[0], f"enumerate({value})", value, pointer)
        if origin is dict:
            return self._entries(args[1], f"{value}.items()", f"{value}.values()", pointer)
        if is_dataclass(hint):
            cls = cast("type", hint)
            return self._look(cls, value, pointer) + self._fields(hints_of(cls), value, pointer)
        return []

    def _entries(self, hint: Any, with_keys: str, without: str, pointer: str) -> _Lines:
        key, entry = self._variable(), self._variable()
        inner = self._value(hint, entry, f"{pointer}/{{{key}}}")
        if not inner:
            return []
        heading = f"for {entry} in {without}:"
        if self._told is not None:
            heading = f"for {key}, {entry} in {with_keys}:"
        return [heading, *_indented(inner)]

    def _look(self, marker: Any, value: str, pointer: str) -> _Lines:
        look = self._interest(marker)
        if look is None:
            return []
        name = f"look{len(self._names)}"
        self._names[name] = look
        finding = "one" if self._told is None else f'told(f"{pointer}", one)'
        return [f"one = {name}({value})", "if one is not None:", f"    found.append({finding})"]

    def _variable(self) -> str:
        self._variables += 1
        return f"v{self._variables}"


def _indented(lines: _Lines) -> _Lines:
    return [f"    {line}" for line in lines]
