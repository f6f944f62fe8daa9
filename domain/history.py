"""What a log holds at a position after curation: live events, correction chains, denials.

The reference reading of DESIGN section 3's curation rules. Curation acts from its own position
on, and is final: undoing a retraction or a correction revives nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from domain.event import Event, Recorded
from domain.vocabulary import ReportCorroborated, ReportDenied, ReportRetracted

Ending = Literal["retracted", "superseded"]


def _nothing(_event: Event) -> bool:
    return False


@dataclass(slots=True)
class History:
    """A log up to a position. `place` orders an event: the position of the first of its chain."""

    position: int
    records: list[Recorded] = field(default_factory=list)
    place: dict[str, int] = field(default_factory=dict)
    ended: dict[str, tuple[Ending, str]] = field(default_factory=dict)
    without: Callable[[Event], bool] = _nothing

    @classmethod
    def of(
        cls,
        log: Iterable[Recorded],
        position: int,
        without: Callable[[Event], bool] = _nothing,
    ) -> History:
        """Read the log's events up to and including `position`.

        `without`: events that are passed over as if they had not been recorded; they are listed
        among the records, and the places of those that correct them stay.
        """
        history = cls(position, without=without)
        for recorded in log:
            if recorded.position <= position:
                history._add(recorded)
        return history

    def _add(self, recorded: Recorded) -> None:
        event = recorded.event
        self.records.append(recorded)
        self.place[event.id] = recorded.position
        if event.supersedes is not None:
            self.place[event.id] = self.place[event.supersedes]
        if self.without(event):
            return
        if event.supersedes is not None:
            self.ended[event.supersedes] = ("superseded", event.id)
        if isinstance(event.data, ReportRetracted):
            self.ended[event.data.event] = ("retracted", event.id)

    def is_live(self, recorded: Recorded) -> bool:
        """Neither retracted nor superseded at this position."""
        return recorded.event.id not in self.ended and not self.without(recorded.event)

    def live(self) -> list[Recorded]:
        """The events that count, in order of position."""
        return [recorded for recorded in self.records if self.is_live(recorded)]

    def denials(self, recorded: Recorded) -> list[Recorded]:
        """The live denials of the event, or of any event of its correction chain."""
        return self._reports_on(recorded, ReportDenied)

    def corroborations(self, recorded: Recorded) -> list[Recorded]:
        """The live corroborations of the event, or of any event of its correction chain."""
        return self._reports_on(recorded, ReportCorroborated)

    def _reports_on(
        self, recorded: Recorded, report: type[ReportDenied | ReportCorroborated]
    ) -> list[Recorded]:
        place = self.place[recorded.event.id]
        return [
            other
            for other in self.live()
            if isinstance(other.event.data, report) and self.place[other.event.data.event] == place
        ]
