"""The alignment of pairs of actors, folded from the log (DESIGN sections 4 and 6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import combinations

from domain import policy
from domain.answers import SUPPORT_SHOWN, Evidence, PairAlignment
from domain.event import Recorded
from domain.fold.ledger import Ledger, Moved, Reading
from domain.fold.parts import sides
from domain.fold.standing import Group, Standing, standing
from domain.viewpoint import Viewpoint


def alignments(
    log: Iterable[Recorded], viewpoint: Viewpoint, actors: Iterable[str]
) -> list[PairAlignment]:
    """The alignment of every pair among the actors, ordered by both ids."""
    ledger = Ledger.of(log, viewpoint)
    return [pair_alignment(ledger, a, b) for a, b in combinations(sorted(set(actors)), 2)]


def pair_alignment(ledger: Ledger, a: str, b: str) -> PairAlignment:
    """The alignment of one unordered pair, a < b; each stands for its parts where they are included."""
    one, other = sides(ledger, a, b)
    certain = standing(ledger, one, other, Reading.CERTAIN)
    verdict = certain.verdict(one, other)
    possible = standing(ledger, one, other, Reading.POSSIBLE).verdict(one, other)
    agree = possible.alignment == verdict.alignment
    support = _support(certain, one, other)
    last, stale = _freshness(
        certain.deciding_sets(one, other), verdict.deciding, ledger.viewpoint.valid_at
    )
    return PairAlignment(
        actors=(a, b),
        alignment=verdict.alignment,
        cooperation=certain.cooperation(one, other),
        conflict=certain.conflict(one, other),
        neutral=bool(certain.open["neutral"]),
        directed={
            f"{a}>{b}": certain.directed(one, other),
            f"{b}>{a}": certain.directed(other, one),
        },
        commitments=tuple(commitment for commitment, _ in certain.committed),
        sanctions=certain.sanctions(),
        evidence=_evidence(ledger, support, (one, other)),
        disputed=any(_is_disputed(ledger, recorded) for recorded in support),
        certainty="certain" if agree else "uncertain",
        possible_alignment=None if agree else possible.alignment,
        last_evidence=None if last is None else last.isoformat(),
        stale_since=None if stale is None else stale.isoformat(),
        support=tuple(recorded.event.id for recorded in support[-SUPPORT_SHOWN:]),
        support_count=len(support),
    )


def _support(certain: Standing, a: Group, b: Group) -> list[Recorded]:
    """The deciding events, each once, by (earliest, place)."""
    deciding = certain.deciding_sets(a, b) + certain.deciding_pledges(a, b)
    by_event = {one.recorded.event.id: one for one in deciding}
    return [one.recorded for one in sorted(by_event.values(), key=lambda one: one.begin)]


def _evidence(ledger: Ledger, support: list[Recorded], pair: tuple[Group, Group]) -> Evidence:
    """On whose word; a claim by one of a group is a claim of the actor that stands for it."""
    if not support:
        return "none"
    claimants = {recorded.event.claim.claimant for recorded in support}
    if not any(claimants.isdisjoint(group) for group in pair):
        return "acknowledged-by-both"
    corroborations = [
        other for recorded in support for other in ledger.history.corroborations(recorded)
    ]
    voices = {recorded.event.claim.voice for recorded in support + corroborations}
    return "corroborated" if len(voices) >= 2 else "single-source"


def _is_disputed(ledger: Ledger, recorded: Recorded) -> bool:
    """Denied by somebody else than its claimant, whatever the viewpoint admits."""
    denials = ledger.history.denials(recorded)
    return any(denial.event.claim.claimant != recorded.event.claim.claimant for denial in denials)


def _freshness(sets: list[Moved], deciding: str, day: date) -> tuple[date | None, date | None]:
    """(last evidence, stale since); both None without deciding sets, stale None until that day."""
    if not sets:
        return None, None
    last = max(min(one.recorded.event.span.ended, day) for one in sets)
    level = max(one.effect.low for one in sets)
    horizon = (
        policy.STALE_AFTER_DAYS_NEUTRAL if deciding == "neutral" else policy.STALE_AFTER_DAYS[level]
    )
    stale = last.toordinal() + horizon
    return last, date.fromordinal(stale) if stale <= day.toordinal() else None
