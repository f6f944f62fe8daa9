"""One report of an incident as it is shown among the accounts, and how a report changes a story."""

from __future__ import annotations

from domain.claims import Claim
from domain.event import Event
from domain.incidents import Account, How, Losses, SideOutcome, Teller
from domain.telling import LOSSES, About, Told, told_by
from domain.vocabulary import EquipmentSeized, ReportDenied, ReportRetracted


def account_of(
    event: Event,
    position: int,
    denied_by: tuple[str | None, ...],
    corroborated_by: tuple[str | None, ...],
) -> Account:
    """The account that a report gives. The last two: claimants of live denials and corroborations."""
    claim, told = event.claim, told_by(event.data)
    civilians = told.figures.get(About("civilians_killed", "incident", ()))
    words = {about: count.text for about, count in told.figures.items() if count.text}
    causes = [text for about, text in words.items() if about.measure == "cause"]
    return Account(
        claimant=claim.claimant,
        publisher=claim.publisher,
        origin=claim.origin,
        event=event.id,
        type=event.type,
        occurred=event.occurred,
        reported_on=claim.reported_on,
        position=position,
        modality=claim.modality,
        grade=grade_of(claim),
        place=event.place,
        losses=_losses(told, claim),
        civilians_killed=civilians,
        sides=told.sides,
        outcome=tuple(
            SideOutcome(about.actors, text)
            for about, text in words.items()
            if about.measure == "outcome"
        ),
        cause=causes[0] if causes else None,
        items=event.data.items if isinstance(event.data, EquipmentSeized) else (),
        denied_by=denied_by,
        corroborated_by=corroborated_by,
    )


def grade_of(claim: Claim) -> str | None:
    """The Admiralty grade, such as C3; a missing half is a dash."""
    if claim.reliability is None and claim.credibility is None:
        return None
    return f"{claim.reliability or '-'}{claim.credibility or '-'}"


def _losses(told: Told, claim: Claim) -> tuple[Losses, ...]:
    """One entry a side of which something is told, in the order of the report."""
    sides = dict.fromkeys(about.actors for about in told.figures if about.measure in LOSSES)
    shown = []
    for side in sides:
        of_side = {
            about.measure: count
            for about, count in told.figures.items()
            if about.actors == side and about.measure in LOSSES
        }
        shown.append(
            Losses(
                actors=side,
                killed=of_side.get("killed"),
                wounded=of_side.get("wounded"),
                captured=of_side.get("captured"),
                missing=of_side.get("missing"),
                acknowledged=claim.modality == "acknowledged" or claim.claimant in side,
            )
        )
    return tuple(shown)


def how_of(event: Event, *, ends_a_report: bool) -> How:
    """By what an event changed a story. `ends_a_report`: it retracts a report, and not a denial."""
    if isinstance(event.data, ReportRetracted):
        return "retracted" if ends_a_report else "denial-withdrawn"
    if event.supersedes is not None:
        return "corrected"
    return "denied" if isinstance(event.data, ReportDenied) else "restated"


def reason_of(event: Event) -> str | None:
    """The reason that a correction or a retraction gives."""
    return event.data.reason if isinstance(event.data, ReportRetracted) else event.reason


def is_own(denial: Claim, report: Claim) -> bool:
    """Whether a denial is the report's own teller's, who then stands by it no more."""
    return Teller.of(denial) == Teller.of(report)
