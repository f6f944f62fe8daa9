"""What an event of the log says, as a replay takes it."""

from __future__ import annotations

from domain.event import Event
from domain.vocabulary import ActorsJudged
from infrastructure.audit.results import Unreadable
from infrastructure.codec import StoredForm, decode
from infrastructure.event_store.bodies import Body


def said(body: Body) -> Event | None:
    """The event; None of another application or erased. Raises Unreadable."""
    if not body.id or body.salt is None:
        return None
    try:
        return decode(body.id, StoredForm(body.type, body.schema_version, body.data or b""))
    except (KeyError, ValueError) as error:
        raise Unreadable(body.position, error) from error


def nothing(body: Body) -> Event:
    """An erased event, which keeps its id and its place, and says nothing."""
    return Event(id=body.id or "", occurred="0001", data=_NOTHING)


_NOTHING = ActorsJudged(actors=("", ""), judgement="unsure")
"""A judgement moves no line."""
