"""The session and the programs of docs/exporting.md are run, and the page says what is there."""

import re
import shlex
from pathlib import Path

import pytest

from api.cli.exporting import FORMS
from tests.architecture.project import ROOT
from tests.cli.conftest import Foedus
from tests.test_readme import masked, steps

PAGE = (ROOT / "docs" / "exporting.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("loaded_file", "home")
def test_the_session_says_what_the_page_shows_and_the_programs_hold(foedus: Foedus) -> None:
    session = steps(PAGE)
    assert len(session) >= 5
    for step in session:
        program, *arguments = shlex.split(step.command)
        ended = foedus(*arguments)
        assert (program, ended.code, ended.err) == ("foedus", 0, "")
        assert masked(ended.out) == masked(step.shown), step.command
    programs = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(programs) >= 4
    for text in programs:
        assert Path("sahel.parquet").exists()
        exec(compile(text, "docs/exporting.md", "exec"), {})  # noqa: S102 - the page's own


def test_every_form_is_in_the_table() -> None:
    rows = re.findall(
        r"^\| (?:`(\w+)`)? ?\| (?:`\S+`)? ?\| `(\w+)` \| (.+?) \| `(\S+)` \|$", PAGE, re.MULTILINE
    )
    what, told = "", []
    for named, *form in rows:
        what = named or what
        told.append((what, *form))
    assert told == [
        (what, form.name, ", ".join(f"`{one}`" for one in form.endings), form.media_type)
        for what, forms in FORMS.items()
        for form in forms.values()
    ]
