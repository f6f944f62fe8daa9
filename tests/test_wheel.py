"""The built wheel is all that is needed: it serves the example from anywhere."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.architecture.project import ROOT
from tests.architecture.test_packaging import bare_environment, build_wheel, run

QUESTION = "/v1/alignments?actors=mali,wagner-group&valid_at=2024-07-28"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of an environment that holds the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("wheel")
    wheel = build_wheel(folder)
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    commands = folder / "venv/bin"
    pip = (commands / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "-r", ROOT / "requirements.lock", cwd=folder)
    run(*pip, "--no-index", "--no-deps", wheel, cwd=folder)
    return commands


@pytest.mark.long
def test_the_wheel_serves_the_example_from_another_directory(
    installed: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    user = bare_environment() | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    server = subprocess.Popen(
        [installed / "foedus", "serve", "--example", "--port", "0"],
        cwd=elsewhere,
        env=user | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert server.stdout is not None
    try:
        said = [server.stdout.readline()]
        assert " listens on http://127.0.0.1:" in said[0], server.stdout.read()
        base = said[0].split()[-1]
        answer = httpx.get(base + QUESTION).raise_for_status().json()
        [pair] = answer["alignments"]
        assert (pair["alignment"], pair["evidence"], pair["disputed"]) == (
            "allied",
            "corroborated",
            True,
        )
        asked = subprocess.run(
            [installed / "foedus", "ask", "--example", "mali", "wagner-group", "--json",
             "--valid-at", "2024-07-28"],
            cwd=elsewhere,
            env=user,
            capture_output=True,
            text=True,
            check=True,
        )  # fmt: skip
        assert asked.stdout == httpx.get(base + QUESTION).text + "\n"
    finally:
        server.terminate()
        server.wait(30)
        server.stdout.close()
    assert list(elsewhere.iterdir()) == []
