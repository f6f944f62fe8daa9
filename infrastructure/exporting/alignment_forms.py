"""The forms of alignments."""

from __future__ import annotations

from infrastructure.exporting.forms import Form, Origin, Writer, forms
from infrastructure.exporting.graphml import AsGraphml
from infrastructure.exporting.pair_lines import AsCsv, AsNdjson
from infrastructure.exporting.pairs import Pairs
from infrastructure.exporting.stix import AsStix


def _parquet(origin: Origin) -> Writer[Pairs]:
    # Here and not above: it is an optional part, and takes long to load.
    from infrastructure.exporting.pair_parquet import as_parquet  # noqa: PLC0415

    return as_parquet(origin)


ALIGNMENT_FORMS = forms(
    Form("ndjson", "application/x-ndjson", (".ndjson", ".jsonl"), AsNdjson),
    Form("csv", "text/csv", (".csv",), AsCsv),
    Form("parquet", "application/vnd.apache.parquet", (".parquet",), _parquet, extra="parquet"),
    Form(
        "graphml",
        "application/graphml+xml",
        (".graphml",),
        AsGraphml,
        wants=frozenset({"actors"}),
    ),
    Form(
        "stix",
        "application/stix+json",
        (".stix.json", ".stix"),
        AsStix,
        details=("full",),
        wants=frozenset({"actors", "past"}),
    ),
)
