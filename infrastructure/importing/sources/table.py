"""Any table, through a mapping file that says what its rows claim (docs/importing.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from domain.fields import SLUG
from domain.vocabulary import ActorRegistered
from domain.vocabulary.actors import ActorKind
from infrastructure.importing.actors import Actors
from infrastructure.importing.mapping.claims import MappedClaim, mapped_claim
from infrastructure.importing.mapping.pages import Node, Page, UnreadableMapping, composed, items_of
from infrastructure.importing.reading import cell, row_by_row
from infrastructure.importing.records import Assertion, Dataset, Record, Skipped
from infrastructure.importing.rows import Rejected, Row, RowFile

NAME = "table"
"""What the command knows it under; each mapping names a source of its own."""

MOST_OF_TITLE, MOST_OF_URL = 300, 2_000
"""So many characters at most fit into what each event cites, with its record's key."""


@dataclass(frozen=True, slots=True)
class Table:
    """The adapter that a mapping makes: the source that it names, and what each row claims."""

    dataset: Dataset
    key: tuple[str, ...]
    claims: tuple[MappedClaim, ...]

    @property
    def columns(self) -> frozenset[str]:
        """The key's: the mapping was read for a file with all others."""
        return frozenset(self.key)

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the claims."""
        return tuple(claim.part for claim in self.claims)

    def records(self, file: RowFile, actors: Actors) -> Iterator[Record | Rejected]:
        """One record for each row."""
        return row_by_row(file, actors, self._key, lambda row: self._assertions(row, actors))

    def _key(self, row: Row) -> str:
        return " | ".join(cell(row, column) for column in self.key)

    def _assertions(self, row: Row, actors: Actors) -> Sequence[Assertion]:
        claims = [claim for claim in self.claims if claim.applies(row)]
        if not claims:
            raise Skipped("no claim of the mapping applies")
        return [claim.told(row, actors) for claim in claims]


def read_mapping(path: Path, columns: Collection[str], taken: Collection[str]) -> Table:
    """The adapter for a file with these columns, whose source is none of those taken.

    Raises UnreadableMapping with every mistake, and OSError.
    """
    page = Page(columns)
    root = composed(path)
    given = page.fields(root, ("source", "title", "claimant", "key", "claims"), ("url", "citation"))
    dataset = _dataset(page, given, taken)
    key = _key_columns(page, given["key"]) if "key" in given else ()
    claims = _claims(page, given["claims"]) if "claims" in given else ()
    if page.mistakes or dataset is None:
        raise UnreadableMapping(path, page.mistakes)
    return Table(dataset, key, claims)


def _dataset(page: Page, given: Mapping[str, Node], taken: Collection[str]) -> Dataset | None:
    said = {
        name: page.word(given[name])
        for name in ("source", "title", "url", "citation")
        if name in given
    }
    name, title = said.get("source"), said.get("title")
    if name is not None and name in (*taken, NAME):
        page.wrong(given["source"], f"{name} is the name of another source")
    if name is not None:
        _require_slug(page, given["source"], name)
    for key, most in (("title", MOST_OF_TITLE), ("url", MOST_OF_URL)):
        value = said.get(key)
        if value is not None and not 0 < len(value) <= most:
            page.wrong(given[key], f"must have from 1 to {most:,} characters")
    claimant = _claimant(page, given["claimant"]) if "claimant" in given else None
    if name is None or title is None or claimant is None:
        return None
    return Dataset(
        name=name,
        title=title,
        claimant=claimant,
        citation=said.get("citation") or title,
        url=said.get("url"),
    )


def _claimant(page: Page, node: Node) -> ActorRegistered | None:
    given = page.fields(node, ("id", "kind", "name"))
    said = {key: page.word(value) for key, value in given.items()}
    actor, name = said.get("id"), said.get("name")
    if actor is not None:
        _require_slug(page, given["id"], actor)
    if name is not None and not 0 < len(name) <= 200:
        page.wrong(given["name"], "must have from 1 to 200 characters")
    kinds: dict[str | None, ActorKind] = {kind: kind for kind in get_args(ActorKind)}
    kind = kinds.get(said.get("kind"))
    if kind is None and said.get("kind") is not None:
        page.wrong(given["kind"], f"{said['kind']!r} is none of {', '.join(get_args(ActorKind))}")
    if actor is None or name is None or kind is None:
        return None
    return ActorRegistered(actor=actor, kind=kind, name=name)


def _require_slug(page: Page, node: Node, word: str) -> None:
    if not SLUG.matches(word):
        page.wrong(node, f"{word!r} must be {SLUG.meaning}")


def _key_columns(page: Page, node: Node) -> tuple[str, ...]:
    nodes = items_of(node)
    if nodes == []:
        page.wrong(node, "must name a column")
    return tuple(page.column(one) for one in ([node] if nodes is None else nodes))


def _claims(page: Page, node: Node) -> tuple[MappedClaim, ...]:
    entries = page.entries(node)
    for part, entry in entries.items():
        _require_slug(page, entry.key, part)
    if not entries:
        page.wrong(node, "must have a claim")
    return tuple(mapped_claim(page, part, entry.value) for part, entry in entries.items())
