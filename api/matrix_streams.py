"""The whole matrix as lines over HTTP: as long as it is, in a few stretches' memory.

Every stretch is asked in a transaction of its own and made when the client has taken the one
before, so that a slow reader holds nothing. All are of one position and one day, at which answers
are the same for ever: together they are what one snapshot would have given (DESIGN section 1).
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from fastapi.responses import StreamingResponse
from sqlalchemy import Connection

from api.matrix_lines import LINES, SHORT_LINES, Form, Lines, ShortLines
from api.serving import Serving
from domain.viewpoint import Viewpoint
from infrastructure.answering import viewpoint_json
from infrastructure.questions.alignments import alignments
from infrastructure.questions.matrix import every_pair
from infrastructure.questions.partners import Pair
from infrastructure.questions.registrations import named
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.stances import in_short
from infrastructure.questions.viewpoints import AheadOfReadModel

AT_ONCE = 500
"""So many pairs are looked at for a stretch."""
AT_ONCE_IN_SHORT = 20_000

Detail = Literal["full", "summary"]
"""Whole alignments, or in short."""


class Piece(NamedTuple):
    """The lines of a stretch, and the pair to go on after."""

    lines: bytes
    upto: Pair | None


@dataclass(frozen=True, slots=True)
class Streamed(ABC):
    """What is sent: every pair that is not `unknown` at the viewpoint, in this form."""

    viewpoint: Viewpoint
    lines: Form

    def piece(self, snapshot: Snapshot, after: Pair | None) -> Piece:
        """The stretch after a pair. Raises AheadOfReadModel if the read models have gone back."""
        if snapshot.position < self.viewpoint.position:
            raise AheadOfReadModel(self.viewpoint.position, snapshot.position)
        return self._piece(snapshot, after)

    @abstractmethod
    def _piece(self, snapshot: Snapshot, after: Pair | None) -> Piece:
        """The stretch after a pair, of read models that are far enough."""

    def headers(self) -> dict[str, str]:
        """What tells the viewpoint, and names the file."""
        viewpoint = self.viewpoint
        name = f"alignments-{viewpoint.valid_at}-{viewpoint.position}.{self.lines.suffix}"
        return {
            "Foedus-Viewpoint": json.dumps(viewpoint_json(viewpoint), separators=(",", ":")),
            "Content-Disposition": f'inline; filename="{name}"',
        }

    def response(
        self, serving: Serving, first: Piece, headers: Mapping[str, str]
    ) -> StreamingResponse:
        """The answer with these headers besides its own, of which the first stretch is there."""
        return StreamingResponse(
            self._pieces(serving, first),
            headers={**headers, **self.headers()},
            media_type=self.lines.media_type,
        )

    async def _pieces(self, serving: Serving, piece: Piece) -> AsyncIterator[bytes]:
        yield self.lines.head + piece.lines
        while piece.upto is not None:
            after = piece.upto

            def ask(conn: Connection, after: Pair = after) -> Piece:
                return self.piece(Snapshot.of(conn), after)

            piece = await serving.database.ask(ask, apart=True)
            if piece.lines:
                yield piece.lines


@dataclass(frozen=True, slots=True)
class StreamedInFull(Streamed):
    """Whole alignments."""

    lines: Lines

    def among(self, snapshot: Snapshot, actors: Sequence[str]) -> Piece:
        """Every pair among some actors instead, `unknown` or not. Raises UnknownActors."""
        found, pairs = alignments(snapshot, self.viewpoint, actors)
        return Piece(self.lines.written(pairs, {actor.id: actor for actor in found}), None)

    def _piece(self, snapshot: Snapshot, after: Pair | None) -> Piece:
        stretch = every_pair(snapshot, self.viewpoint, after, AT_ONCE)
        actors = {actor for pair in stretch.pairs for actor in pair.actors}
        names = {actor.id: actor for actor in named(snapshot, self.viewpoint, actors)}
        return Piece(self.lines.written(stretch.pairs, names), stretch.upto)


@dataclass(frozen=True, slots=True)
class StreamedInShort(Streamed):
    """How pairs stand, and not why."""

    lines: ShortLines

    def _piece(self, snapshot: Snapshot, after: Pair | None) -> Piece:
        stretch = in_short(snapshot, self.viewpoint, after, AT_ONCE_IN_SHORT)
        return Piece(self.lines.written(stretch.pairs), stretch.upto)


def streamed(viewpoint: Viewpoint, form: str, detail: Detail) -> Streamed:
    """The whole matrix in one of the forms of lines."""
    if detail == "summary":
        return StreamedInShort(viewpoint, SHORT_LINES[form])
    return StreamedInFull(viewpoint, LINES[form])
