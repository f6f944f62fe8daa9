"""The log of events, as those who append to it see it."""

from infrastructure.log.appending import EventLog, GatheredLog, new_id
from infrastructure.log.bulk import BulkLog
from infrastructure.log.outcomes import (
    Appended,
    ContentConflict,
    ExpectedPositionAhead,
    Outcome,
    PositionConflict,
    Receipt,
    Refused,
    Submission,
)

__all__ = [
    "Appended",
    "BulkLog",
    "ContentConflict",
    "EventLog",
    "ExpectedPositionAhead",
    "GatheredLog",
    "Outcome",
    "PositionConflict",
    "Receipt",
    "Refused",
    "Submission",
    "new_id",
]
