"""Alignments as lines: NDJSON and CSV, written a stretch of pairs at a time.

A spreadsheet takes a cell that begins with one of `= + - @`, a tab or a line's end for a formula.
Names and programmes are what sources call things: in CSV such a cell gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

from domain.answers import ActorName, PairAlignment
from infrastructure.answering import plain
from infrastructure.questions.stances import InShort, stance

COLUMNS = (
    "a",
    "a_name",
    "a_kind",
    "b",
    "b_name",
    "b_kind",
    "alignment",
    "cooperation",
    "conflict",
    "neutral",
    "a_to_b_cooperation",
    "a_to_b_conflict",
    "b_to_a_cooperation",
    "b_to_a_conflict",
    "alliances",
    "sanctions",
    "evidence",
    "disputed",
    "certainty",
    "possible_alignment",
    "last_evidence",
    "stale_since",
    "support_count",
    "support",
)
"""Of the CSV. Several alliances, sanctions or events in a cell have `; ` between them."""

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")

Names = Mapping[str, ActorName]


@dataclass(frozen=True, slots=True)
class Form:
    """A form of lines, and what comes before the first."""

    media_type: str
    suffix: str
    head: bytes


@dataclass(frozen=True, slots=True)
class Lines(Form):
    """A way to write alignments as lines."""

    written: Callable[[Iterable[PairAlignment], Names], bytes]


@dataclass(frozen=True, slots=True)
class ShortLines(Form):
    """A way to write as lines how pairs stand in short."""

    written: Callable[[Iterable[InShort]], bytes]


def _ndjson(pairs: Iterable[PairAlignment], _names: Names) -> bytes:
    return b"".join(msgspec.json.encode(plain(pair)) + b"\n" for pair in pairs)


def _csv(pairs: Iterable[PairAlignment], names: Names) -> bytes:
    return _rows(_row(pair, *(names[actor] for actor in pair.actors)) for pair in pairs)


def _rows(rows: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _row(pair: PairAlignment, a: ActorName, b: ActorName) -> list[Any]:
    forth, back = (pair.directed[f"{x.id}>{y.id}"] for x, y in ((a, b), (b, a)))
    sanctions = (
        f"{one.sender}>{one.target}{': ' + one.programme if one.programme else ''}"
        for one in pair.sanctions
    )
    return [
        *(a.id, guarded(a.name), a.kind, b.id, guarded(b.name), b.kind),
        *(pair.alignment, pair.cooperation, pair.conflict, _truth(pair.neutral)),
        *(forth.cooperation, forth.conflict, back.cooperation, back.conflict),
        "; ".join(commitment.alliance for commitment in pair.commitments),
        "; ".join(sanctions),
        *(pair.evidence, _truth(pair.disputed), pair.certainty, pair.possible_alignment),
        *(pair.last_evidence, pair.stale_since, pair.support_count, "; ".join(pair.support)),
    ]


def guarded(text: str) -> str:
    """The text as a cell that no spreadsheet computes."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def _truth(value: bool) -> str:  # noqa: FBT001 - it is a value, not a switch
    return "true" if value else "false"


def _short_ndjson(pairs: Iterable[InShort]) -> bytes:
    """Ids are slugs, which JSON has nothing to escape in."""
    return "".join(
        f'{{"actors":["{a}","{b}"],{_levels(cooperation, conflict)}'
        for a, b, cooperation, conflict in pairs
    ).encode()


@cache
def _levels(cooperation: int, conflict: int) -> str:
    """The rest of a line."""
    return msgspec.json.encode(plain(stance(cooperation, conflict))).decode()[1:] + "\n"


def _short_csv(pairs: Iterable[InShort]) -> bytes:
    return _rows(
        (a, b, stance(cooperation, conflict).alignment, cooperation, conflict)
        for a, b, cooperation, conflict in pairs
    )


LINES = {
    "ndjson": Lines("application/x-ndjson", "ndjson", b"", _ndjson),
    "csv": Lines("text/csv", "csv", _rows([COLUMNS]), _csv),
}

SHORT_COLUMNS = ("a", "b", "alignment", "cooperation", "conflict")
"""Of the CSV in short."""

SHORT_LINES = {
    "ndjson": ShortLines("application/x-ndjson", "ndjson", b"", _short_ndjson),
    "csv": ShortLines("text/csv", "csv", _rows([SHORT_COLUMNS]), _short_csv),
}
