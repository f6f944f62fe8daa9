"""Alignments as lines: NDJSON and CSV."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from domain.answers import ActorName, PairAlignment
from infrastructure.answering import plain
from infrastructure.exporting.cells import BETWEEN, guarded, lines, truth
from infrastructure.exporting.forms import Origin, Writer
from infrastructure.exporting.pairs import Pairs
from infrastructure.questions.stances import stance

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

SHORT_COLUMNS = ("a", "b", "alignment", "cooperation", "conflict")
"""Of the CSV in short."""


class AsNdjson(Writer[Pairs]):
    """A pair a line, as the API has it in `alignments`."""

    def __init__(self, _origin: Origin) -> None:
        pass

    def write(self, rows: Pairs) -> bytes:
        whole = b"".join(msgspec.json.encode(plain(pair)) + b"\n" for pair in rows.whole)
        # Ids are slugs, which JSON has nothing to escape in.
        short = "".join(
            f'{{"actors":["{a}","{b}"],{_levels(cooperation, conflict)}'
            for a, b, cooperation, conflict in rows.short
        )
        return whole + short.encode()


class AsCsv(Writer[Pairs]):
    """A pair a row."""

    def __init__(self, origin: Origin) -> None:
        self._columns = SHORT_COLUMNS if origin.detail == "summary" else COLUMNS

    def begin(self) -> bytes:
        return lines([self._columns])

    def write(self, rows: Pairs) -> bytes:
        short = (
            (a, b, stance(cooperation, conflict).alignment, cooperation, conflict)
            for a, b, cooperation, conflict in rows.short
        )
        whole = (_row(pair, *(rows.names[actor] for actor in pair.actors)) for pair in rows.whole)
        return lines(short) + lines(whole)


def _row(pair: PairAlignment, a: ActorName, b: ActorName) -> list[Any]:
    return [
        *(a.id, guarded(a.name), a.kind, b.id, guarded(b.name), b.kind),
        *(truth(value) if isinstance(value, bool) else value for value in cells(pair)),
    ]


def cells(pair: PairAlignment) -> list[Any]:
    """What COLUMNS have behind the names of the actors: texts, numbers, truth, or None."""
    a, b = pair.actors
    forth, back = pair.directed[f"{a}>{b}"], pair.directed[f"{b}>{a}"]
    sanctions = (
        f"{one.sender}>{one.target}{': ' + one.programme if one.programme else ''}"
        for one in pair.sanctions
    )
    return [
        *(pair.alignment, pair.cooperation, pair.conflict, pair.neutral),
        *(forth.cooperation, forth.conflict, back.cooperation, back.conflict),
        BETWEEN.join(commitment.alliance for commitment in pair.commitments),
        BETWEEN.join(sanctions),
        *(pair.evidence, pair.disputed, pair.certainty, pair.possible_alignment),
        *(pair.last_evidence, pair.stale_since, pair.support_count, BETWEEN.join(pair.support)),
    ]


@cache
def _levels(cooperation: int, conflict: int) -> str:
    """The rest of a line."""
    return msgspec.json.encode(plain(stance(cooperation, conflict))).decode()[1:] + "\n"
