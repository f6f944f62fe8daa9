"""The history of a pair, on either clock: answers of DESIGN section 6."""

from __future__ import annotations

from dataclasses import dataclass

from domain.policy import Alignment


@dataclass(frozen=True, slots=True)
class Stance:
    """What the history of a pair tells apart: its alignment and both levels."""

    alignment: Alignment
    cooperation: int
    conflict: int


UNKNOWN = Stance("unknown", 0, 0)
"""Before anything takes hold, and before anything is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of days, `to` not included, on which a pair's stance stays the same.

    `from_` None: from the beginning of time, `to` None: to its end. `opened_by`: the events with
    an effect on the pair's lines that takes hold on `from_`, by place; `closed_by`: those of `to`.
    """

    from_: str | None
    to: str | None
    alignment: Alignment
    cooperation: int
    conflict: int
    opened_by: tuple[str, ...]
    closed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Revision:
    """A position at which the stance for one day became another, and the event recorded there."""

    position: int
    recorded_at: str
    alignment: Alignment
    cooperation: int
    conflict: int
    changed_by: str
