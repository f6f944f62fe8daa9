"""Why a pair is aligned as it is: every event that touches it, so that the fold can be redone by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import cast

from domain.answers import (
    ALLEGED_SHOWN,
    AllegedAlignment,
    CloseState,
    EvidenceItem,
    ExplainedEffect,
    Explanation,
    Hidden,
    SetState,
)
from domain.effects import ANY, Effect, effects_of
from domain.event import Recorded
from domain.fold.alignment import pair_alignment
from domain.fold.ledger import Ledger, Moved, Reading, left_out
from domain.fold.lineage import lineage
from domain.fold.parts import parts_alignment, sides
from domain.fold.standing import PAIR_KINDS, Group
from domain.viewpoint import NOT_ADMITTED, Viewpoint


def explain(log: Iterable[Recorded], viewpoint: Viewpoint, a: str, b: str) -> Explanation:
    """The pair's alignment with its evidence, what else would change it, and what is hidden."""
    records = list(log)
    ledger = Ledger.of(records, viewpoint)
    items = _evidence_list(ledger, a, b)
    alleging = Ledger.of(records, replace(viewpoint, alleged=True))
    in_parts = Ledger.of(records, replace(viewpoint, parts=True))
    return Explanation(
        alignment=pair_alignment(ledger, a, b),
        evidence_list=items,
        alleged=AllegedAlignment(
            pair_alignment(alleging, a, b).alignment,
            tuple(
                item.event
                for item in _evidence_list(alleging, a, b)
                if _only_alleged(ledger, item, a, b)
            )[-ALLEGED_SHOWN:],
        ),
        parts=parts_alignment(ledger, pair_alignment(in_parts, a, b).alignment, a, b),
        lineage=lineage(ledger, a, b),
        hidden=_hidden(ledger, items),
    )


def _evidence_list(ledger: Ledger, a: str, b: str) -> tuple[EvidenceItem, ...]:
    """Every event up to the position with an effect on the pair's lines, by position."""
    groups = sides(ledger, a, b)
    shared = _shared_alliances(ledger, groups)
    items = []
    for recorded in ledger.history.records:
        effects = [one for one in effects_of(recorded.event.data) if _touches(one, groups, shared)]
        if effects:
            items.append(_item(ledger, recorded, effects, groups, (a, b)))
    return tuple(items)


def touching(ledger: Ledger, a: str, b: str) -> Callable[[Effect], bool]:
    """Whether an effect is on the pair's lines, those of alliances that both were ever in among them."""
    groups = sides(ledger, a, b)
    shared = _shared_alliances(ledger, groups)
    return lambda effect: _touches(effect, groups, shared)


def _shared_alliances(ledger: Ledger, groups: tuple[Group, Group]) -> frozenset[str]:
    """The alliances in which anybody ever put one of each group, admitted or not."""
    put = [
        effect.line
        for recorded in ledger.history.records
        for effect in effects_of(recorded.event.data)
        if effect.move == "set" and effect.line.kind == "membership"
    ]
    ours, theirs = ({line.source for line in put if line.target in group} for group in groups)
    return frozenset(ours & theirs)


def _touches(effect: Effect, groups: tuple[Group, Group], shared: frozenset[str]) -> bool:
    line = effect.line
    if line.kind in PAIR_KINDS:
        one, other = (group | {ANY} for group in groups)
        return (line.source in one and line.target in other) or (
            line.source in other and line.target in one
        )
    if line.kind == "membership":
        return line.target in groups[0] | groups[1] | {ANY} and (
            line.source in shared or (line.source == ANY and bool(shared))
        )
    return line.kind == "obligation" and line.source in shared


def _via(effects: list[Effect], groups: tuple[Group, Group], pair: tuple[str, str]) -> list[str]:
    """The actors other than the pair whose lines the effects move, by id."""
    ends = {
        end
        for effect in effects
        for end in (effect.line.source, effect.line.target)
        if effect.line.kind in PAIR_KINDS
    }
    members = {effect.line.target for effect in effects if effect.line.kind == "membership"}
    return sorted((ends | members) & (groups[0] | groups[1]) - set(pair))


