"""docs/http.md says what the code does."""

import re
from pathlib import Path

from api.app import create_app
from api.problems import KINDS, TYPE_PREFIX
from api.settings import Settings
from infrastructure.exporting.pair_lines import COLUMNS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "http.md").read_text(encoding="utf-8")


def test_every_problem_is_in_the_table() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d{3}) \| (.+) \|$", PAGE, re.MULTILINE)
    assert rows == [(kind.name, str(kind.status), kind.title) for kind in KINDS.values()]
    assert f"`{TYPE_PREFIX}`" in PAGE


def test_every_viewpoint_parameter_is_in_the_table() -> None:
    document = create_app(Settings(database_url="sqlite:///unused")).openapi()
    parameters = document["paths"]["/v1/actors/{id}"]["get"]["parameters"]
    asked = {one["name"] for one in parameters if one["in"] == "query"}
    told = {
        name
        for row in re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE)
        for name in re.findall(r"`([a-z_]+)", row)
    }
    assert asked <= told


def test_every_address_named_is_served() -> None:
    document = create_app(Settings(database_url="sqlite:///unused")).openapi()
    named = set(re.findall(r"/(?:v1/[a-z/{}]*[a-z}]|healthz|readyz)", PAGE))
    assert len(named) > 5
    assert named <= document["paths"].keys()


def test_every_column_of_the_csv_is_named_in_order() -> None:
    [told] = re.findall(r"^The columns of the CSV: (.*?)\. Truth", PAGE, re.MULTILINE | re.DOTALL)
    named = [name for name in re.findall(r"`([a-z_]+)`", told) if name in COLUMNS]
    assert named == list(COLUMNS)
