"""One incident with its rival accounts side by side (DESIGN section 6, `incident`).

Its accounts are its live reports that the viewpoint admits, a page at a time. Curation events are reports
on reports, and no accounts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any

from sqlalchemy import (
    Select,
    Table,
    bindparam,
    case,
    func,
    select,
)

from domain.accounts import account_of
from domain.comparison import compared
from domain.incidents import (
    SHOWN,
    Account,
    HiddenAccounts,
    IncidentState,
    Method,
)
from domain.rival_accounts import current, ranges
from domain.totals import totals
from domain.viewpoint import NOT_ADMITTED, Viewpoint
from infrastructure.bulk import among_bound
from infrastructure.codec import event_of
from infrastructure.event_store import chain, reading
from infrastructure.questions.admission import (
    DAY,
    POSITION,
    Filters,
    filters_of,
    heard,
    left_out,
    live,
    values_of,
)
from infrastructure.questions.events import PAGE_BYTES
from infrastructure.questions.incident_list import reports_of, shown, summaries
from infrastructure.questions.snapshots import Snapshot
from infrastructure.questions.stories import stories
from infrastructure.schema.log import events as log
from infrastructure.schema.metadata import KEY, LONG
from infrastructure.schema.read_models import ReadModels

INCIDENT = bindparam("incident", type_=KEY)
AFTER = bindparam("after", type_=LONG)


class UnknownIncident(Exception):
    """Nothing that the log held at the position asked reports an incident of this id."""

    def __init__(self, incident: str) -> None:
        super().__init__(f"no event reports an incident {incident}")
        self.id = incident


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """An incident with some of its accounts. `next`: after which position there are more."""

    state: IncidentState
    next: int | None


def incident(
    snapshot: Snapshot,
    viewpoint: Viewpoint,
    incident_id: str,
    *,
    method: Method | None = None,
    after: int = 0,
    limit: int = 100,
) -> IncidentPage:
    """An incident with its accounts after a position, and all that follows from all of them.

    Raises UnknownIncident.
    """
    asked = values_of(viewpoint, incident=incident_id, after=after, most=limit + 1)
    filters = filters_of(viewpoint)
    groups = snapshot.conn.execute(_counted(snapshot.models, filters), asked).all()
    if not groups:
        raise UnknownIncident(incident_id)
    [summary] = summaries(snapshot, viewpoint, [incident_id])
    accounts, following = _accounts(snapshot, filters, asked)
    told = stories(snapshot, viewpoint, incident_id)
    claimed = ranges(told.reports)
    found = compared(current(told.reports), told.denials)
    state = IncidentState(
        summary=summary,
        accounts=accounts,
        ranges=claimed,
        agreements=tuple(found.agreements),
        agreement_count=found.agreement_count,
        contradictions=tuple(found.contradictions),
        contradiction_count=found.contradiction_count,
        changes=told.changes[-SHOWN:],
        change_count=len(told.changes),
        totals=None if method is None else totals(claimed, method),
        hidden=_hidden(groups),
        report_count=sum(group.reports for group in groups if group.reason != "without"),
        reports_read=told.read,
    )
    return IncidentPage(state, following)


@cache
def _counted(rm: ReadModels, filters: Filters) -> Select[Any]:
    """How many of an incident's known reports are live, have begun, and are left out for which reason."""
    rows = reports_of(rm)
    each = (
        select(
            case((live(rm, rows, filters), 1), else_=0).label("live"),
            case((rows.c.earliest <= DAY, 1), else_=0).label("begun"),
            left_out(rm, rows, filters).label("reason"),
        )
        .where(rows.c.incident == INCIDENT, rows.c.position <= POSITION)
        .subquery()
    )
    kinds = each.c.live, each.c.begun, each.c.reason
    return select(*kinds, func.count().label("reports")).group_by(*kinds)


def _hidden(groups: Sequence[Any]) -> HiddenAccounts:
    counted: Counter[str] = Counter()
    for group in groups:
        if group.reason == "without":
            continue
        if group.live and not group.begun:
            counted["later"] += group.reports
        elif group.live and group.reason is not None:
            name = "not-admitted" if group.reason in NOT_ADMITTED else group.reason
            counted[name] += group.reports
    return HiddenAccounts(
        counted["not-admitted"], counted["ungraded"], counted["below-grade"], counted["later"]
    )


def _accounts(
    snapshot: Snapshot, filters: Filters, asked: Mapping[str, Any]
) -> tuple[tuple[Account, ...], int | None]:
    """A page of the accounts, and the last position where there are more."""
    conn, rm = snapshot.conn, snapshot.models
    rows = conn.execute(_page(rm, filters), asked).all()
    page = _within_bytes(rows[: asked["most"] - 1])
    reacting = {**asked, "places": [row.place for row in page]}
    denied, borne_out = (
        _voices(conn.execute(_reactions(rm, filters, table), reacting).all())
        for table in (rm.denials, rm.corroborations)
    )
    place_of = {row.position: row.place for row in page}
    accounts = tuple(
        account_of(
            event_of(stored),
            stored.position,
            tuple(denied[place_of[stored.position]]),
            tuple(borne_out[place_of[stored.position]]),
        )
        for stored in reading.at(conn, place_of)
        if not stored.erased
    )
    return accounts, page[-1].position if len(page) < len(rows) else None


def _within_bytes(rows: Sequence[Any]) -> list[Any]:
    """As many as have no more than PAGE_BYTES of stored data together, and at least one."""
    sizes = accumulate(row.size or 0 for row in rows)
    fitting = sum(size <= PAGE_BYTES for size in sizes)
    return list(rows[: max(fitting, 1)])


@cache
def _page(rm: ReadModels, filters: Filters) -> Select[Any]:
    rows = reports_of(rm)
    return (
        select(rows.c.position, rows.c.place, func.length(log.c.data).label("size"))
        .join(log, log.c.position == rows.c.position)
        .where(rows.c.incident == INCIDENT, rows.c.position > AFTER, shown(rm, rows, filters))
        .order_by(rows.c.position)
        .limit(bindparam("most"))
    )


def _voices(rows: Sequence[Any]) -> dict[int, list[str | None]]:
    found: dict[int, list[str | None]] = defaultdict(list)
    for place, claimant in rows:
        found[place].append(claimant)
    return found


@cache
def _reactions(rm: ReadModels, filters: Filters, table: Table) -> Select[Any]:
    """The claimants of the live denials or corroborations of some places."""
    named = among_bound(table.c.place, "places"), heard(rm, table, filters)
    return select(table.c.place, table.c.claimant).where(*named).order_by(table.c.position)


def recorded_at(snapshot: Snapshot, positions: Iterable[int]) -> dict[int, str]:
    """When events were recorded, as RFC 3339 texts by position."""
    rows = snapshot.conn.execute(_RECORDED, {"positions": sorted(positions)})
    return {position: chain.rfc3339(recorded_us) for position, recorded_us in rows}


_RECORDED = select(log.c.position, log.c.recorded_at).where(
    among_bound(log.c.position, "positions")
)
