"""The settings: typed, shown with their source and meaning, and documented."""

import re
from pathlib import Path

import pydantic
import pytest

from api.cli.configuring import variable
from api.settings import Settings, without_password
from tests.architecture.project import ROOT
from tests.cli.conftest import Foedus

NAMES = list(Settings.model_fields)


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| `{variable(name)}` \| (.+?) \| (.+) \|$", text, re.MULTILINE)
    assert row, f"{variable(name)} is missing from docs/settings.md"
    default = Settings.model_fields[name].default
    if Settings.model_fields[name].default_factory is None:
        assert row[1] == (f"`{default}`" if isinstance(default, str) else str(default))


def test_the_docs_name_no_other_setting() -> None:
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(FOEDUS_\w+)`", text, re.MULTILINE)
    assert rows == [variable(name) for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_says_what_it_means(name: str) -> None:
    assert len(Settings.model_fields[name].description or "") > 20


def test_settings_are_printed_with_value_source_and_meaning(
    foedus: Foedus, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOEDUS_MAX_EVENTS", "10")
    ended = foedus("settings")
    assert (ended.code, ended.err) == (0, "")
    assert "FOEDUS_MAX_EVENTS=10  (from the environment)\n    The most events" in ended.out
    assert "FOEDUS_AUTH=open  (default)\n    Who may ask" in ended.out
    file = next(line for line in ended.out.splitlines() if line.startswith("FOEDUS_DATABASE_URL"))
    assert re.fullmatch(r"FOEDUS_DATABASE_URL=sqlite:///.*foedus\.sqlite3  \(default\)", file)
    assert str(home) in file
    assert [variable(name) in ended.out for name in NAMES] == [True] * len(NAMES)
    assert not (home / "data").exists()


def test_a_password_is_masked(foedus: Foedus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOEDUS_DATABASE_URL", "postgresql://me:secret@db.example/foedus")
    said = foedus("settings").out
    assert "FOEDUS_DATABASE_URL=postgresql://me:***@db.example/foedus" in said
    assert "secret" not in said
    assert "secret" not in without_password("me:secret@nothing to be read")


def test_a_misspelt_setting_is_named(foedus: Foedus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOEDUS_DATABASE", "x")
    assert "FOEDUS_DATABASE is no setting of Foedus and is ignored\n" in foedus("settings").out


@pytest.mark.usefixtures("home")
def test_settings_do_not_change_once_read() -> None:
    with pytest.raises(pydantic.ValidationError):
        Settings().max_events = 5  # type: ignore[misc]  # this is what must not work
