"""Files of rows by the ending of their name: JSON Lines, Parquet, and CSV for all others."""

from __future__ import annotations

from collections.abc import Callable, Collection
from importlib.util import find_spec
from pathlib import Path

from infrastructure.importing.json_lines import JsonLinesFile
from infrastructure.importing.rows import CsvFile, RowFile, UnreadableSource


def row_file(path: Path, columns: Collection[str] = ()) -> RowFile:
    """Open a file with these columns at least. Raises UnreadableSource."""
    opened = _BY_ENDING.get(path.suffix.lower(), CsvFile)
    return opened(path, columns)


def _parquet(path: Path, columns: Collection[str]) -> RowFile:
    if find_spec("pyarrow") is None:
        raise UnreadableSource(
            f"{path}: Parquet needs pyarrow, which is not installed: pip install 'foedus[parquet]'"
        )
    from infrastructure.importing.parquet_rows import ParquetFile  # noqa: PLC0415 - optional

    return ParquetFile(path, columns)


_BY_ENDING: dict[str, Callable[[Path, Collection[str]], RowFile]] = {
    ".jsonl": JsonLinesFile,
    ".ndjson": JsonLinesFile,
    ".parquet": _parquet,
}
