"""Alignments as Parquet: the columns of the CSV, typed, with lists where the CSV joins texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from domain.answers import PairAlignment
from infrastructure.answering import plain
from infrastructure.exporting.forms import Origin
from infrastructure.exporting.pair_lines import COLUMNS, cells
from infrastructure.exporting.pairs import Pairs
from infrastructure.exporting.parquet import AsParquet
from infrastructure.questions.stances import stance

_TEXT, _LEVEL, _TRUTH, _DAY = pa.string(), pa.int8(), pa.bool_(), pa.date32()
_COMMITMENT = pa.struct(
    {"alliance": _TEXT, "obligations": pa.list_(_TEXT), "strength": _TEXT, "since": _TEXT}
)
_SANCTION = pa.struct(dict.fromkeys(("sender", "target", "programme", "since"), _TEXT))
_LEVELS = (
    *("cooperation", "conflict", "a_to_b_cooperation", "a_to_b_conflict"),
    *("b_to_a_cooperation", "b_to_a_conflict"),
)
_OTHER_TYPES = {
    **dict.fromkeys(_LEVELS, _LEVEL),
    **dict.fromkeys(("neutral", "disputed"), _TRUTH),
    **dict.fromkeys(("last_evidence", "stale_since"), _DAY),
    "alliances": pa.list_(_COMMITMENT),
    "sanctions": pa.list_(_SANCTION),
    "support_count": pa.int64(),
    "support": pa.list_(_TEXT),
}
"""Of columns that are no texts."""

SHORT = pa.schema(
    {"a": _TEXT, "b": _TEXT, "alignment": _TEXT, "cooperation": _LEVEL, "conflict": _LEVEL}
)
WHOLE = pa.schema({name: _OTHER_TYPES.get(name, _TEXT) for name in COLUMNS})


class ShortParquet(AsParquet[Pairs]):
    """How pairs stand in short."""

    def columns(self, rows: Pairs) -> Mapping[str, Any]:
        columns = list(zip(*rows.short, strict=True)) or [(), (), (), ()]
        a, b, cooperation, conflict = columns
        levels = zip(cooperation, conflict, strict=True)
        return {
            "a": a,
            "b": b,
            "alignment": [stance(*pair).alignment for pair in levels],
            "cooperation": cooperation,
            "conflict": conflict,
        }


class WholeParquet(AsParquet[Pairs]):
    """Whole alignments."""

    def columns(self, rows: Pairs) -> Mapping[str, Any]:
        told = [self._row(pair, rows) for pair in rows.whole]
        return {name: [row[name] for row in told] for name in COLUMNS}

    def _row(self, pair: PairAlignment, rows: Pairs) -> dict[str, Any]:
        a, b = (rows.names[actor] for actor in pair.actors)
        names = a.id, a.name, a.kind, b.id, b.name, b.kind
        row = dict(zip(COLUMNS, (*names, *cells(pair)), strict=True))
        return row | {
            "alliances": plain(pair.commitments),
            "sanctions": plain(pair.sanctions),
            "last_evidence": _day(pair.last_evidence),
            "stale_since": _day(pair.stale_since),
            "support": pair.support,
        }


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def as_parquet(origin: Origin) -> AsParquet[Pairs]:
    """The writer for a detail."""
    if origin.detail == "summary":
        return ShortParquet(origin, SHORT)
    return WholeParquet(origin, WHOLE)
