"""The worked case: Tinzaouatene, July 2024, every question answered by the fold from memory."""

from typing import Any

import pytest

from domain.answers import PairAlignment
from domain.checks import problems
from domain.event import Event
from domain.fold.alignment import alignments
from domain.fold.alliances import alliance_state
from domain.fold.ledger import Ledger
from infrastructure.codec import read_event
from tests.builders import log, worked_case
from tests.spec import given
from tests.unit.domain.asking import seen

ALLIANCE = "mali-wagner-security-assistance"


def events() -> list[Event]:
    return [read_event(fields, fields["id"]) for fields in worked_case()["events"]]


def test_the_log_accepts_the_case() -> None:
    assert len(events()) == 46
    assert [one.id for one in events() if problems(one)] == []
    given(*events())


def fields_of(answer: PairAlignment, asked: dict[str, Any]) -> dict[str, Any]:
    """The fields of an answer that a question gives, as JSON has them."""
    given_fields = {name: getattr(answer, name) for name in asked}
    given_fields["actors"] = list(answer.actors)
    given_fields["directed"] = {
        way: {"cooperation": levels.cooperation, "conflict": levels.conflict}
        for way, levels in answer.directed.items()
    }
    return given_fields


@pytest.mark.parametrize("number", range(20))
def test_a_question_of_the_case_is_answered(number: int) -> None:
    question = worked_case()["questions"][number]
    asked = dict(question["viewpoint"])
    viewpoint = seen(
        asked.pop("valid_at"),
        asked.pop("known_at") or len(worked_case()["events"]),
        alleged="alleged" in asked.pop("include", ()),
        **asked,
    )
    found = alignments(log(*events()), viewpoint, question["actors"])
    expected = question["alignments"]
    assert [fields_of(one, asked) for one, asked in zip(found, expected, strict=True)] == expected


def test_the_case_has_20_questions() -> None:
    assert len(worked_case()["questions"]) == 20


@pytest.mark.parametrize(
    ("at", "according_to", "members", "in_force"),
    [
        ("2021-12-15", None, {"mali": "possible", "wagner-group": "possible"}, False),
        ("2021-12-31", None, {"mali": "certain", "wagner-group": "certain"}, True),
        ("2022-01-01", None, {"mali": "certain", "wagner-group": "certain"}, True),
        ("2021-11-30", None, {}, False),
        ("2021-12-15", "mali", {}, False),
        ("2022-01-01", "mali", {}, False),
    ],
)
def test_the_alliance_of_the_case(
    at: str, according_to: str | None, members: dict[str, str], *, in_force: bool
) -> None:
    ledger = Ledger.of(log(*events()), seen(at, according_to=according_to))
    state = alliance_state(ledger, ALLIANCE)
    assert {member.actor: member.certainty for member in state.members} == members
    assert {member.since for member in state.members} <= {"2021-12"}
    assert state.in_force == in_force
