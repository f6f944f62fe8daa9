"""The answers about incidents: rival accounts side by side (DESIGN section 6, `incident`).

A *teller* is who gives an account: a claimant, or, where the recorder reports itself, the publisher that
carried it. Two publishers are two tellers; one claimant is one, whoever published it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from domain.claims import Claim
from domain.event import Place
from domain.fields import Count
from domain.telling import Measure, Scope
from domain.vocabulary.forces import SeizedItem

Became = Literal["restated", "corrected", "retracted", "denied"]
"""Why a figure is its teller's no more: a later report, a correction, a retraction, or its own denial."""

How = Literal["restated", "corrected", "retracted", "denied", "denial-withdrawn"]
"""By what a teller's story changed."""

Kind = Literal["figures", "outcome", "cause", "presence", "denial"]
"""What two tellers contradict each other in.

`presence`: an actor that a report puts on a side denies the report; `denial`: anybody else, or
anything else, does.
"""

Method = Literal["lowest", "highest", "median", "acknowledged-or-lowest"]
"""How one of the rival figures of a victim side is chosen for a total."""

Unadded = Literal["no-number", "part", "overlap"]
"""Why a victim side is not in a total: nobody gives a number, it is part of another toll, or an
actor of it is counted already."""

SHOWN = 1_000
"""So many agreements, contradictions and changes are listed at most; they are counted in full."""

MOST_READ = 1_000
"""The newest so many reports are compared; `accounts` has them all, page by page."""

MOST_NAMED = 100
"""So many places, actors and claimants of an incident are named at most."""


class Teller(NamedTuple):
    """Who gives an account. The publisher counts only where there is no claimant."""

    claimant: str | None
    publisher: str | None

    @classmethod
    def of(cls, claim: Claim) -> Teller:
        """The teller of a claim."""
        return cls(claim.claimant, None if claim.claimant else claim.publisher)

    @property
    def order(self) -> tuple[bool, str, str]:
        """Claimants by id, then publishers by name."""
        return (self.claimant is None, self.claimant or "", self.publisher or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFilter:
    """Which incidents are listed: those with an admitted account of each kind asked for."""

    actor: str | None = None
    claimant: str | None = None
    occurred_from: date | None = None
    occurred_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentSummary:
    """An incident as the viewpoint's accounts have it; days None and lists empty where it has none.

    `first_day` is the first day on which an account lets it begin, `last_day` the last of all. Places are
    in the order of their first mention, ids sorted, at most MOST_NAMED of each.
    """

    id: str
    first_day: str | None
    last_day: str | None
    places: tuple[Place, ...]
    actors: tuple[str, ...]
    claimants: tuple[str, ...]
    account_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """What one side lost, as its account gives it."""

    actors: tuple[str, ...]
    killed: Count | None
    wounded: Count | None
    captured: Count | None
    missing: Count | None
    acknowledged: bool


@dataclass(frozen=True, slots=True)
class SideOutcome:
    """How it ended for a side, in the account's words."""

    actors: tuple[str, ...]
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One live, admitted report of an incident.

    `grade` is the Admiralty grade, such as C3, with a dash for a missing half.
    """

    claimant: str | None
    publisher: str | None
    origin: str | None
    event: str
    type: str
    occurred: str
    reported_on: str | None
    position: int
    modality: str
    grade: str | None
    place: Place | None
    losses: tuple[Losses, ...]
    civilians_killed: Count | None
    sides: tuple[tuple[str, ...], ...]
    outcome: tuple[SideOutcome, ...]
    cause: str | None
    items: tuple[SeizedItem, ...]
    denied_by: tuple[str | None, ...]
    corroborated_by: tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """An earlier figure of a teller, and which event made it so that it is no more."""

    event: str
    position: int
    low: int | None
    best: int | None
    high: int | None
    text: str | None
    acknowledged: bool
    became: Became
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedFigure:
    """A teller's figure with the report that it comes from; all None where none stands any more."""

    claimant: str | None
    publisher: str | None
    event: str | None
    position: int | None
    low: int | None
    best: int | None
    high: int | None
    text: str | None
    acknowledged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed(ClaimedFigure):
    """A teller's figure, and those that it gave before, in the order in which they were told."""

    revisions: tuple[Revision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRange:
    """All that is told about one victim side and measure, teller by teller."""

    actors: tuple[str, ...]
    measure: Measure
    scope: Scope
    claimed_by: tuple[Claimed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Two tellers whose ranges overlap. `independent`: their reports have different origins."""

    actors: tuple[str, ...]
    measure: Measure
    scope: Scope
    claims: tuple[ClaimedFigure, ClaimedFigure]
    independent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Opposed(ClaimedFigure):
    """One of two claims that contradict each other, and about whom it is."""

    actors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Two tellers that cannot both be right; of a denial, the second is who denies.

    `measure` and `scope` are None for `presence` and `denial`.
    """

    kind: Kind
    measure: Measure | None
    scope: Scope | None
    claims: tuple[Opposed, Opposed]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureChange:
    """A figure of a teller before and after a change of its story; None: it gave none."""

    actors: tuple[str, ...]
    measure: Measure
    scope: Scope
    before: Count | None
    after: Count | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryChange:
    """A position at which a teller's story became another, and by which event.

    `by`: the claimant of that event, None for the recorder. `withdrawn` and `restored`: its reports that no
    longer stand from there on, and those that do again.
    """

    position: int
    claimant: str | None
    publisher: str | None
    how: How
    event: str
    by: str | None
    reason: str | None
    withdrawn: tuple[str, ...]
    restored: tuple[str, ...]
    told: tuple[FigureChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The figure that stands for a victim side in a total, and the number of it that was added."""

    actors: tuple[str, ...]
    number: int
    claim: ClaimedFigure


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAdded:
    """A victim side that a total leaves out, and why."""

    actors: tuple[str, ...]
    scope: Scope
    reason: Unadded


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """One measure added up over victim sides; None where no side has a number."""

    measure: Measure
    total: int | None
    parts: tuple[Part, ...]
    not_added: tuple[NotAdded, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Totals over the victim sides, by a method that was asked for."""

    method: Method
    measures: tuple[Total, ...]


@dataclass(frozen=True, slots=True)
class HiddenAccounts:
    """Live reports that are left out, each by its first reason; `later`: they begin after the day asked."""

    not_admitted: int
    ungraded: int
    below_grade: int
    later: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentState:
    """An incident with its rival accounts.

    `reports_read` of the `report_count` reports known, live or not and admitted or not, went into
    everything from `ranges` on: the newest.
    """

    summary: IncidentSummary
    accounts: tuple[Account, ...]
    ranges: tuple[FigureRange, ...]
    agreements: tuple[Agreement, ...]
    agreement_count: int
    contradictions: tuple[Contradiction, ...]
    contradiction_count: int
    changes: tuple[StoryChange, ...]
    change_count: int
    totals: Totals | None
    hidden: HiddenAccounts
    report_count: int
    reports_read: int