def _item(
    ledger: Ledger,
    recorded: Recorded,
    effects: list[Effect],
    groups: tuple[Group, Group],
    pair: tuple[str, str],
) -> EvidenceItem:
    event, history, claim = recorded.event, ledger.history, recorded.event.claim
    ending = history.ended.get(event.id)
    reasons = [left_out(history, ledger.viewpoint, recorded, effect) for effect in effects]
    admitted = ending is None and None in reasons
    explained = zip(effects, reasons, strict=True)
    return EvidenceItem(
        event=event.id,
        type=event.type,
        position=recorded.position,
        place=history.place[event.id],
        occurred=event.occurred,
        earliest=event.span.earliest.isoformat(),
        latest=event.span.latest.isoformat(),
        ended=event.span.ended.isoformat(),
        claimant=claim.claimant,
        publisher=claim.publisher,
        modality=claim.modality,
        reliability=claim.reliability,
        credibility=claim.credibility,
        origin=claim.origin,
        admitted=admitted,
        reason=None if admitted else ending[0] if ending else reasons[0],
        ended_by=ending[1] if ending else None,
        denied_by=tuple(denial.event.claim.claimant for denial in history.denials(recorded)),
        corroborated_by=tuple(
            other.event.claim.claimant for other in history.corroborations(recorded)
        ),
        via=tuple(_via(effects, groups, pair)),
        effects=tuple(
            _effect(ledger, recorded, one, admitted=ending is None and why is None)
            for one, why in explained
        ),
    )


def _effect(
    ledger: Ledger, recorded: Recorded, effect: Effect, *, admitted: bool
) -> ExplainedEffect:
    moved = Moved(recorded, ledger.history.place[recorded.event.id], effect)
    state: SetState | CloseState = "left-out"
    if admitted:
        state = _set_state(ledger, moved) if effect.move == "set" else _close_state(ledger, moved)
    closer = _closer(ledger, moved) if admitted and effect.move == "set" else None
    return ExplainedEffect(
        rule=effect.rule,
        move=effect.move,
        line=effect.line.kind,
        source=effect.line.source,
        target=effect.line.target,
        programme=effect.line.programme,
        low=effect.low,
        high=effect.high,
        rank=effect.rank,
        alleged=effect.alleged,
        state=state,
        closed_by=closer.recorded.event.id if closer else None,
    )


def _set_state(ledger: Ledger, moved: Moved) -> SetState:
    if not moved.has_begun(Reading.POSSIBLE, ledger.viewpoint.valid_at):
        return "not-begun"
    if ledger.is_open(moved, Reading.CERTAIN):
        return "open"
    return "possible" if ledger.is_open(moved, Reading.POSSIBLE) else "closed"


def _close_state(ledger: Ledger, moved: Moved) -> CloseState:
    span, day = moved.recorded.event.span, ledger.viewpoint.valid_at
    if span.earliest > day:
        return "not-begun"
    return "acting" if span.latest <= day else "possibly-acting"


def _closer(ledger: Ledger, moved: Moved) -> Moved | None:
    """The first close, by (latest, rank, place), that closes a begun set in the certain reading."""
    day = ledger.viewpoint.valid_at
    if not moved.has_begun(Reading.POSSIBLE, day):
        return None
    closers = [
        one for one in ledger.closes if one.covers(moved) and one.shuts(moved, Reading.CERTAIN, day)
    ]
    order = {
        id(one): (one.recorded.event.span.latest, one.effect.rank, one.place) for one in closers
    }
    return min(closers, key=lambda one: order[id(one)], default=None)


def _only_alleged(ledger: Ledger, item: EvidenceItem, a: str, b: str) -> bool:
    """Whether the plain viewpoint leaves out an effect on the pair that allegations bring in."""
    if not item.admitted or ledger.viewpoint.alleged:
        return False
    plain = next(one for one in _evidence_list(ledger, a, b) if one.event == item.event)
    pairs = zip(plain.effects, item.effects, strict=True)
    return any(before.state == "left-out" and after.state != "left-out" for before, after in pairs)


def _hidden(ledger: Ledger, items: tuple[EvidenceItem, ...]) -> Hidden:
    """Live events begun by the day of which the viewpoint admits nothing, by first reason."""
    day = ledger.viewpoint.valid_at.isoformat()
    counted = Counter(
        "not-admitted" if item.reason in NOT_ADMITTED else cast(str, item.reason)
        for item in items
        if not item.admitted and item.ended_by is None and item.earliest <= day
    )
    return Hidden(counted["not-admitted"], counted["ungraded"], counted["below-grade"])
