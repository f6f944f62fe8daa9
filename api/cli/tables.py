"""The answer to `foedus ask` as a table, one line a pair."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.cli import wording
from api.cli.terminal import bare_table, say


def print_alignments(console: Console, body: dict[str, Any]) -> None:
    """Write the body of `/v1/alignments` for people."""
    named = ", ".join(map(wording.actor_in_words, body["actors"]))
    say(console, named, wording.viewpoint_in_words(body["viewpoint"]), "")
    console.print(pairs_table(body["alignments"]))
    bonds = list(_bonds(body["alignments"]))
    say(console, *(["", *bonds] if bonds else []))


def pairs_table(pairs: list[dict[str, Any]]) -> Table:
    """A line for each pair."""
    table = bare_table()
    for heading in ("pair", "alignment"):
        table.add_column(heading, no_wrap=True)
    table.add_column("coop.", justify="right")
    table.add_column("conflict", justify="right")
    for heading in ("evidence", "certainty", "last evidence"):
        table.add_column(heading)
    for pair in pairs:
        table.add_row(*_row(pair))
    return table


def _row(pair: dict[str, Any]) -> tuple[str | Text, ...]:
    alignment = pair["alignment"]
    return (
        " – ".join(pair["actors"]),
        Text(alignment, style=wording.STYLES[alignment]),
        str(pair["cooperation"]),
        str(pair["conflict"]),
        pair["evidence"] + (", disputed" if pair["disputed"] else ""),
        wording.certainty_in_words(pair),
        wording.freshness_in_words(pair),
    )


def _bonds(pairs: list[dict[str, Any]]) -> Iterator[str]:
    """Alliances and sanctions, which the levels above include."""
    for pair in pairs:
        between = " – ".join(pair["actors"])
        for commitment in pair["commitments"]:
            yield f"alliance {between}: {wording.commitment_in_words(commitment)}"
        for sanction in pair["sanctions"]:
            yield f"sanction: {wording.sanction_in_words(sanction)}"
