"""Reports about reports: retracted, denied, corroborated. A correction is a superseding event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from domain.fields import LongText
from domain.vocabulary.data import CurationData


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRetracted(CurationData):
    """The claimant, or the recorder, withdraws an event; it leaves all later answers."""

    TYPE: ClassVar[str] = "ReportRetracted"

    reason: LongText


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDenied(CurationData):
    """Somebody denies what an event claims."""

    TYPE: ClassVar[str] = "ReportDenied"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCorroborated(CurationData):
    """Somebody confirms what an event claims, from an origin of its own."""

    TYPE: ClassVar[str] = "ReportCorroborated"
