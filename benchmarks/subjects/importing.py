"""A dataset's file imported by `foedus import`, from the first byte read to the last pair worked out."""

import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.subjects.proving import Passed

ROOT = Path(__file__).parents[2]


class NotImported(RuntimeError):
    """The command failed, or rejected a row: figures would mean nothing."""


class Importing:
    """Imports of whole files, each by a process of its own, whose peak is its own."""

    def measure(self, url: str, source: str, file: str) -> Passed:
        """Import the file into a migrated, empty database; seconds and peak megabytes."""
        command = [sys.executable, "-m", "api.cli", "import", source, file]
        environment = os.environ | {"FOEDUS_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
        began = time.perf_counter()
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as importing:
            _, status, used = os.wait4(importing.pid, 0)
            seconds = time.perf_counter() - began
            importing.returncode = os.waitstatus_to_exitcode(status)
            said = importing.stderr.read().decode() if importing.stderr else ""
        if importing.returncode:
            raise NotImported(said)
        return Passed(seconds, used.ru_maxrss / 1024)
