"""Rows of Parquet files, by pyarrow: which is an optional part of an installation."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from infrastructure.importing.json_lines import cells_of, compact
from infrastructure.importing.rows import (
    Rejected,
    Row,
    UnreadableSource,
    require,
    require_different,
)

BATCH = 1_000
"""So many rows are taken from the file together."""


class ParquetFile:
    """A Parquet file. Its rows are counted from 1, and the text of each is made: compact JSON."""

    quotable = False

    def __init__(self, path: Path, columns: Collection[str]) -> None:
        self.path = path
        self.done = 0
        try:
            with pq.ParquetFile(path) as file:
                self.columns: Collection[str] = list(file.schema_arrow.names)
                self.size: int = file.metadata.num_rows
        except (pa.ArrowException, OSError) as error:
            raise UnreadableSource(f"{path}: is not Parquet: {error}") from None
        require_different(path, list(self.columns))
        self.require(columns)

    def require(self, columns: Collection[str]) -> None:
        """Raise UnreadableSource unless the file has these columns."""
        require(self, columns)

    def rows(self) -> Iterator[Row | Rejected]:
        """Every row, in order. Raises UnreadableSource where the file is damaged."""
        self.done = 0
        try:
            with pq.ParquetFile(self.path) as file:
                for batch in file.iter_batches(batch_size=BATCH):
                    for values in batch.to_pylist():
                        self.done += 1
                        yield _row(self.done, values)
        except (pa.ArrowException, OSError) as error:
            raise UnreadableSource(f"{self.path}: cannot be read on: {error}") from None


def _row(number: int, values: dict[str, Any]) -> Row | Rejected:
    try:
        told = {column: _json(value) for column, value in values.items()}
        return Row(number, compact(told), cells_of(told))
    except (TypeError, ValueError) as error:
        return Rejected(number, repr(values)[:1_000], f"has a value that is no text: {error}")


def _json(value: Any) -> Any:
    """Days, moments and decimals as texts; a moment at midnight is a day, as files mean it; NaN is null."""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, float) and math.isnan(value):
        return None
    return str(value) if isinstance(value, Decimal) else value
