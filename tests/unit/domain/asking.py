"""Short ways to ask the fold."""

from typing import Any

from domain.answers import Explanation, PairAlignment
from domain.event import Event
from domain.fold.alignment import alignments
from domain.fold.explanation import explain
from domain.fold.ledger import Ledger
from domain.viewpoint import Viewpoint
from tests.builders import day, log


def seen(at: str, known: int = 1_000_000, **fields: Any) -> Viewpoint:
    """The viewpoint of a question about a day; knows the whole log unless told."""
    return Viewpoint(valid_at=day(at), position=known, **fields)


def pair(events: list[Event], a: str, b: str, at: str, **fields: Any) -> PairAlignment:
    """How two actors stand to each other, folded from the events in their order."""
    [answer] = alignments(log(*events), seen(at, **fields), [a, b])
    return answer


def levels(events: list[Event], a: str, b: str, at: str, **fields: Any) -> tuple[int, int]:
    """The pair's (cooperation, conflict)."""
    answer = pair(events, a, b, at, **fields)
    return answer.cooperation, answer.conflict


def readings(events: list[Event], a: str, b: str, at: str, **fields: Any) -> tuple[str, str]:
    """The pair's alignment in the certain and in the possible reading."""
    answer = pair(events, a, b, at, **fields)
    agree = answer.possible_alignment is None
    assert answer.certainty == ("certain" if agree else "uncertain")
    return answer.alignment, answer.possible_alignment or answer.alignment


def explained(events: list[Event], at: str = "2021-01-01", **fields: Any) -> Explanation:
    """Why the actors a and b are aligned as they are."""
    return explain(log(*events), seen(at, **fields), "a", "b")


def ledger(events: list[Event], at: str, **fields: Any) -> Ledger:
    """The ledger of a viewpoint."""
    return Ledger.of(log(*events), seen(at, **fields))
