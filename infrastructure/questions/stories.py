"""What each teller of an incident said, and how its story changed as the log grew.

Read in a constant number of statements: the reports, the denials of them, and the events that
changed a story.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from domain.accounts import how_of, reason_of
from domain.claims import Claim
from domain.fields import Count
from domain.incidents import MOST_READ, Became, FigureChange, StoryChange, Teller
from domain.rival_accounts import Denial, Fate, Report, in_order
from domain.telling import About, from_json
from domain.viewpoint import Viewpoint
from infrastructure.bulk import among_bound
from infrastructure.codec import event_of
from infrastructure.event_store import reading
from infrastructure.questions.admission import (
    POSITION,
    Filters,
    filters_of,
    kept,
    known_to,
    values_of,
)
from infrastructure.questions.snapshots import Snapshot
from infrastructure.schema.metadata import KEY
from infrastructure.schema.read_models import ReadModels


@dataclass(frozen=True, slots=True)
class Stories:
    """The reports that make the stories, the denials of those that stand, and the changes by position.

    `read`: so many of the incident's reports were looked at, the newest.
    """

    reports: list[Report]
    denials: list[Denial]
    changes: tuple[StoryChange, ...]
    read: int


@dataclass(frozen=True, slots=True)
class _Denied:
    """A denial of a place, from its position on and until it was itself taken back."""

    teller: Teller
    publisher: str | None
    event: str
    position: int
    known_to: int


@dataclass(frozen=True, slots=True)
class _Told:
    """A report with when it was known, and the denials of it by its own teller."""

    report: Report
    known_to: int
    denied: list[_Denied]

    def stands(self, position: int) -> bool:
        """Whether its teller stood by it at a position."""
        return self.report.position <= position < self.known_to and not any(
            one.position <= position < one.known_to for one in self.denied
        )

    def turns(self, until: int) -> set[int]:
        """The positions up to one at which it began or ceased to stand."""
        own = {at for one in self.denied for at in (one.position, one.known_to)}
        every = {self.report.position, self.known_to, *own}
        return {at for at in every if at <= until and self.stands(at) != self.stands(at - 1)}


def stories(snapshot: Snapshot, viewpoint: Viewpoint, incident_id: str) -> Stories:
    """The stories of all tellers of an incident whose reports the viewpoint admits."""
    conn, rm = snapshot.conn, snapshot.models
    asked = values_of(viewpoint, incident=incident_id, most=MOST_READ)
    filters = filters_of(viewpoint)
    rows = conn.execute(_newest(rm, filters), asked).all()
    places = {"places": [row.place for row in rows]}
    denials = _by_place(conn.execute(_denying(rm, filters), {**asked, **places}).all())
    told = [
        _told(row, denials[row.place], viewpoint.position)
        for row in reversed(rows)
        if _is_told(row, denials[row.place], viewpoint)
    ]
    reports = [one.report for one in told]
    return Stories(
        reports,
        [denial for report in reports for denial in _by_others(report, denials, viewpoint)],
        tuple(_changes(conn, told, viewpoint.position)),
        len(rows),
    )


def _is_told(row: Row[Any], denials: Iterable[_Denied], viewpoint: Viewpoint) -> bool:
    """Whether a report makes its teller's story: a denial of its own ends it, but hides it not."""
    if row.earliest > viewpoint.valid_at.toordinal():
        return False
    claim = Claim(
        claimant=row.claimant,
        publisher=row.publisher,
        modality=row.modality,
        reliability=row.reliability,
        credibility=row.credibility,
    )
    denied = viewpoint.according_to is not None and any(
        one.teller.claimant == viewpoint.according_to
        and one.teller != Teller.of(claim)
        and one.known_to > viewpoint.position
        for one in denials
    )
    return viewpoint.leaves_out(claim, alleged=False, denied=denied) is None


def _told(row: Row[Any], denials: Iterable[_Denied], position: int) -> _Told:
    teller = Teller(row.claimant, None if row.claimant else row.publisher)
    own = [one for one in denials if one.teller == teller]
    report = Report(
        event=row.event_id,
        position=row.position,
        place=row.place,
        teller=teller,
        publisher=row.publisher,
        voice=row.voice,
        acknowledges=row.modality == "acknowledged",
        told=from_json(json.loads(row.told)),
        fate=_fate(row, own, position),
    )
    return _Told(report, row.known_to, own)


def _fate(row: Row[Any], own: Iterable[_Denied], position: int) -> Fate | None:
    """Why the report stands no more at the position: it ended, or its teller denies it."""
    if row.known_to <= position:
        how: Became = "corrected" if row.ended_how == "superseded" else "retracted"
        return Fate(how, row.ended_by)
    return next((Fate("denied", one.event) for one in own if one.known_to > position), None)


def _by_others(
    report: Report, denials: Mapping[int, list[_Denied]], viewpoint: Viewpoint
) -> list[Denial]:
    if report.fate is not None:
        return []
    return [
        Denial(one.teller, one.publisher, one.event, one.position, report)
        for one in denials[report.place]
        if one.known_to > viewpoint.position
    ]


