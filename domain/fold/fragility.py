"""How few origins an alignment hangs on, by folding the log afresh without every set of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations

from domain.effects import effects_of
from domain.event import Recorded
from domain.fold.alignment import pair_alignment
from domain.fold.explanation import touching
from domain.fold.ledger import Ledger
from domain.policy import Alignment
from domain.viewpoint import Viewpoint, Without
from domain.vocabulary import ReportDenied


def fragility(
    log: Iterable[Recorded], viewpoint: Viewpoint, a: str, b: str
) -> tuple[int, int | None]:
    """How many origins bear on the pair, and the fewest without which its alignment is another, if any."""
    records = list(log)
    origins = sorted({one.event.claim.voice for one in bearing(records, viewpoint, a, b)})
    now = alignment(records, viewpoint, a, b)
    for fewest in range(1, len(origins) + 1):
        for some in combinations(origins, fewest):
            events = [one for one in records if one.event.claim.voice in some]
            if alignment(records, viewpoint, a, b, without=events) != now:
                return len(origins), fewest
    return len(origins), None


def alignment(
    records: list[Recorded], viewpoint: Viewpoint, a: str, b: str, without: Iterable[Recorded] = ()
) -> Alignment:
    """How the two are aligned as if some events had never been recorded."""
    more = {Without("event", one.event.id) for one in without}
    asked = replace(viewpoint, without=tuple(sorted({*viewpoint.without, *more})))
    return pair_alignment(Ledger.of(records, asked), a, b).alignment


def bearing(records: list[Recorded], viewpoint: Viewpoint, a: str, b: str) -> list[Recorded]:
    """The events that may bear on a pair: by an effect, by ending one that does, or by denying it.

    Whether an effect counts at the position is left open. Denials bear on it where an account is
    asked for: those by its actor.
    """
    ledger = Ledger.of(records, viewpoint)
    left = [one for one in ledger.history.records if not viewpoint.passes_over(one.event)]
    found = [one for one in left if _moves(ledger, one, a, b)]
    places = {ledger.history.place[one.event.id] for one in found}
    found += [one for one in left if _denies(ledger, one, places)]
    ended_by = {ledger.history.ended.get(one.event.id, (None, None))[1] for one in found}
    return found + [one for one in left if one.event.id in ended_by and one not in found]


def _moves(ledger: Ledger, recorded: Recorded, a: str, b: str) -> bool:
    """Whether an effect on the pair's lines, that the viewpoint would admit, has taken hold."""
    span, claim, viewpoint = recorded.event.span, recorded.event.claim, ledger.viewpoint
    touches = touching(ledger, a, b)
    return any(
        touches(effect)
        and viewpoint.leaves_out(claim, alleged=effect.alleged, denied=False) is None
        and (span.latest if effect.move == "set" else span.earliest) <= viewpoint.valid_at
        for effect in effects_of(recorded.event.data)
    )


def _denies(ledger: Ledger, recorded: Recorded, places: set[int]) -> bool:
    data, by = recorded.event.data, ledger.viewpoint.according_to
    return (
        isinstance(data, ReportDenied)
        and by is not None
        and recorded.event.claim.claimant == by
        and ledger.history.place[data.event] in places
    )
