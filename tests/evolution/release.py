"""Releases of the program: today's, and later ones in which an event type has changed.

A release is a tree of its own that runs in processes of its own, as when it is deployed.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.architecture.project import PACKAGES, ROOT
from tests.evolution.later_forces import POLICY, UPCASTERS, VOCABULARY

PATIENCE = 60
"""Seconds that an answer may take; on a calm machine none takes one."""


@dataclass(frozen=True)
class Release:
    """A release that knows the first versions of ForcesDeployed, in its folder."""

    version: int
    folder: Path

    def run(self, url: str, *arguments: str, code: int = 0) -> str:
        """What a command writes that ends as expected; of one that fails, what it says why."""
        done = subprocess.run(
            [sys.executable, "-m", "api.cli", *arguments],
            env=self._environment(url),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=2 * PATIENCE,
        )
        assert done.returncode == code, (done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done.stderr if code else done.stdout

    @contextmanager
    def serving(self, url: str) -> Iterator[httpx.Client]:
        """A client of the release's server."""
        with subprocess.Popen(
            [sys.executable, "-m", "api.cli", "serve", "--port", "0"],
            env=self._environment(url) | {"PYTHONUNBUFFERED": "1"},
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            try:
                assert process.stdout is not None
                welcome = process.stdout.readline()
                assert " listens on " in welcome
                base = welcome.split()[-1]
                with httpx.Client(base_url=base, timeout=PATIENCE) as client:
                    yield client
            finally:
                process.terminate()

    def _environment(self, url: str) -> dict[str, str]:
        own = {"FOEDUS_DATABASE_URL": url, "PYTHONPATH": str(self.folder)}
        return {k: v for k, v in os.environ.items() if not k.startswith("FOEDUS_")} | own


def released(version: int, folder: Path) -> Release:
    """Today's program for version 1; else a tree in the folder in which ForcesDeployed has grown."""
    if version == 1:
        return Release(1, ROOT)
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, folder / package, ignore=ignored)
    _put_at_the_end(folder / "domain" / "vocabulary" / "forces.py", VOCABULARY[version])
    _put_at_the_end(folder / "infrastructure" / "upcasters.py", UPCASTERS[version])
    _replace(folder / "domain" / "policy.py", *POLICY)
    return Release(version, folder)


def _put_at_the_end(module: Path, text: str) -> None:
    with module.open("a", encoding="utf-8") as file:
        file.write(text)


def _replace(module: Path, old: str, new: str) -> None:
    text = module.read_text(encoding="utf-8")
    assert old in text
    module.write_text(text.replace(old, new), encoding="utf-8")
