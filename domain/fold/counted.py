"""Events that count whatever the viewpoint's filters, which are for claims about relations (section 5)."""

from __future__ import annotations

from domain.event import Event, Recorded
from domain.fold.ledger import Ledger
from domain.policy import UNCOUNTED_MODALITIES


def counts(event: Event) -> bool:
    """Whether a registration, a name, a succession or a judgement counts: not if denied or planned."""
    return event.claim.modality not in UNCOUNTED_MODALITIES


def counting(ledger: Ledger) -> list[Recorded]:
    """The live events that always count, by (earliest, place)."""
    live = [recorded for recorded in ledger.whole.live() if counts(recorded.event)]
    return sorted(
        live, key=lambda one: (one.event.span.earliest, ledger.history.place[one.event.id])
    )
