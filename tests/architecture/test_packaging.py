"""The project installs from what it ships: locks, Makefile and wheel."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.project import PACKAGES, ROOT, files

IMPORT_ALL = f"import {', '.join(PACKAGES)}; print(domain.__file__)"


def bare_environment() -> dict[str, str]:
    """This environment without anything that points back into this tree."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FOEDUS_", "PYTEST", "PYTHON", "VIRTUAL_ENV", "MAKE", "MFLAGS"))
    }
    own = str(Path(sys.executable).parent)
    kept["PATH"] = os.pathsep.join(p for p in kept["PATH"].split(os.pathsep) if p != own)
    return kept


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        command, cwd=cwd, env=bare_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build_wheel(folder: Path) -> Path:
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (wheel,) = folder.glob("foedus-*.whl")
    return wheel


def test_the_wheel_carries_every_file_of_the_packages(tmp_path: Path) -> None:
    with zipfile.ZipFile(build_wheel(tmp_path)) as wheel:
        packed = set(wheel.namelist())
    relative = {path.relative_to(ROOT) for path in files()}
    owned = {path.as_posix() for path in relative if path.parts[0] in PACKAGES}
    assert owned <= packed
    assert {name.split("/")[0] for name in packed - owned} == {
        next(name.split("/")[0] for name in packed if name.endswith("/METADATA"))
    }
    assert any(name.endswith("/licenses/LICENSE") for name in packed)


@pytest.mark.long
def test_a_fresh_copy_sets_itself_up_once(tmp_path: Path) -> None:
    copy = tmp_path / "foedus"
    for path in files():
        target = copy / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    python = f"PY={Path(sys.executable).resolve()}"
    assert "Setting up" in run("make", python, "setup", cwd=copy)
    assert run("make", python, "setup", cwd=copy) == ""
    # The editable install points into the copy.
    assert run(copy / ".venv/bin/python", "-c", IMPORT_ALL, cwd=tmp_path).startswith(str(copy))
    assert (copy / ".venv/bin/foedus").exists()


@pytest.mark.long
def test_the_wheel_installs_into_an_empty_environment(tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path)
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv/bin/python"
    pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "-r", ROOT / "requirements.lock", cwd=tmp_path)
    # Nothing is left to fetch: the lock covers what the wheel asks for.
    run(*pip, "--no-index", wheel, cwd=tmp_path)
    assert run(python, "-c", IMPORT_ALL, cwd=tmp_path).startswith(str(tmp_path / "venv"))
    assert "No broken requirements" in run(python, "-m", "pip", "check", cwd=tmp_path)
