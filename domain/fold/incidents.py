"""Incidents from the whole log: the slow and obvious reading that production answers are held against.

How a story changed is found by reading the log up to every position, one after another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from domain.accounts import account_of, how_of, is_own, reason_of
from domain.event import Event, Recorded
from domain.fields import Count
from domain.fold.rivalry import agreements, contradictions
from domain.history import History
from domain.incidents import (
    MOST_NAMED,
    MOST_READ,
    SHOWN,
    FigureChange,
    HiddenAccounts,
    IncidentFilter,
    IncidentState,
    IncidentSummary,
    Method,
    StoryChange,
    Teller,
)
from domain.rival_accounts import (
    Denial,
    Fate,
    Report,
    current,
    in_order,
    ranges,
)
from domain.telling import About, actors_in, told_by
from domain.totals import totals
from domain.viewpoint import NOT_ADMITTED, LeftOut, Viewpoint
from domain.vocabulary import CurationData


def incidents(
    log: Iterable[Recorded], viewpoint: Viewpoint, wanted: IncidentFilter
) -> list[IncidentSummary]:
    """The incidents of which the viewpoint admits an account, by id."""
    history = History.of(log, viewpoint.position, viewpoint.passes_over)
    named = {recorded.event.incident for recorded in history.records}
    found = []
    for incident_id in sorted(one for one in named if one is not None):
        accounts = _admitted(history, viewpoint, incident_id)
        if accounts and _wanted(wanted, [one.event for one in accounts]):
            found.append(_summary(incident_id, accounts))
    return found


def _wanted(wanted: IncidentFilter, events: list[Event]) -> bool:
    first, last = wanted.occurred_from or date.min, wanted.occurred_to or date.max
    return (
        (wanted.actor is None or any(wanted.actor in actors_in(one) for one in events))
        and (
            wanted.claimant is None or any(wanted.claimant == one.claim.claimant for one in events)
        )
        and any(one.span.ended >= first and one.span.earliest <= last for one in events)
    )


def incident(
    log: Sequence[Recorded], viewpoint: Viewpoint, incident_id: str, method: Method | None = None
) -> IncidentState | None:
    """An incident with all its accounts; None where nothing known reports it."""
    history = History.of(log, viewpoint.position, viewpoint.passes_over)
    if not any(_reports_of(one, incident_id) for one in history.records):
        return None
    known = _reports(history, incident_id)
    accounts = _admitted(history, viewpoint, incident_id)
    stories = _stories_told(history, viewpoint, incident_id)
    told = _as_of(history, stories)
    figures = current(told)
    claimed = ranges(told)
    agreed = list(agreements(figures))
    opposed = list(contradictions(figures, _denials(history, told)))
    changed = _changes(log, viewpoint, stories)
    return IncidentState(
        summary=_summary(incident_id, accounts),
        accounts=tuple(
            account_of(
                one.event,
                one.position,
                tuple(denial.event.claim.claimant for denial in history.denials(one)),
                tuple(other.event.claim.claimant for other in history.corroborations(one)),
            )
            for one in accounts
        ),
        ranges=claimed,
        agreements=tuple(agreed[:SHOWN]),
        agreement_count=len(agreed),
        contradictions=tuple(opposed[:SHOWN]),
        contradiction_count=len(opposed),
        changes=tuple(changed[-SHOWN:]),
        change_count=len(changed),
        totals=None if method is None else totals(claimed, method),
        hidden=_hidden(history, viewpoint, incident_id),
        report_count=len(known),
        reports_read=min(len(known), MOST_READ),
    )


def _reports(history: History, incident_id: str) -> list[Recorded]:
    """The reports of the incident, live or not, that the viewpoint leaves in the log."""
    return [
        one
        for one in history.records
        if _reports_of(one, incident_id) and not history.without(one.event)
    ]


def _reports_of(recorded: Recorded, incident_id: str) -> bool:
    """Whether an event reports the incident; reports on reports do not."""
    event = recorded.event
    return event.incident == incident_id and not isinstance(event.data, CurationData)


def _admitted(history: History, viewpoint: Viewpoint, incident_id: str) -> list[Recorded]:
    return [
        one
        for one in _reports(history, incident_id)
        if history.is_live(one)
        and one.event.span.earliest <= viewpoint.valid_at
        and _left_out(history, viewpoint, one) is None
    ]


def _left_out(history: History, viewpoint: Viewpoint, one: Recorded) -> LeftOut | None:
    denied = viewpoint.according_to is not None and any(
        denial.event.claim.claimant == viewpoint.according_to for denial in history.denials(one)
    )
    return viewpoint.leaves_out(one.event.claim, alleged=False, denied=denied)


def _hidden(history: History, viewpoint: Viewpoint, incident_id: str) -> HiddenAccounts:
    counted: Counter[str] = Counter()
    for one in filter(history.is_live, _reports(history, incident_id)):
        reason = _left_out(history, viewpoint, one)
        if one.event.span.earliest > viewpoint.valid_at:
            counted["later"] += 1
        elif reason is not None:
            counted["not-admitted" if reason in NOT_ADMITTED else reason] += 1
    return HiddenAccounts(
        counted["not-admitted"], counted["ungraded"], counted["below-grade"], counted["later"]
    )


def _summary(incident_id: str, accounts: list[Recorded]) -> IncidentSummary:
    events = [one.event for one in accounts]
    claimants = {one.claim.claimant for one in events}
    return IncidentSummary(
        id=incident_id,
        first_day=min((one.span.earliest.isoformat() for one in events), default=None),
        last_day=max((one.span.ended.isoformat() for one in events), default=None),
        places=tuple(dict.fromkeys(one.place for one in events if one.place))[:MOST_NAMED],
        actors=tuple(sorted({actor for one in events for actor in actors_in(one)})[:MOST_NAMED]),
        claimants=tuple(sorted(one for one in claimants if one is not None)[:MOST_NAMED]),
        account_count=len(accounts),
    )


def _stories_told(history: History, viewpoint: Viewpoint, incident_id: str) -> list[Recorded]:
    """The reports that make the tellers' stories: all that are admitted, ended and self-denied ones too.

    A teller's denial of its own report ends its standing, and is not a reason to overlook the report.
    """
    told = []
    for one in _reports(history, incident_id):
        claim = one.event.claim
        rival = viewpoint.according_to is not None and any(
            denial.event.claim.claimant == viewpoint.according_to
            and not is_own(denial.event.claim, claim)
            for denial in history.denials(one)
        )
        begun = one.event.span.earliest <= viewpoint.valid_at
        if begun and viewpoint.leaves_out(claim, alleged=False, denied=rival) is None:
            told.append(one)
    return told


def _as_of(history: History, told: list[Recorded]) -> list[Report]:
    """The reports of some stories as a history has them, which may be an earlier one."""
    return [
        Report(
            event=one.event.id,
            position=one.position,
            place=history.place[one.event.id],
            teller=Teller.of(one.event.claim),
            publisher=one.event.claim.publisher,
            voice=one.event.claim.voice,
            acknowledges=one.event.claim.modality == "acknowledged",
            told=told_by(one.event.data),
            fate=_fate(history, one),
        )
        for one in told
        if one.position <= history.position
    ]


def _fate(history: History, one: Recorded) -> Fate | None:
    ending = history.ended.get(one.event.id)
    if ending is not None:
        return Fate("corrected" if ending[0] == "superseded" else "retracted", ending[1])
    own = [denial for denial in history.denials(one) if is_own(denial.event.claim, one.event.claim)]
    return Fate("denied", own[0].event.id) if own else None


def _denials(history: History, told: list[Report]) -> list[Denial]:
    """The live denials of standing reports by other tellers."""
    reports = {one.event: one for one in told if one.fate is None}
    return [
        Denial(
            Teller.of(denial.event.claim),
            denial.event.claim.publisher,
            denial.event.id,
            denial.position,
            reports[one.event.id],
        )
        for one in history.records
        if one.event.id in reports
        for denial in history.denials(one)
    ]


Story = tuple[dict[str, int], dict[About, Count]]
"""The positions of a teller's standing reports by event, and its figures."""