@cache
def _newest(rm: ReadModels, filters: Filters) -> Select[Any]:
    rows = rm.incident_reports
    columns = [one for one in rows.c if one.name != "known_to"]
    ended = known_to(rm, rows, filters).label("known_to")
    of_incident = rows.c.incident == bindparam("incident", type_=KEY), rows.c.position <= POSITION
    found = select(*columns, ended).where(*of_incident, kept(rm, rows, filters))
    return found.order_by(rows.c.position.desc()).limit(bindparam("most"))


def _by_place(rows: Sequence[Row[Any]]) -> dict[int, list[_Denied]]:
    """The denials of each place, by position."""
    found: dict[int, list[_Denied]] = defaultdict(list)
    for row in rows:
        teller = Teller(row.claimant, None if row.claimant else row.publisher)
        found[row.place].append(
            _Denied(teller, row.publisher, row.event_id, row.position, row.known_to)
        )
    return found


@cache
def _denying(rm: ReadModels, filters: Filters) -> Select[Any]:
    """The denials of some places up to the position, those taken back included."""
    denials, reports = rm.denials, rm.reports
    ended = known_to(rm, denials, filters).label("known_to")
    named = among_bound(denials.c.place, "places"), denials.c.position <= POSITION
    return (
        select(
            denials.c.place,
            denials.c.position,
            denials.c.event_id,
            denials.c.claimant,
            reports.c.publisher,
            ended,
        )
        .join(reports, reports.c.position == denials.c.position)
        .where(*named, kept(rm, denials, filters))
        .order_by(denials.c.position)
    )


@dataclass(frozen=True, slots=True)
class _Turn:
    """What became of a teller's reports and figures at a position."""

    position: int
    teller: Teller
    withdrawn: list[Report]
    restored: list[Report]
    figures: list[FigureChange]


def _changes(conn: Connection, told: Sequence[_Told], until: int) -> list[StoryChange]:
    """How the stories changed, by position and teller."""
    by_teller: dict[Teller, list[_Told]] = defaultdict(list)
    for one in told:
        by_teller[one.report.teller].append(one)
    turns = [turn for story in by_teller.values() for turn in _turns(story, until)]
    turns.sort(key=lambda one: (one.position, one.teller.order))
    events = {
        stored.position: event_of(stored)
        for stored in reading.at(conn, {turn.position for turn in turns})
        if not stored.erased
    }
    return [
        StoryChange(
            position=turn.position,
            claimant=turn.teller.claimant,
            publisher=turn.teller.publisher,
            how=how_of(event, ends_a_report=bool(turn.withdrawn)),
            event=event.id,
            by=event.claim.claimant,
            reason=reason_of(event),
            withdrawn=tuple(one.event for one in turn.withdrawn),
            restored=tuple(one.event for one in turn.restored),
            told=tuple(turn.figures),
        )
        for turn in turns
        if (event := events.get(turn.position)) is not None
    ]


def _turns(story: Sequence[_Told], until: int) -> Iterable[_Turn]:
    """One teller's changes: reports that no longer stand, or do again, and figures told anew."""
    at: dict[int, list[_Told]] = defaultdict(list)
    telling: dict[About, list[_Told]] = defaultdict(list)
    for one in sorted(story, key=lambda one: one.report.order):
        for position in one.turns(until):
            at[position].append(one)
        for about in one.report.told.figures:
            telling[about].append(one)
    figures: dict[About, Count] = {}
    ever: set[About] = set()
    for position in sorted(at):
        fallen = [one.report for one in at[position] if not one.stands(position)]
        risen = [one.report for one in at[position] if one.stands(position)]
        restored = [one for one in risen if one.position != position]
        touched = in_order({about for one in at[position] for about in one.report.told.figures})
        differing = []
        for about in touched:
            before, after = figures.pop(about, None), _last(about, telling[about], position)
            if after is not None:
                figures[about] = after
            if before != after:
                differing.append(_figure_change(about, before, after))
        if fallen or restored or ever.intersection(map(_about, differing)):
            yield _Turn(
                position, story[0].report.teller, _in_order(fallen), _in_order(restored), differing
            )
        ever.update(figures)


def _last(about: About, telling: Sequence[_Told], position: int) -> Count | None:
    """The figure of the last report that tells one and stands at the position."""
    standing = (one for one in reversed(telling) if one.stands(position))
    last = next(standing, None)
    return None if last is None else last.report.told.figures[about]


def _in_order(reports: list[Report]) -> list[Report]:
    return sorted(reports, key=lambda one: one.position)


def _figure_change(about: About, before: Count | None, after: Count | None) -> FigureChange:
    return FigureChange(
        actors=about.actors,
        measure=about.measure,
        scope=about.scope,
        before=before,
        after=after,
    )


def _about(change: FigureChange) -> About:
    return About(change.measure, change.scope, change.actors)
