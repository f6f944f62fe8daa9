"""How every two actors stand to each other, a stretch of pairs at a time.

Forms that name actors apart from pairs get first all actors, then the pairs: nobody has to
remember whom a file named already.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection

from domain.answers import ActorName, PairAlignment
from domain.past import Segment
from domain.viewpoint import Viewpoint
from infrastructure.exporting.forms import Export, Stretch
from infrastructure.questions.actors import actors as known_actors
from infrastructure.questions.alignments import alignments
from infrastructure.questions.lasting import credibility, lasting
from infrastructure.questions.matrix import every_pair
from infrastructure.questions.partners import Pair
from infrastructure.questions.registrations import named, require_known
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.stances import InShort, in_short
from infrastructure.questions.viewpoints import AheadOfReadModel

AT_ONCE = 500
"""So many pairs are looked at for a stretch."""
AT_ONCE_IN_SHORT = 20_000
ACTORS_AT_ONCE = 1_000


class Actor(NamedTuple):
    """Who an actor is, with the name in force on the day and its ids elsewhere, by scheme."""

    id: str
    name: str
    kind: str
    country: str | None
    identifiers: Mapping[str, str]


class Pairs(NamedTuple):
    """Some actors, or some pairs: whole with the names of their actors, or in short.

    Where the form wants the past: `lasting` is the segment of the day of each pair (with
    `include=parts` it is not told), `credibility` how credible each event of the support is, where
    that was judged.
    """

    actors: Sequence[Actor] = ()
    whole: Sequence[PairAlignment] = ()
    names: Mapping[str, ActorName] = {}
    short: Sequence[InShort] = ()
    lasting: Mapping[Pair, Segment] = {}
    credibility: Mapping[str, int] = {}


class _At(NamedTuple):
    """Behind which actor, or, when all actors are given, behind which pair."""

    actor: str | None
    pair: Pair | None
    actors_given: bool


@dataclass(frozen=True, slots=True)
class ExportedPairs(Export):
    """Every pair that is not `unknown` at the origin's viewpoint; or all `among` some actors."""

    among: Sequence[str] = ()

    @property
    def viewpoint(self) -> Viewpoint:
        """From where it is told."""
        assert self.origin.viewpoint is not None  # noqa: S101 - alignments are answers
        return self.origin.viewpoint

    @property
    def stem(self) -> str:
        return f"alignments-{self.viewpoint.valid_at}-{self.viewpoint.position}"

    def stretch(self, conn: Connection, at: _At | None) -> Stretch:
        """Raises AheadOfReadModel if the read models have gone back, and UnknownActors."""
        snapshot = Snapshot.of(conn)
        if snapshot.position < self.viewpoint.position:
            raise AheadOfReadModel(self.viewpoint.position, snapshot.position)
        at = at or _At(None, None, "actors" not in self.form.wants)
        if not at.actors_given:
            return self._actors(snapshot, at)
        if self.among:
            return self._among(snapshot)
        return self._short(snapshot, at) if self._in_short else self._whole(snapshot, at)

    @property
    def _in_short(self) -> bool:
        return self.origin.detail == "summary"

    def _actors(self, snapshot: Snapshot, at: _At) -> Stretch:
        if self.among:
            found, last = named(snapshot, self.viewpoint, self.among), None
        else:
            found, last = known_actors(
                snapshot, self.viewpoint, after=at.actor, limit=ACTORS_AT_ONCE
            )
        registered = require_known(snapshot, self.viewpoint.position, [one.id for one in found])
        actors = [
            Actor(*_name(one), row.country, json.loads(row.identifiers))
            for one in found
            for row in [registered[one.id]]
        ]
        return Stretch(Pairs(actors), 0, _At(last, None, last is None))

    def _among(self, snapshot: Snapshot) -> Stretch:
        found, pairs = alignments(snapshot, self.viewpoint, self.among)
        return Stretch(self._told(snapshot, pairs, found), len(pairs), None)

    def _whole(self, snapshot: Snapshot, at: _At) -> Stretch:
        found = every_pair(snapshot, self.viewpoint, at.pair, AT_ONCE)
        ids = {actor for pair in found.pairs for actor in pair.actors}
        rows = self._told(snapshot, found.pairs, named(snapshot, self.viewpoint, ids))
        return Stretch(rows, len(found.pairs), _behind(found.upto))

    def _told(
        self, snapshot: Snapshot, pairs: Sequence[PairAlignment], found: Iterable[ActorName]
    ) -> Pairs:
        """The pairs with what the form wants to tell of them."""
        rows = Pairs(whole=pairs, names={actor.id: actor for actor in found})
        if "past" not in self.form.wants:
            return rows
        alone = [] if self.viewpoint.parts else [pair.actors for pair in pairs]
        return rows._replace(
            lasting=lasting(snapshot, self.viewpoint, alone),
            credibility=credibility(snapshot, {one for pair in pairs for one in pair.support}),
        )

    def _short(self, snapshot: Snapshot, at: _At) -> Stretch:
        found = in_short(snapshot, self.viewpoint, at.pair, AT_ONCE_IN_SHORT)
        return Stretch(Pairs(short=found.pairs), len(found.pairs), _behind(found.upto))


def _name(one: ActorName) -> tuple[str, str, str]:
    return one.id, one.name, one.kind


def _behind(pair: Pair | None) -> _At | None:
    return None if pair is None else _At(None, pair, actors_given=True)