def _changes(
    log: Sequence[Recorded], viewpoint: Viewpoint, told: list[Recorded]
) -> list[StoryChange]:
    """Every position after which a teller stood by other reports, or gave another figure than ever before."""
    changes: list[StoryChange] = []
    before: dict[Teller, Story] = {}
    ever: set[tuple[Teller, About]] = set()
    for recorded in log:
        if recorded.position > viewpoint.position:
            break
        after = _stories(_as_of(History.of(log, recorded.position, viewpoint.passes_over), told))
        for teller in sorted({*before, *after}, key=lambda one: one.order):
            change = _change(
                recorded, teller, before.get(teller, ({}, {})), after.get(teller, ({}, {})), ever
            )
            changes += [change] if change else []
        ever |= {(teller, about) for teller, (_, figures) in after.items() for about in figures}
        before = after
    return changes


def _stories(told: list[Report]) -> dict[Teller, Story]:
    stories: dict[Teller, Story] = {}
    for report in told:
        if report.fate is None:
            stories.setdefault(report.teller, ({}, {}))[0][report.event] = report.position
    for about, tellers in current(told).items():
        for teller, report in tellers.items():
            stories[teller][1][about] = report.told.figures[about]
    return stories


def _change(
    at: Recorded,
    teller: Teller,
    before: Story,
    after: Story,
    ever: set[tuple[Teller, About]],
) -> StoryChange | None:
    withdrawn = sorted(before[0].keys() - after[0].keys(), key=lambda one: before[0][one])
    new = after[0].keys() - before[0].keys() - {at.event.id}
    restored = sorted(new, key=lambda one: after[0][one])
    differing = [
        about
        for about in in_order({*before[1], *after[1]})
        if before[1].get(about) != after[1].get(about)
    ]
    if not (withdrawn or restored or any((teller, about) in ever for about in differing)):
        return None
    return StoryChange(
        position=at.position,
        claimant=teller.claimant,
        publisher=teller.publisher,
        how=how_of(at.event, ends_a_report=bool(withdrawn)),
        event=at.event.id,
        by=at.event.claim.claimant,
        reason=reason_of(at.event),
        withdrawn=tuple(withdrawn),
        restored=tuple(restored),
        told=tuple(
            FigureChange(
                actors=about.actors,
                measure=about.measure,
                scope=about.scope,
                before=before[1].get(about),
                after=after[1].get(about),
            )
            for about in differing
        ),
    )
