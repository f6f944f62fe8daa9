"""Rows as Parquet, in row groups, by pyarrow: which is an optional part of an installation.

This module and those that import it are imported only once somebody asks for the form.
"""

from __future__ import annotations

import io
import json
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from infrastructure.answering import viewpoint_json
from infrastructure.exporting.forms import Origin, Rows, Writer

GROUP = 20_000
"""So many rows are in a row group, and about as many are held."""


class _Gathered(io.RawIOBase):
    """Takes what is written and gives it out once: a file that never holds more than a group."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: Any, /) -> int:
        self._pieces.append(bytes(piece))
        self._at += len(self._pieces[-1])
        return len(self._pieces[-1])

    def tell(self) -> int:
        return self._at

    def taken(self) -> bytes:
        """What was written since."""
        joined = b"".join(self._pieces)
        self._pieces.clear()
        return joined


class AsParquet(Writer[Rows]):
    """A file whose key-value metadata tell the store (`source`) and, of answers, the `viewpoint`."""

    def __init__(self, origin: Origin, schema: pa.Schema) -> None:
        told: dict[str, str] = {"source": origin.source}
        if origin.viewpoint is not None:
            told["viewpoint"] = json.dumps(viewpoint_json(origin.viewpoint))
        self._schema = schema.with_metadata(told)
        self._file = _Gathered()
        self._writer = pq.ParquetWriter(
            pa.PythonFile(self._file, mode="w"), self._schema, compression="zstd"
        )
        self._held: list[pa.RecordBatch] = []

    @abstractmethod
    def columns(self, rows: Rows) -> Mapping[str, Any]:
        """The values of the columns of some rows, by name."""

    def begin(self) -> bytes:
        return self._file.taken()

    def write(self, rows: Rows) -> bytes:
        columns = self.columns(rows)
        arrays = [pa.array(columns[field.name], field.type) for field in self._schema]
        batch = pa.RecordBatch.from_arrays(arrays, schema=self._schema)
        if batch.num_rows:
            self._held.append(batch)
        if sum(held.num_rows for held in self._held) >= GROUP:
            self._write_group()
        return self._file.taken()

    def end(self) -> bytes:
        if self._held:
            self._write_group()
        self._writer.close()
        return self._file.taken()

    def _write_group(self) -> None:
        self._writer.write_table(pa.Table.from_batches(self._held), row_group_size=GROUP)
        self._held.clear()
