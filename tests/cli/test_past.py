"""`foedus timeline` and `foedus revisions`: tables for people, and the body that the API answers."""

import json

import pytest

from tests.cli.conftest import Foedus

TIMELINE = """\
from            until        alignment   coop.   conflict   opened by
the beginning   2013-01-11   unknown         0          0
2013-01-11      2022-02-18   allied          3          0   7ebe947e-7abc-5c9f-a2ee-4e59102559c3
2022-02-18      the end      strained        0          2   06634344-5242-5433-b743-ae2c443988d1
"""  # fmt: skip


@pytest.mark.usefixtures("loaded")
def test_a_timeline_is_a_table(foedus: Foedus) -> None:
    told = foedus("timeline", "mali", "france").out
    lines = [line.rstrip() for line in told.splitlines() if "─" not in line]
    assert lines[-4:] == TIMELINE.splitlines()
    assert lines[0] == "France (france) – Mali (mali)"


@pytest.mark.usefixtures("loaded")
def test_revisions_are_a_table(foedus: Foedus) -> None:
    told = foedus("revisions", "mali", "france", "--valid-at", "2023-01-01").out
    rows = [line.split() for line in told.splitlines()[-2:]]
    assert [(row[0], row[2], row[-1][:8]) for row in rows] == [
        ("23", "allied", "7ebe947e"),
        ("30", "strained", "06634344"),
    ]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("past", "entries"), [("timeline", "segments"), ("revisions", "revisions")]
)
def test_json_is_what_the_api_answers(foedus: Foedus, past: str, entries: str) -> None:
    body = json.loads(foedus(past, "france", "mali", "--json").out)
    assert list(body) == ["viewpoint", "actors", entries, "next"]
    assert body[entries]
    assert body["next"] is None


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("past", ["timeline", "revisions"])
def test_what_cannot_be_asked_is_told(foedus: Foedus, past: str) -> None:
    for actors, why in ((("mali", "mali"), "two different"), (("mali", "franc"), "mean france")):
        refused = foedus(past, *actors)
        assert why in refused.err
    assert "parts" in foedus(past, "mali", "france", "--include", "parts").err
