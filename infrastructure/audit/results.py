"""What a replay tells: how far it is, and what it found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the replay has come; `until` is where it ends."""

    position: int
    until: int


@dataclass(frozen=True, slots=True)
class Answered:
    """How many answers for a day were compared so far, once all rows agreed."""

    answers: int


@dataclass(frozen=True, slots=True)
class Difference:
    """The first event whose rows differ: what the log says, and what the read model holds."""

    table: str
    position: int
    expected: list[Row]
    found: list[Row]


@dataclass(frozen=True, slots=True)
class AnswerDifference:
    """The first answer that is not what the fold of the log gives.

    `about`: the pair of actors, or the alliance. `field`: of the answer, by its wire name.
    """

    about: list[str]
    field: str
    expected: Any
    found: Any


@dataclass(frozen=True, slots=True)
class Replayed:
    """The result: `compared` rows up to `position` agree, or the first difference.

    `answers`: how many answers for a day were compared as well; None where no day was given.
    """

    ok: bool
    position: int
    compared: int
    first_difference: Difference | AnswerDifference | None
    answers: int | None = None


Step = Progress | Answered | Replayed


class Unreadable(Exception):
    """An event of the log is not what this program can read: it was changed, or is newer."""

    def __init__(self, position: int, error: Exception) -> None:
        super().__init__(str(error))
        self.difference = Difference("events", position, [], [{"unreadable": str(error)}])
