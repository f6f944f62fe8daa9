"""The project's own files, as the architecture tests read them."""

import fnmatch
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("domain", "infrastructure", "api", "migrations")


def settings() -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def ignored_names() -> tuple[str, ...]:
    """The name patterns of .gitignore: what is made here and belongs to nobody else."""
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    patterns = [line.rstrip("/") for line in lines if line and not line.startswith("#")]
    return (".git", *patterns)


def files() -> Iterator[Path]:
    """Every file of the project that is not ignored, in a stable order."""
    ignored = ignored_names()

    def kept(names: list[str]) -> list[str]:
        return sorted(n for n in names if not any(fnmatch.fnmatch(n, p) for p in ignored))

    for folder, folders, names in os.walk(ROOT):
        folders[:] = kept(folders)
        yield from (Path(folder, name) for name in kept(names))


def modules(*folders: str) -> list[Path]:
    """Every Python module in these top-level folders."""
    return [
        path
        for path in files()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in folders
    ]
