"""What the read models tell of a dataset's claims: which there are, and what ended them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import select

from infrastructure.bulk import among
from infrastructure.database import Database
from infrastructure.importing.ids import claims_of, is_claim_of
from infrastructure.importing.records import Dataset
from infrastructure.live_models import live_models


def claimed(database: Database, dataset: Dataset, size: int) -> Iterator[dict[str, str | None]]:
    """All claims that imports of a dataset made, each with what ended it, in pieces of `size`."""
    after, before = claims_of(dataset.name)
    while True:
        with database.read() as conn:
            models, _ = live_models(conn)
            reports = models.reports
            found = conn.execute(
                select(reports.c.event_id, reports.c.ended_by)
                .where(reports.c.event_id > after, reports.c.event_id < before)
                .order_by(reports.c.event_id)
                .limit(size)
            ).all()
        if not found:
            return
        after = found[-1].event_id
        yield {
            row.event_id: row.ended_by for row in found if is_claim_of(dataset.name, row.event_id)
        }


class Ended(NamedTuple):
    """How an event ended: by the last of its corrections, or a retraction of one of them."""

    by: str
    retracted: bool


def ends(database: Database, events: Iterable[str]) -> dict[str, Ended]:
    """How those of the events ended that something ended."""
    last: dict[str, Ended] = {}
    looked = {event: event for event in events}
    while looked:
        found = _ends(database, looked)
        last |= {looked[event]: ended for event, ended in found.items()}
        looked = {ended.by: looked[event] for event, ended in found.items()}
    return last


def _ends(database: Database, events: Iterable[str]) -> dict[str, Ended]:
    with database.read() as conn:
        models, _ = live_models(conn)
        reports = models.reports
        told = select(reports.c.event_id, reports.c.ended_by, reports.c.ended_how).where(
            among(reports.c.event_id, events), reports.c.ended_by.is_not(None)
        )
        return {
            row.event_id: Ended(row.ended_by, row.ended_how == "retracted")
            for row in conn.execute(told)
        }
