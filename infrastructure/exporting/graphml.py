"""Alignments as GraphML: a node an actor, an undirected edge a pair, whose smaller id is the source.

Written by the standard library's escaping, an element at a time. What XML 1.0 has no sign for
becomes U+FFFD; a carriage return is written as a reference, which readers give back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, get_args
from xml.sax.saxutils import escape, quoteattr

from domain.vocabulary.actors import IdentifierScheme
from infrastructure.answering import viewpoint_json
from infrastructure.exporting.forms import Origin, Writer
from infrastructure.exporting.pair_lines import COLUMNS, SHORT_COLUMNS, cells
from infrastructure.exporting.pairs import Actor, Pairs
from infrastructure.questions.stances import stance

NODE_KEYS = ("name", "kind", "country", *get_args(IdentifierScheme))
"""Attributes of nodes; the ids of an actor elsewhere have the names of their schemes."""

EDGE_KEYS = {"full": COLUMNS[6:], "summary": SHORT_COLUMNS[2:]}
"""Attributes of edges by detail, named as the columns of the CSV."""

TYPES = {
    **dict.fromkeys(("cooperation", "conflict", "support_count"), "int"),
    **dict.fromkeys(("a_to_b_cooperation", "a_to_b_conflict"), "int"),
    **dict.fromkeys(("b_to_a_cooperation", "b_to_a_conflict"), "int"),
    **dict.fromkeys(("neutral", "disputed"), "boolean"),
}
"""Of attributes that are no texts."""

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
)


class AsGraphml(Writer[Pairs]):
    """One graph, whose own attributes tell the viewpoint and the store."""

    def __init__(self, origin: Origin) -> None:
        self._edge_keys = EDGE_KEYS[origin.detail]
        told = viewpoint_json(origin.viewpoint) if origin.viewpoint else {}
        self._about = {"viewpoint": json.dumps(told), "source": origin.source}

    def begin(self) -> bytes:
        keys = [
            *(_key("graph", name) for name in self._about),
            *(_key("node", name) for name in NODE_KEYS),
            *(_key("edge", name) for name in self._edge_keys),
        ]
        graph = '<graph edgedefault="undirected">\n'
        return "".join([_HEAD, *keys, graph, _data(self._about.items()), "\n"]).encode()

    def write(self, rows: Pairs) -> bytes:
        nodes = (_node(actor) for actor in rows.actors)
        short = (
            f'<edge source="{a}" target="{b}">{_levels(cooperation, conflict)}'
            for a, b, cooperation, conflict in rows.short
        )
        whole = (self._edge(pair.actors, cells(pair)) for pair in rows.whole)
        return "".join([*nodes, *short, *whole]).encode()

    def end(self) -> bytes:
        return b"</graph>\n</graphml>\n"

    def _edge(self, actors: tuple[str, str], values: Sequence[Any]) -> str:
        a, b = actors
        told = _data(zip(self._edge_keys, values, strict=True))
        return f'<edge source="{a}" target="{b}">{told}</edge>\n'


def _node(actor: Actor) -> str:
    told = {"name": actor.name, "kind": actor.kind, "country": actor.country}
    return f'<node id="{actor.id}">{_data((told | dict(actor.identifiers)).items())}</node>\n'


@cache
def _levels(cooperation: int, conflict: int) -> str:
    """The rest of an edge in short."""
    values = stance(cooperation, conflict).alignment, cooperation, conflict
    return _data(zip(EDGE_KEYS["summary"], values, strict=True)) + "</edge>\n"


def _key(where: str, name: str) -> str:
    """Declare an attribute."""
    kind = TYPES.get(name, "string")
    return f'<key id={quoteattr(name)} for="{where}" attr.name={quoteattr(name)} attr.type="{kind}"/>\n'


def _data(values: Iterable[tuple[str, Any]]) -> str:
    """The attributes that have a value."""
    return "".join(
        f'<data key="{name}">{_text(value)}</data>'
        for name, value in values
        if value is not None and value != ""
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(_NO_XML.sub("\ufffd", str(value)), {"\r": "&#13;"})
