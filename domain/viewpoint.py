"""The viewpoint of a question: which day, what was known, according to whom, how well graded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

from domain.claims import Claim
from domain.event import Event
from domain.policy import ADMITTED_MODALITIES, ALLEGED_MODALITIES, VERSION

LeftOut = Literal[
    "without", "other-claimant", "denied", "modality", "alleged", "ungraded", "below-grade"
]
"""Why a viewpoint does not admit an effect. `denied`: by the actor whose account is asked for."""

NOT_ADMITTED: frozenset[LeftOut] = frozenset({"other-claimant", "denied", "modality", "alleged"})


class Without(NamedTuple):
    """What a counterfactual question leaves out of the log: an event, or all of a claimant or publisher."""

    what: Literal["claimant", "publisher", "event"]
    whose: str

    def __str__(self) -> str:
        return f"{self.what}:{self.whose}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewpoint:
    """The parameters of a question, resolved (DESIGN section 5).

    `position` is what the log held; `known_at` the `recorded_at` of that position, None for 0.
    `parts`: each actor stands for its umbrellas and members too. `without`: in order, each once.
    """

    valid_at: date
    position: int
    known_at: datetime | None = None
    according_to: str | None = None
    reliability: Literal["A", "B", "C", "D", "E"] | None = None
    credibility: Literal[1, 2, 3, 4, 5] | None = None
    alleged: bool = False
    parts: bool = False
    without: tuple[Without, ...] = ()
    policy: int = VERSION

    def passes_over(self, event: Event) -> bool:
        """Whether the question leaves a claim about relations out of the log, and what it curates."""
        claim = event.claim
        named = {"claimant": claim.claimant, "publisher": claim.publisher, "event": event.id}
        return any(named[one.what] == one.whose for one in self.without)

    def leaves_out(self, claim: Claim, *, alleged: bool, denied: bool) -> LeftOut | None:
        """The first reason not to admit an effect of a claim about relations, or None.

        `alleged`: the effect is marked so by the policy. `denied`: `according_to` denies the event.
        """
        if self.according_to is not None and claim.claimant not in (None, self.according_to):
            return "other-claimant"
        if self.according_to is not None and denied:
            return "denied"
        admitted = ADMITTED_MODALITIES | ALLEGED_MODALITIES if self.alleged else ADMITTED_MODALITIES
        if claim.modality not in admitted:
            return "modality"
        if alleged and not self.alleged:
            return "alleged"
        return self._grade_leaves_out(claim)

    def _grade_leaves_out(self, claim: Claim) -> LeftOut | None:
        """F, 6 and ungraded cannot be judged: such a filter hides them under a name of its own."""
        if self.reliability is not None and claim.reliability in (None, "F"):
            return "ungraded"
        if self.credibility is not None and claim.credibility in (None, 6):
            return "ungraded"
        if (
            self.reliability is not None
            and claim.reliability is not None
            and claim.reliability > self.reliability
        ):
            return "below-grade"
        if (
            self.credibility is not None
            and claim.credibility is not None
            and claim.credibility > self.credibility
        ):
            return "below-grade"
        return None
