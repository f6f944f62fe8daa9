"""The reference pages are those that the code gives today."""

from types import ModuleType

import pytest

from docs import generate_events, generate_policy
from domain.policy import RULES
from domain.vocabulary import EVENT_TYPES


@pytest.mark.parametrize("page", [generate_events, generate_policy])
def test_a_page_is_up_to_date(page: ModuleType) -> None:
    shown = page.FILE.read_text(encoding="utf-8")
    assert shown == page.reference(), f"write it anew: python -m {page.__name__}"


def test_every_type_has_its_section() -> None:
    headings = [
        line for line in generate_events.reference().splitlines() if line.startswith("### ")
    ]
    assert {f"### {name}" for name in EVENT_TYPES} <= set(headings)


def test_every_rule_is_told() -> None:
    told = generate_policy.reference()
    for name, rules in RULES.items():
        section = told.split(f"### {name}\n")[1].split("\n#")[0]
        assert section.strip().count("\n") + 1 == len(rules), name
