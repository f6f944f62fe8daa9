"""The checker of mappings: every mistake with its line, and nothing imported while there is one."""

from pathlib import Path

import pytest

from tests.cli.conftest import Foedus
from tests.importing.asking import told
from tests.importing.mappings import COUPS, ROWS, table

pytestmark = pytest.mark.usefixtures("home")

MISTAKES = {
    "an unknown key": ("url:", "link:", 3, "unknown key link; there are source, title"),
    "a key twice": ("url: https", "title: https", 3, "title stands here twice"),
    "a missing key": ("key: [ccode, year, month, day]\n", "", 1, "key is missing"),
    "an unknown type": ("CoupOccurred", "CoupHappened", 12, "unknown event type CoupHappened"),
    "a type of its own": ("CoupOccurred", "ActorRegistered", 12, "unknown event type"),
    "an unknown field": ("outcome:", "result:", 26, "unknown key result; there are state"),
    "a missing field": ("outcome:", "ousted: []\n#", 17, "outcome is missing"),
    "an unknown column": ("{coup: [1, 2]}", "{cuop: 1}", 13, "the file has no column 'cuop'; it"),
    "a column in a text": ("{month:02}-{day:02}\n    data", "{mo}\n    data", 15, "no column 'mo'"),
    "a column of the key": ("key: [ccode,", "key: [code,", 8, "no column 'code'"),
    "a wrong constant": ("kind: unidentified", "kind: nobody", 24, "'nobody' is none of state"),
    "a wrong code": ("2: success", "2: won", 26, "'won' is none of success, failed, ongoing"),
    "a wrong scheme": ("{cow:", "{cwo:", 21, "unknown key cwo; there are ucdp, gw, cow"),
    "a wrong slug": ("source: coups-by", "source: Coups by", 1, "must be a slug"),
    "a long title": ("Powell & Thyne: G", "x" * 300, 2, "from 1 to 300 characters"),
    "a long address": ("url: ", f"url: {'x' * 2_000}", 3, "from 1 to 2,000 characters"),
    "a source there is": ("source: coups-by-mapping", "source: coups", 1, "another source"),
    "a wrong claimant": ("kind: media", "kind: press", 6, "'press' is none of state"),
    "a wrong part": ("  coup:\n", "  Coup:\n", 11, "'Coup' must be a slug"),
    "no claims": (COUPS[COUPS.index("  coup:") :], "  {}\n", 11, "must have a claim"),
    "a brace alone": ("incident: coup {country}", "incident: coup country}", 15, "brace alone"),
    "a mapping for a text": ("incident: coup", "incident: {a: b} #", 15, "must be a text"),
    "a text for a mapping": ("{coup: [1, 2]}", "coup", 13, "must be a mapping"),
    "an empty value": ("kind: state", "kind:", 19, "is empty"),
    "a wrong date": ("occurred: {", "occurred: July\n    note: x\n#", 14, "'July': "),
    "a wrong format": (
        'occurred: {year: "{year}", month: "{month}", day: "{day}"}',
        "occurred: {column: day, format: '%d/%m/%y'}",
        14,
        "has no year of four digits",
    ),
    "a day without a month": (' month: "{month}",', "", 14, "month is missing"),
    "an empty separator": ("kind: unidentified", "kind: unidentified\n        split: ''", 25, "empty"),
    "a split of one": ("kind: state", "kind: state\n        split: ;", 20, "unknown key split"),
    "no YAML": ("data:", "data: ]", 16, "is not YAML"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_line(foedus: Foedus, mistake: str) -> None:
    right, wrong, line, says = MISTAKES[mistake]
    assert right in COUPS
    ended = table(foedus, ROWS, COUPS.replace(right, wrong, 1), "--check")
    assert ended.code == 1, ended.out
    [found] = [
        one
        for one in ended.err.splitlines()
        if one.removeprefix("foedus: ").startswith(f"mapping.yaml, line {line}: ")
    ]
    assert says in found
    assert "Traceback" not in ended.err


def test_all_mistakes_are_named_together_in_their_order(foedus: Foedus) -> None:
    wrong = COUPS.replace("CoupOccurred", "Coup").replace("[ccode,", "[code,")
    ended = table(foedus, ROWS, wrong, "--check")
    lines = [one.partition(":")[0] for one in ended.err.removeprefix("foedus: ").splitlines()]
    assert lines == ["mapping.yaml, line 8", "mapping.yaml, line 12"]


@pytest.mark.parametrize("option", ["--dry-run", "--as-of-release=1"])
def test_nothing_is_imported_through_a_wrong_mapping(
    file_store: Path, foedus: Foedus, option: str
) -> None:
    assert table(foedus, ROWS, COUPS.replace("2: success", "2: won"), option).code == 1
    assert told(f"sqlite:///{file_store}") == []


@pytest.mark.parametrize("content", [b"", b"\xff", b"- a\n", b"just a text\n", b"\x00"])
def test_a_file_that_is_no_mapping_is_refused(foedus: Foedus, content: bytes) -> None:
    Path("table.csv").write_text(ROWS, encoding="utf-8")
    Path("mapping.yaml").write_bytes(content)
    ended = foedus("import", "table", "table.csv", "--mapping", "mapping.yaml", "--check")
    assert ended.code == 1
    assert ended.err.startswith("foedus: mapping.yaml, line 1: ")


@pytest.mark.parametrize(
    "arguments", [("table", "x.csv"), ("coups", "x.csv", "--mapping", "mapping.yaml")]
)
def test_a_mapping_goes_with_a_table(foedus: Foedus, arguments: tuple[str, ...]) -> None:
    Path("x.csv").write_text(ROWS, encoding="utf-8")
    Path("mapping.yaml").write_text(COUPS, encoding="utf-8")
    ended = foedus("import", *arguments)
    assert ended.code == 2
    assert "--mapping is needed for a table" in ended.err
