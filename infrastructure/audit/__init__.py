"""Replay for audits: read models are disposable and proven, never trusted (DESIGN section 8)."""

from infrastructure.audit.replaying import replay
from infrastructure.audit.results import (
    AnswerDifference,
    Answered,
    Difference,
    Progress,
    Replayed,
    Step,
)

__all__ = [
    "AnswerDifference",
    "Answered",
    "Difference",
    "Progress",
    "Replayed",
    "Step",
    "replay",
]
