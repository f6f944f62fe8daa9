"""A mapping file as it stands: YAML's nodes with their lines, read strictly, and what is wrong where."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

import yaml

Node: TypeAlias = yaml.Node


class Mistake(NamedTuple):
    """What is wrong in a mapping, and on which line, counted from 1."""

    line: int
    message: str


class UnreadableMapping(Exception):
    """A mapping with mistakes; the text has a line for each."""

    def __init__(self, path: Path, mistakes: Sequence[Mistake]) -> None:
        super().__init__(
            "\n".join(
                f"{path.name}, line {line}: {message}"
                for line, message in sorted(dict.fromkeys(mistakes))
            )
        )


class Entry(NamedTuple):
    """A key of a mapping with its value."""

    key: Node
    value: Node


class Page:
    """Reads nodes for a file with certain columns, and gathers mistakes instead of raising them."""

    def __init__(self, columns: Collection[str]) -> None:
        self.columns = columns
        self.mistakes: list[Mistake] = []

    def wrong(self, node: Node, message: str) -> None:
        """Note a mistake."""
        self.mistakes.append(Mistake(node.start_mark.line + 1, message))

    def entries(self, node: Node) -> dict[str, Entry]:
        """The entries of a mapping; none if it is no mapping."""
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, "must be a mapping: `key: value`")
            return {}
        found: dict[str, Entry] = {}
        for key, value in node.value:
            name = self.word(key)
            if name is None:
                continue
            if name in found:
                self.wrong(key, f"{name} stands here twice")
            found[name] = Entry(key, value)
        return found

    def fields(
        self, node: Node, required: Collection[str], optional: Collection[str] = ()
    ) -> dict[str, Node]:
        """The values of a mapping under these keys and no others."""
        entries = self.entries(node)
        known = [*required, *optional]
        for name, entry in entries.items():
            if name not in known:
                self.wrong(entry.key, f"unknown key {name}; there are {', '.join(known)}")
        if isinstance(node, yaml.MappingNode):
            for name in required:
                if name not in entries:
                    self.wrong(node, f"{name} is missing")
        return {name: entry.value for name, entry in entries.items() if name in known}

    def word(self, node: Node) -> str | None:
        """A text as it is written, also if YAML takes it for a number, a date or a truth value."""
        if not isinstance(node, yaml.ScalarNode):
            self.wrong(node, "must be a text")
            return None
        if node.tag == "tag:yaml.org,2002:null":
            self.wrong(node, "is empty")
            return None
        return str(node.value)

    def words(self, node: Node) -> list[str]:
        """A text, or a list of texts; "" is one here."""
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return [word for word in map(self.word, nodes) if word is not None]

    def column(self, node: Node) -> str:
        """The name of a column that the file has; "" if it is none."""
        name = self.word(node)
        if name is None:
            return ""
        self.require_column(node, name)
        return name

    def require_column(self, node: Node, name: str) -> None:
        """Note it as a mistake if the file has no such column."""
        if name not in self.columns:
            self.wrong(node, f"the file has no column {name!r}; it has {', '.join(self.columns)}")


def is_mapping_with(node: Node, *names: str) -> bool:
    """Whether a node is a mapping with one of these keys."""
    return isinstance(node, yaml.MappingNode) and any(key.value in names for key, _ in node.value)


def items_of(node: Node) -> list[Node] | None:
    """The entries of a list; None if it is no list."""
    return list(node.value) if isinstance(node, yaml.SequenceNode) else None


def composed(path: Path) -> Node:
    """The file's root node. Raises UnreadableMapping where it is not YAML, OSError where it is not there."""
    try:
        root: Node | None = yaml.compose(
            path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader
        )
    except UnicodeDecodeError:
        raise UnreadableMapping(path, [Mistake(1, "the file is not UTF-8")]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        said = ", ".join(part for part in (error.context, error.problem) if part)
        raise UnreadableMapping(path, [Mistake(line, f"is not YAML: {said}")]) from None
    except yaml.YAMLError as error:
        raise UnreadableMapping(path, [Mistake(1, f"is not YAML: {error}")]) from None
    if root is None:
        raise UnreadableMapping(path, [Mistake(1, "the file is empty")])
    return root
