"""The comparison of SQL with the fold can fail: every fault planted in the SQL path is caught."""

import subprocess
import sys

import pytest

from tests.architecture.project import ROOT
from tests.property.faults import CAUGHT
from tests.property.planted import FAULTS


def compare(name: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.property.faults", name]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )


def test_without_a_fault_there_is_no_difference() -> None:
    result = compare("none")
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_fault_fits_the_source() -> None:
    for name, fault in FAULTS.items():
        source = (ROOT / fault.module.replace(".", "/")).with_suffix(".py")
        assert source.read_text(encoding="utf-8").count(fault.right) == 1, name


@pytest.mark.long
@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_caught(name: str) -> None:
    result = compare(name)
    assert result.returncode == CAUGHT, result.stdout + result.stderr
