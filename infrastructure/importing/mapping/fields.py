"""The fields of an event as a mapping fills them: what each may be follows from its annotation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from domain.fields import Count, Occurs
from domain.vocabulary import ActorRegistered
from domain.walk import hints_of, wire_name
from infrastructure.importing.mapping.moments import moment
from infrastructure.importing.mapping.pages import Node, Page, is_mapping_with, items_of
from infrastructure.importing.mapping.texts import (
    NOTHING,
    Kind,
    Reader,
    Scalar,
    Telling,
    kind_of,
    pieces,
    scalar,
)
from infrastructure.importing.records import Unusable

_ACTOR = {name: kind_of(hint) for name, hint in hints_of(ActorRegistered)}
_SCHEMES = get_args(get_args(_ACTOR["identifiers"].hint)[0])
_ID = kind_of(str)


def field(page: Page, node: Node, hint: Any) -> Reader:
    """A reader of what an annotation asks for."""
    kind = kind_of(hint)
    if (occurs := kind.marked(Occurs)) is not None:
        return moment(page, node, exact=occurs.day)
    if get_origin(kind.hint) is tuple:
        return _list(page, node, get_args(kind.hint)[0])
    if kind.names("actor"):
        actors = _actors(page, node)
        return Reader(lambda told: next(iter(actors.read(told)), None), actors.columns)
    if kind.hint is Count and not is_mapping_with(node, "low", "best", "high", "text"):
        return _best(page, node)
    if is_dataclass(kind.hint) and isinstance(kind.hint, type):
        return group(page, node, kind.hint)
    read = scalar(page, node, kind)
    return NOTHING if read is None else Reader(read.one, read.columns)


def _best(page: Page, node: Node) -> Reader:
    """A number alone is the best one."""
    number = scalar(page, node, kind_of(int))
    if number is None:
        return NOTHING

    def read(told: Telling) -> Count | None:
        best = number.one(told)
        return None if best is None else Count(best=best)

    return Reader(read, number.columns)


@dataclass(frozen=True, slots=True)
class _Group:
    """A dataclass and the readers of its fields."""

    made: type
    readers: Mapping[str, Reader]
    required: Collection[str]

    def read(self, told: Telling) -> Any:
        """None if no cell gives a value, and something required is missing or there is nothing else."""
        read = {name: reader.read(told) for name, reader in self.readers.items()}
        given = {name: value for name, value in read.items() if value not in (None, ())}
        for name in self.required:
            if name not in given:
                if not any(self.readers[one].columns for one in given):
                    return None
                columns = ", ".join(self.readers[name].columns)
                raise Unusable(f"{wire_name(name)}: {columns} is empty")
        return self.made(**given) if given else None

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(sum((one.columns for one in self.readers.values()), ())))


def group(page: Page, node: Node, made: type) -> Reader:
    """A reader of a dataclass, whose fields are keys of the mapping by their names in JSON."""
    hints = get_type_hints(made, include_extras=True)
    required = [
        one.name
        for one in fields(made)
        if one.default is MISSING and one.default_factory is MISSING
    ]
    optional = [one.name for one in fields(made) if one.name not in required]
    given = page.fields(node, list(map(wire_name, required)), list(map(wire_name, optional)))
    readers = {
        name: field(page, given[wire_name(name)], hints[name])
        for name in (*required, *optional)
        if wire_name(name) in given
    }
    if any(name not in readers for name in required):
        return NOTHING
    told = _Group(made, readers, required)
    return Reader(told.read, told.columns)


def _list(page: Page, node: Node, hint: Any) -> Reader:
    """A list's entries one by one, or one entry, whose cell may be split into several."""
    items = items_of(node)
    readers = [_entries(page, item, kind_of(hint)) for item in ([node] if items is None else items)]
    columns = sum((one.columns for one in readers), ())
    return Reader(lambda told: sum((one.read(told) for one in readers), ()), columns)


def _entries(page: Page, node: Node, kind: Kind) -> Reader:
    """What one entry of a list in the mapping comes to: any number of values."""
    if kind.names("actor"):
        return _actors(page, node, splits=True)
    if is_dataclass(kind.hint) and isinstance(kind.hint, type):
        one = group(page, node, kind.hint)
        return Reader(lambda told: _if_any(one.read(told)), one.columns)
    read = scalar(page, node, kind, splits=True)
    return Reader(lambda _: ()) if read is None else Reader(read.several, read.columns)


def _if_any(value: Any) -> tuple[Any, ...]:
    return () if value is None else (value,)


@dataclass(frozen=True, slots=True)
class _Named:
    """Actors named in a cell, with what the mapping says of them."""

    name: Scalar
    kind: Scalar
    country: Scalar | None
    identifiers: Mapping[Any, Scalar]
    split: str | None

    def read(self, told: Telling) -> tuple[str, ...]:
        """Their ids in the log, where they are registered if need be; none if the name is empty."""
        names = pieces(self.name.text(told.row), self.split)
        if not names:
            return ()
        kind = self.kind.one(told)
        if kind is None:
            raise Unusable(f"{', '.join(self.kind.columns)} is empty")
        country = self.country.one(told) if self.country else None
        ids = {scheme: self._ids(scheme, names, told) for scheme in self.identifiers}
        return tuple(
            told.actors.named(
                name,
                kind,
                seen=told.seen,
                country=country,
                identifiers={scheme: given[at] for scheme, given in ids.items() if given},
            )
            for at, name in enumerate(names)
        )

    def _ids(self, scheme: Any, names: list[str], told: Telling) -> list[str]:
        """As many ids as names, or none."""
        cell = self.identifiers[scheme]
        ids = pieces(cell.text(told.row), self.split)
        if ids and len(ids) != len(names):
            raise Unusable(
                f"{', '.join(self.name.columns)}: {len(names)} names, "
                f"and {', '.join(cell.columns)} has {len(ids)} ids"
            )
        return ids


def _actors(page: Page, node: Node, *, splits: bool = False) -> Reader:
    optional = ("country", "identifiers", *(("split",) if splits else ()))
    given = page.fields(node, ("name", "kind"), optional)
    schemes = page.fields(given["identifiers"], (), _SCHEMES) if "identifiers" in given else {}
    name = _read(page, given, "name", _ID)
    kind = _read(page, given, "kind", _ACTOR["kind"])
    country = _read(page, given, "country", _ACTOR["country"])
    identifiers = {scheme: _read(page, schemes, scheme, _ID) for scheme in schemes}
    split = page.word(given["split"]) if "split" in given else None
    if split == "":
        page.wrong(given["split"], "a separator must not be empty")
    if name is None or kind is None:
        return Reader(lambda _: ())
    known = {scheme: one for scheme, one in identifiers.items() if one is not None}
    return Reader(_Named(name, kind, country, known, split or None).read, name.columns)


def _read(page: Page, given: Mapping[str, Node], name: str, kind: Kind) -> Scalar | None:
    return scalar(page, given[name], kind) if name in given else None
