"""Faults planted in the SQL path, one at a time, to see that the comparison with the fold finds each.

Run as a program with a fault's name: it patches the source of one module as it is imported,
compares random histories on SQLite, and exits with CAUGHT at the first difference.

    python -m tests.property.faults NAME     says which history found the fault
"""

import sys
import tempfile
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder, SourceLoader
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from random import Random
from types import ModuleType

from tests.property.found_by import FOUND_BY
from tests.property.planted import (
    ANSWERS,
    CLOSING,
    FAULTS,
    PAGES,
    PASTS,
    SEGMENTS,
    Fault,
)

CAUGHT = 42
MOST_HISTORIES = 400


class _Planter(MetaPathFinder):
    def __init__(self, fault: Fault) -> None:
        self._fault = fault

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self._fault.module:
            return None
        spec = PathFinder.find_spec(name, path, target)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = _Faulty(spec.origin, self._fault)
        return spec


class _Faulty(SourceLoader):
    def __init__(self, origin: str, fault: Fault) -> None:
        self._origin = origin
        self._fault = fault

    def get_filename(self, fullname: str) -> str:  # noqa: ARG002 - the loader's interface
        return self._origin + ".faulty"

    def get_data(self, path: str) -> bytes:  # noqa: ARG002 - the loader's interface
        source = Path(self._origin).read_text(encoding="utf-8")
        assert source.count(self._fault.right) == 1, "the fault does not fit the source any more"
        return source.replace(self._fault.right, self._fault.wrong).encode()


def differs(seeds: Iterable[int], comparison: str) -> str | None:
    """The first difference between SQL and the fold in the histories of these seeds, or None."""
    from infrastructure.database import Database  # noqa: PLC0415 - after the fault is planted
    from infrastructure.migrating import upgrade  # noqa: PLC0415
    from tests.property.comparing import worlds  # noqa: PLC0415
    from tests.property.histories import random_history  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/faulty.sqlite3"
        database = Database(url)
        upgrade(database)
        database.dispose()
        with worlds(url) as opened:
            for seed in seeds:
                rng = Random(seed)
                try:
                    import_module(comparison).check(opened, random_history(rng), rng)
                except AssertionError as difference:
                    return f"history {seed}: {difference}"
    return None


def main(name: str) -> int:
    fault = FAULTS.get(name)
    if fault is None:
        tried = ((ANSWERS, 10), (PASTS, 2), (SEGMENTS, 2), (PAGES, 2), (CLOSING, 2))
        differences = (differs(range(some), comparison) for comparison, some in tried)
        difference = next(filter(None, differences), None)
    else:
        sys.meta_path.insert(0, _Planter(fault))
        found_it = FOUND_BY.get(name, 0)
        difference = differs((found_it, *range(MOST_HISTORIES)), fault.comparison)
    sys.stdout.write(f"{difference or 'no difference'}\n")
    return CAUGHT if difference else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
