"""ACLED, the Armed Conflict Location & Event Data: one event a row, and the list of deleted ones.

Which of two actors is named first says nothing about who attacked whom (ACLED's codebook); only where
one of them is unarmed is the other the attacker. An associated actor is neither a party nor an ally: it
stays in the row that is quoted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import ClassVar

from domain.event import Place
from domain.fields import Count
from domain.vocabulary import (
    ActorRegistered,
    AgreementSigned,
    AttackReported,
    BattleReported,
    EventData,
    Side,
)
from infrastructure.importing.actors import Actors
from infrastructure.importing.countries import country_code
from infrastructure.importing.dates import Known, edtf, within_week, written_day
from infrastructure.importing.ids import slug
from infrastructure.importing.reading import cell, number, one_of, optional, row_by_row, whole
from infrastructure.importing.records import Assertion, Dataset, Record, Skipped, Unusable
from infrastructure.importing.rows import Rejected, Row, RowFile
from infrastructure.importing.sources.acled_actors import Party, party, register

PART = "event"
"""A row makes one claim, whatever its type: a row that changes it has the former one withdrawn."""

MOST_OF_DATE = 100
"""Characters: what is longer tells no date, and would not fit a reason."""
DELETED = "deleted_timestamp"
"""The column that ACLED's list of deleted events has, and no export."""

_EXPORT = ("event_date", "event_type", "sub_event_type", "actor1", "inter1", "actor2", "inter2")
_ONE_SIDE = "names one side only, so it says nothing about how two actors stand"
_NOTHING = "says nothing about how two actors stand"
_GEO_PRECISIONS = {"1": "exact", "2": "near the place", "3": "region"}


class Acled:
    """The adapter of ACLED's export, and of its list of deleted events."""

    dataset: ClassVar[Dataset] = Dataset(
        name="acled",
        title="ACLED: Armed Conflict Location & Event Data",
        claimant=ActorRegistered(
            actor="acled", kind="media", name="Armed Conflict Location & Event Data (ACLED)"
        ),
        citation="Raleigh, Clionadh, Roudabeh Kishi, and Andrew Linke. 2023. Political instability "
        "patterns are obscured by conflict dataset scope conditions, sources, and coding choices. "
        "Humanities and Social Sciences Communications 10: 74.",
        url="https://acleddata.com",
    )
    columns: ClassVar[frozenset[str]] = frozenset({"event_id_cnty"})
    parts: ClassVar[tuple[str, ...]] = (PART,)

    def records(self, file: RowFile, actors: Actors) -> Iterator[Record | Rejected]:
        """One record for each event, by `event_id_cnty`. Raises UnreadableSource."""
        if DELETED in file.columns:
            return _deletions(file)
        file.require(_EXPORT)
        return row_by_row(file, actors, _key, lambda row: [_assertion(row, actors)])


def _key(row: Row) -> str:
    return cell(row, "event_id_cnty")


def _deletions(file: RowFile) -> Iterator[Record | Rejected]:
    for row in file.rows():
        if isinstance(row, Rejected):
            yield row
            continue
        try:
            yield Record(key=_key(row), line=row.line, text=row.text, deleted=_deleted(row))
        except Unusable as error:
            yield Rejected(row.line, row.text, str(error))


def _deleted(row: Row) -> str:
    """What the list says of a deletion: when it was, in seconds since 1970 or as written."""
    when = cell(row, DELETED)
    if when.isascii() and when.isdigit() and len(when) <= 10:
        when = datetime.fromtimestamp(int(when), UTC).date().isoformat()
    if len(when) > MOST_OF_DATE:
        raise Unusable(f"{DELETED} is longer than {MOST_OF_DATE} characters: {when[:40]}…")
    return f"deleted by ACLED on {when}"


def _assertion(row: Row, actors: Actors) -> Assertion:
    tell = _teller(row)
    occurred = _occurred(row)
    sides = tuple(one for which in ("1", "2") if (one := party(row, which, _key(row))) is not None)
    if len(sides) < 2:
        raise Skipped(_ONE_SIDE)
    a, b = sides
    if a.name == b.name:
        raise Skipped(f"has the same actor on both sides, so it {_NOTHING}")
    data, note = tell(row, (a, b), lambda one: register(one, actors, occurred))
    notes = [one for one in (note, _about_when(row)) if one is not None]
    return Assertion(
        part=PART,
        occurred=occurred,
        data=data,
        incident=slug(f"acled {_key(row)}"),
        place=_place(row),
        note=" ".join(notes) or None,
    )


ActorOf = Callable[[Party], str]
Told = tuple[EventData, str | None]


