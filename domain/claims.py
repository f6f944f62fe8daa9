"""Who says it, how, and how far it can be trusted: the claim that every event is.

Claimant (who asserts it), publisher (who carried it) and recorder (who entered it) are three
fields, never one. Reliability and credibility are the two axes of the Admiralty code, judged
independently; F and 6 mean "cannot be judged", not "low" (DOMAIN section 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from domain.fields import (
    ActorId,
    Between,
    Day,
    Digest,
    Entries,
    Language,
    Link,
    LongText,
    SourceText,
)

Modality = Literal["asserted", "acknowledged", "alleged", "speculated", "denied", "planned"]
Reliability = Literal["A", "B", "C", "D", "E", "F"]
Credibility = Annotated[int, Between(1, 6)]
"""A number, not a choice among six: a reader takes JSON's `true` for the choice 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where the claim can be read."""

    url: Link | None = None
    title: SourceText | None = None
    quote: LongText | None = None
    language: Language | None = None
    sha256: Digest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An assertion by somebody. A claimant of None is the recorder's own statement.

    `origin` names the common origin of several reports, so that ten outlets carrying one
    wire count once (DESIGN section 3).
    """

    claimant: ActorId | None = None
    modality: Modality = "asserted"
    reported_on: Day | None = None
    publisher: SourceText | None = None
    citations: Annotated[tuple[Citation, ...], Entries()] = ()
    reliability: Reliability | None = None
    credibility: Credibility | None = None
    origin: SourceText | None = None

    @property
    def voice(self) -> str:
        """What counts as this claim's origin when evidence is weighed, compared as text.

        All claims without any of the three are one origin, "" (DESIGN section 6).
        """
        return self.origin or self.claimant or self.publisher or ""
