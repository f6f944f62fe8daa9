"""How each of some actors stands to each other (DESIGN section 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, FromClause, Select, select, union

from domain.answers import ActorName, PairAlignment
from domain.viewpoint import Viewpoint
from infrastructure.bulk import among
from infrastructure.questions.admission import Condition, admitted, disputed, known
from infrastructure.questions.openness import certainly_open, possibly_open
from infrastructure.questions.registrations import named
from infrastructure.questions.standings import Alliances, Opened, Standing, pair_alignment
from infrastructure.schema import read_models as rm

PAIR_KINDS = ("cooperation", "conflict", "neutral", "sanction")


def alignments(
    conn: Connection, viewpoint: Viewpoint, actors: Iterable[str]
) -> tuple[list[ActorName], list[PairAlignment]]:
    """The actors by id, and every pair of them by both ids. Raises UnknownActors."""
    ids = sorted(set(actors))
    names = named(conn, viewpoint, ids)
    rows = _by_pair(open_sets(conn, viewpoint, _between(ids)))
    memberships = open_sets(conn, viewpoint, _memberships_of(ids))
    obligations = open_sets(conn, viewpoint, _obligations_on(ids))
    certain = Alliances.of(_certain(memberships), _certain(obligations))
    possible = Alliances.of(memberships, obligations)
    voices = _corroborating_voices(conn, viewpoint, ids)
    return names, [
        pair_alignment(
            Standing(pair, _certain(rows[pair]), certain),
            Standing(pair, rows[pair], possible),
            viewpoint.valid_at,
            voices,
        )
        for pair in combinations(ids, 2)
    ]


def open_sets(conn: Connection, viewpoint: Viewpoint, lines: Condition) -> Sequence[Opened]:
    """The possibly open sets on some lines of `rm_sets`, by (earliest, place), with what each is worth."""
    table = rm.sets
    statement = (
        select(
            table.c.kind,
            table.c.source,
            table.c.target,
            table.c.programme,
            table.c.level,
            table.c.begin_key,
            table.c.place,
            table.c.event_id,
            table.c.occurred,
            table.c.ended,
            table.c.claimant,
            table.c.voice,
            disputed(table, viewpoint).label("disputed"),
            certainly_open(table, viewpoint).label("certain"),
        )
        .where(lines, admitted(table, viewpoint), possibly_open(table, viewpoint))
        .order_by(table.c.begin_key)
    )
    rows: Sequence[Opened] = conn.execute(statement).all()  # type: ignore[assignment]  # columns are named in Opened
    return rows


def _between(actors: Sequence[str]) -> Condition:
    table = rm.sets
    return (
        among(table.c.source, actors) & among(table.c.target, actors) & table.c.kind.in_(PAIR_KINDS)
    )


def _memberships_of(actors: Sequence[str]) -> Condition:
    return (rm.sets.c.kind == "membership") & among(rm.sets.c.target, actors)


def _obligations_on(actors: Sequence[str]) -> Condition:
    """The obligations of every alliance that one of the actors was ever put in."""
    put = rm.sets.alias()
    alliances = select(put.c.source).where(put.c.kind == "membership", among(put.c.target, actors))
    return (rm.sets.c.kind == "obligation") & rm.sets.c.source.in_(alliances)


def _certain(rows: Iterable[Opened]) -> list[Opened]:
    return [row for row in rows if row.certain]


def _by_pair(rows: Iterable[Opened]) -> dict[tuple[str, str], list[Opened]]:
    pairs: dict[tuple[str, str], list[Opened]] = defaultdict(list)
    for row in rows:
        first, second = sorted((row.source, row.target))
        pairs[first, second].append(row)
    return pairs


def _corroborating_voices(
    conn: Connection, viewpoint: Viewpoint, actors: Sequence[str]
) -> dict[int, list[str]]:
    """The voices of live corroborations of any event between the actors or putting one in an alliance."""
    heard = rm.corroborations
    places = union(_places(_between(actors)), _places(_memberships_of(actors))).subquery()
    statement = (
        select(heard.c.place, heard.c.voice)
        .where(heard.c.place.in_(select(places.c.place)), known(heard, viewpoint))
        .distinct()
    )
    voices: dict[int, list[str]] = defaultdict(list)
    for row in conn.execute(statement):
        voices[row.place].append(row.voice)
    return voices


def _places(lines: Condition) -> Select[Any]:
    table: FromClause = rm.sets
    return select(table.c.place).where(lines)