Teller = Callable[[Row, tuple[Party, Party], ActorOf], Told]
"""What a row says of its two sides, and what no field of that holds; it may raise Skipped."""


def _battle(row: Row, sides: tuple[Party, Party], ids: ActorOf) -> Told:
    dead = whole(row, "fatalities")
    battle = BattleReported(
        sides=tuple(Side(parties=(ids(one),)) for one in sides), methods=_methods(row)
    )
    return battle, f"Killed: {dead}; ACLED does not tell on which side." if dead else None


def _attack(row: Row, sides: tuple[Party, Party], ids: ActorOf) -> Told:
    """The unarmed side is the target, whichever is named first."""
    unarmed = [one for one in sides if one.unarmed]
    if len(unarmed) != 1:
        which = "neither" if not unarmed else "not only one"
        raise Skipped(f"has {which} of its sides unarmed, so it does not tell who attacked whom")
    [target] = unarmed
    [attacker] = [one for one in sides if one is not target]
    # ACLED writes 0 also where nobody knows.
    dead = whole(row, "fatalities") or None
    attack = AttackReported(
        attacker=ids(attacker),
        target=ids(target),
        method=next(iter(_methods(row)), None),
        killed=None if dead is None else Count(best=dead),
    )
    return attack, None


def _remote_violence(row: Row, sides: tuple[Party, Party], ids: ActorOf) -> Told:
    return (_attack if any(one.unarmed for one in sides) else _battle)(row, sides, ids)


def _agreement(_: Row, sides: tuple[Party, Party], ids: ActorOf) -> Told:
    a, b = sides
    return AgreementSigned(parties=(ids(a), ids(b)), kind="cooperation"), None


_EVENTS: dict[str, Teller] = {
    "battles": _battle,
    "explosions/remote violence": _remote_violence,
    "remote violence": _remote_violence,
    "violence against civilians": _attack,
}
_SKIPPED = {
    "protests": f"a protest: {_NOTHING}",
    "riots": f"a riot: {_NOTHING}",
    "riots/protests": f"a riot or protest: {_NOTHING}",
}
_STRATEGIC = frozenset({"strategic developments", "strategic development"})
_STRATEGIC_EVENTS: dict[str, Teller] = {"agreement": _agreement}
_STRATEGIC_SKIPPED = {
    "change to group/activity": "a change to a group: for review of the actor's lineage by a person",
    "arrests": "arrests: coercion without combat, for which there is no type of event",
}


def _teller(row: Row) -> Teller:
    """What makes the row's claim. Raises Skipped for a row that makes none, Unusable if unknown."""
    event = cell(row, "event_type")
    kind = event.casefold()
    if kind in _EVENTS:
        return _EVENTS[kind]
    if kind in _SKIPPED:
        raise Skipped(_SKIPPED[kind])
    if kind not in _STRATEGIC:
        raise Unusable(f"event_type: {event!r} is no event type of ACLED's")
    development = (optional(row, "sub_event_type") or "").casefold()
    if development in _STRATEGIC_EVENTS:
        return _STRATEGIC_EVENTS[development]
    other = f"a strategic development that {_NOTHING}"
    raise Skipped(_STRATEGIC_SKIPPED.get(development, other))


def _methods(row: Row) -> tuple[str, ...]:
    method = optional(row, "sub_event_type")
    return () if method is None else (method,)


def _occurred(row: Row) -> str:
    """The day, some day of the week around it, or its month, as the precision says."""
    day, known = _day(row), _known(row)
    if known == "week":
        return within_week(day)
    return edtf(day, Known.DAY if known == "day" else Known.MONTH)


def _about_when(row: Row) -> str | None:
    """What the event's date cannot hold of a week."""
    return f"In the week around {_day(row)}." if _known(row) == "week" else None


def _day(row: Row) -> date:
    return written_day(cell(row, "event_date"), "event_date")


def _known(row: Row) -> str:
    if optional(row, "time_precision") is None:
        return "day"
    return one_of(row, "time_precision", {"1": "day", "2": "week", "3": "month"})


def _place(row: Row) -> Place | None:
    precision = optional(row, "geo_precision")
    if precision is not None:
        precision = one_of(row, "geo_precision", _GEO_PRECISIONS)
    place = Place(
        name=optional(row, "location"),
        latitude=number(row, "latitude"),
        longitude=number(row, "longitude"),
        precision=precision,
        country=_country(row),
    )
    return None if place == Place() else place


def _country(row: Row) -> str | None:
    """The country's code, by its number if there is one, else by its name."""
    for column in ("iso", "country"):
        value = optional(row, column)
        value = value.zfill(3) if value is not None and value.isdigit() else value
        if value is not None and (code := country_code(value)) is not None:
            return code
    return None
