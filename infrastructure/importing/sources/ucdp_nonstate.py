"""The UCDP Non-State Conflict Dataset: two organised groups, neither a state, year by year.

`org` tells what the groups are: 1 formally organised, 2 supporters of parties or candidates, 3 communities.
A side may be several groups that fight together; the dataset gives them one number, and so do we.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import ClassVar, cast

from domain.fields import Count
from domain.vocabulary import BattleReported
from domain.vocabulary.actors import ActorKind
from infrastructure.importing.actors import Actors
from infrastructure.importing.conflict_years import Chronicle, ConflictYear, Party
from infrastructure.importing.reading import cell, one_of, optional, row_by_row, usable, whole
from infrastructure.importing.records import Assertion, Dataset, Record, Unusable
from infrastructure.importing.rows import Rejected, Row, RowFile
from infrastructure.importing.sources.ucdp_acd import UCDP
from infrastructure.importing.sources.ucdp_years import year_of_episode

_KINDS = {"1": "rebel-group", "2": "political-militia", "3": "identity-militia"}


class UcdpNonstate:
    """The adapter of `ucdp-nonstate`."""

    dataset: ClassVar[Dataset] = Dataset(
        name="ucdp-nonstate",
        title="UCDP Non-State Conflict Dataset",
        claimant=UCDP,
        citation="Sundberg, Ralph, Kristine Eck, and Joakim Kreutz. 2012. Introducing the UCDP Non-State "
        "Conflict Dataset. Journal of Peace Research 49(2): 351-362; and the article of the release.",
        url="https://ucdp.uu.se/downloads/",
    )
    columns: ClassVar[frozenset[str]] = frozenset(
        {
            *("conflict_id", "year", "org", "side_a_name", "side_a_id", "side_b_name", "side_b_id"),
            *("start_date2", "start_prec2", "ep_end", "ep_end_date"),
        }
    )
    parts: ClassVar[tuple[str, ...]] = ()

    def records(self, file: RowFile, actors: Actors) -> Iterator[Record | Rejected]:
        """One record for each conflict and year."""
        chronicle = Chronicle(_years(file))

        def assertions(row: Row) -> Sequence[Assertion]:
            year = _year(row)
            kind = cast("ActorKind", one_of(row, "org", _KINDS))
            names = {cell(row, f"side_{side}_id"): cell(row, f"side_{side}_name") for side in "ab"}

            def actor(party: Party) -> str:
                return actors.named(
                    names[party], kind, seen=year.occurred, identifiers={"ucdp": party}
                )

            return [
                _with_deaths(row, told) if isinstance(told.data, BattleReported) else told
                for told in chronicle.assertions(year, actor)
            ]

        return row_by_row(file, actors, _key, assertions)


def _key(row: Row) -> str:
    return f"{cell(row, 'conflict_id')}-{cell(row, 'year')}"


def _years(file: RowFile) -> Iterable[ConflictYear]:
    for row in usable(file):
        try:
            yield _year(row)
        except Unusable:
            continue  # rejected when its turn comes


def _year(row: Row) -> ConflictYear:
    return year_of_episode(row, side_a=(cell(row, "side_a_id"),), side_b=(cell(row, "side_b_id"),))


def _with_deaths(row: Row, told: Assertion) -> Assertion:
    """The estimates are of the whole conflict in the year: no side is told apart."""
    count = Count(
        low=whole(row, "low_fatality_estimate"),
        best=whole(row, "best_fatality_estimate"),
        high=whole(row, "high_fatality_estimate"),
    )
    given = [
        f"{name} {value}"
        for name, value in (("low", count.low), ("best", count.best), ("high", count.high))
        if value is not None
    ]
    where = optional(row, "location")
    words = [f"deaths in the year: {', '.join(given)}"] if given else []
    return replace(told, note=". ".join([*words, *([where] if where else [])]) or None)
