"""The layers hold, and each contract that guards them catches a violation planted for it."""

import ast
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.project import PACKAGES, ROOT, modules, settings

LINT = "from importlinter.cli import lint_imports_command as lint; lint()"


@dataclass(frozen=True)
class Plant:
    """Text added to the end of a module (made where there is none) that breaks a contract."""

    contract: str
    module: str
    text: str


PLANTS = [
    Plant("layers", "domain/planted.py", "import infrastructure"),
    Plant("layers", "domain/planted.py", "import api"),
    Plant("layers", "infrastructure/planted.py", "import api"),
    Plant("domain-standard-library-only", "domain/planted.py", "from pydantic import BaseModel"),
    Plant("domain-standard-library-only", "domain/planted.py", "import sqlalchemy.orm"),
    Plant("domain-pure", "domain/planted.py", "from time import time"),
    Plant("domain-pure", "domain/planted.py", "import os.path"),
    Plant("web-in-api-only", "infrastructure/planted.py", "from fastapi import HTTPException"),
    Plant("web-in-api-only", "migrations/planted.py", "import typer"),
    Plant(
        "writing-and-asking-apart",
        "infrastructure/questions/planted.py",
        "import infrastructure.projecting.planted_sibling",
    ),
    Plant(
        "writing-and-asking-apart",
        "infrastructure/projecting/batch.py",
        "import infrastructure.questions.matrix",
    ),
    Plant("migrations-know-the-schema", "migrations/env.py", "import infrastructure.planted"),
    Plant("migrations-know-the-schema", "migrations/versions/20260101_planted.py", "import domain"),
    Plant("sql-never-folds", "infrastructure/questions/planted.py", "from domain import fold"),
    Plant("sql-never-folds", "infrastructure/projecting/planted.py", "import domain.fold.planted"),
    Plant("sql-never-folds", "infrastructure/audit/comparing.py", "import domain.fold.planted"),
    Plant("routers-ask-questions", "api/routers/planted.py", "import infrastructure.schema"),
    Plant("routers-ask-questions", "api/routers/planted.py", "import infrastructure.event_store"),
    Plant("hints-are-no-evidence", "domain/fold/planted.py", "import domain.suggestions"),
    Plant(
        "hints-are-no-evidence",
        "infrastructure/questions/alignments.py",
        "import infrastructure.questions.suggestions",
    ),
    Plant(
        "hints-are-no-evidence",
        "api/bodies/alignments.py",
        "from domain.suggestions import suggestions",
    ),
    Plant(
        "hints-at-their-own-address", "api/bodies/alignments.py", "import api.bodies.suggestions"
    ),
]
# Modules that a plant imports, made in the copy before each run.
SCENERY = {
    "domain/fold/planted.py": "",
    "infrastructure/event_store/__init__.py": "",
    "infrastructure/planted.py": "",
    "infrastructure/projecting/planted_sibling.py": "",
    "infrastructure/schema/__init__.py": "",
}


def contracts() -> dict[str, str]:
    """Contract id to its name, as pyproject.toml declares them."""
    return {c["id"]: c["name"] for c in settings()["tool"]["importlinter"]["contracts"]}


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )


def add(tree: Path, module: str, text: str) -> None:
    """Append to the module, and make it and the packages above it where they are missing."""
    path = tree / module
    path.parent.mkdir(parents=True, exist_ok=True)
    for package in path.relative_to(tree).parents:
        if package.parts:
            (tree / package / "__init__.py").touch()
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{text}\n")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the packages and of the contracts, free to be broken."""
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_layers_hold() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("plant", PLANTS, ids=lambda p: f"{p.contract}: {p.text}")
def test_a_planted_violation_is_caught(tree: Path, plant: Plant) -> None:
    for module, text in SCENERY.items():
        add(tree, module, text)
    assert lint(tree).returncode == 0
    add(tree, plant.module, plant.text)
    result = lint(tree)
    assert result.returncode == 1, result.stdout + result.stderr
    assert f"\n{contracts()[plant.contract]} BROKEN" in result.stdout


def test_every_contract_has_a_plant() -> None:
    assert {plant.contract for plant in PLANTS} == set(contracts())


def test_the_contract_names_every_run_time_dependency() -> None:
    declared = settings()["project"]["dependencies"]
    wanted = {re.split(r"[\[<>=~! ]", line, maxsplit=1)[0].lower() for line in declared}
    imported_as = {
        name
        for name, distributions in packages_distributions().items()
        if wanted & {d.lower() for d in distributions}
    }
    (forbidden,) = (
        c["forbidden_modules"]
        for c in settings()["tool"]["importlinter"]["contracts"]
        if c["id"] == "domain-standard-library-only"
    )
    assert imported_as <= set(forbidden)


def test_the_domain_imports_nothing_from_outside_the_standard_library() -> None:
    """The contract above lists packages; this one needs no list."""
    foreign = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in modules("domain")
        for name in imported_names(path)
        if name.split(".")[0] not in {*sys.stdlib_module_names, "domain"}
    }
    assert not foreign


def imported_names(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
    return names
