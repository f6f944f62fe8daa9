"""The worked example of docs/importing.md, and mappings made from small pieces."""

import re
from pathlib import Path

from tests.architecture.project import ROOT
from tests.cli.conftest import Ended, Foedus

PAGE = (ROOT / "docs" / "importing.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The page's blocks in a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


COUPS = blocks("yaml")[0]
ROWS, REJECTED = blocks("csv")

HEAD = """\
source: a-table
title: A table
claimant: {id: tabulator, kind: media, name: Tabulator}
key: id
claims:
"""


def table(foedus: Foedus, rows: str | Path, mapping: str, *options: str) -> Ended:
    """Import a table given as CSV's text, or as a file, through a mapping given as text."""
    if isinstance(rows, str):
        Path("table.csv").write_text(rows, encoding="utf-8")
        rows = Path("table.csv")
    Path("mapping.yaml").write_text(mapping, encoding="utf-8")
    rejects = ("--rejects", "rejects.csv")
    return foedus("import", "table", rows, "--mapping", "mapping.yaml", *rejects, *options)
