"""Short ways to write events, logs and viewpoints in tests.

A test names an event by a word ("coup"); its id is `uid("coup")`. Positions count from 1.
"""

import json
import os
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from domain.claims import Claim
from domain.event import Event, Recorded
from domain.vocabulary import (
    ActorRegistered,
    AllianceFormed,
    EventData,
    ReportCorroborated,
    ReportDenied,
    ReportRetracted,
)
from domain.vocabulary.alliances import Obligation
from domain.walk import hints_of

ROOT = Path(__file__).resolve().parent.parent
CASE = "tinzaouatene.json"

_NAMESPACE = UUID("5b0f3f6c-5c5c-4c5e-9d6a-0f6d6f656475")
_FIRST_RECORDED = datetime(2026, 1, 1, tzinfo=UTC)
_CLAIM_FIELDS = frozenset(name for name, _ in hints_of(Claim))


def uid(name: str) -> str:
    """The event id that a test's word stands for."""
    return str(uuid5(_NAMESPACE, name))


def event(
    data: EventData, occurred: str = "2020-01-01", *, called: str = "", **fields: Any
) -> Event:
    """An event; `called` gives its id, `corrects` names the event it supersedes, and
    the claim's fields (claimant, modality, publisher, …) stand beside the envelope's.
    """
    claim = {name: fields.pop(name) for name in list(fields) if name in _CLAIM_FIELDS}
    corrected = fields.pop("corrects", None)
    if corrected is not None:
        fields |= {"supersedes": uid(corrected), "reason": "a better source"}
    name = called or f"{data!r} {occurred} {claim} {fields}"
    return Event(id=uid(name), occurred=occurred, data=data, claim=Claim(**claim), **fields)


def registered(actor: str, occurred: str = "1900", **fields: Any) -> Event:
    """A state enters under its id, which is also its name unless `name` is given."""
    data = ActorRegistered(actor=actor, kind="state", name=fields.pop("name", actor))
    return event(data, occurred, **{"called": f"registration of {actor}"} | fields)


def formed(
    alliance: str,
    members: tuple[str, ...],
    obligations: tuple[Obligation, ...] = ("defence",),
    occurred: str = "2020-01-01",
    **fields: Any,
) -> Event:
    """Members form an alliance with these obligations."""
    name = fields.pop("name", None)
    data = AllianceFormed(alliance=alliance, members=members, obligations=obligations, name=name)
    return event(data, occurred, **{"called": f"formation of {alliance}"} | fields)


def retracted(target: str, **fields: Any) -> Event:
    """A retraction of the event called `target`; by the recorder unless a claimant is given."""
    data = ReportRetracted(event=uid(target), reason="withdrawn")
    return event(data, **{"called": f"retraction of {target}"} | fields)


def denied(target: str, claimant: str | None, **fields: Any) -> Event:
    """A denial of the event called `target`."""
    data = ReportDenied(event=uid(target))
    name = f"denial of {target} by {claimant}"
    return event(data, claimant=claimant, **{"called": name} | fields)


def corroborated(target: str, claimant: str | None = None, **fields: Any) -> Event:
    """A corroboration of the event called `target`."""
    data = ReportCorroborated(event=uid(target))
    name = f"corroboration of {target} by {claimant}"
    return event(data, claimant=claimant, **{"called": name} | fields)


def log(*events: Event) -> list[Recorded]:
    """The events as recorded at positions 1, 2, …, a minute apart."""
    return [
        Recorded(position=n, recorded_at=_FIRST_RECORDED + timedelta(minutes=n), event=one)
        for n, one in enumerate(events, start=1)
    ]


def day(text: str) -> date:
    """A day, `YYYY-MM-DD`."""
    return date.fromisoformat(text)


@cache
def worked_case() -> dict[str, Any]:
    """The Tinzaouatene case: its events as a client posts them, and its questions with answers."""
    shipped = ROOT / "api" / "example" / CASE
    shared = Path(os.environ.get("FOEDUS_SHARED", ROOT.parent / "shared")) / "cases" / CASE
    found = shipped if shipped.exists() else shared
    case: dict[str, Any] = json.loads(found.read_text(encoding="utf-8"))
    return case


def names(ids: Iterable[str], *among: str) -> list[str]:
    """The words that these event ids stand for, in their order."""
    words = {uid(word): word for word in among}
    return [words.get(one, one) for one in ids]
