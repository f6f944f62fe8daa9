"""What lies where: folders, names, sizes, and nothing of the machine it was written on."""

import re

import pytest

from tests.architecture.project import PACKAGES, ROOT, files, modules, settings

FOLDERS = {*PACKAGES, "tests", "docs", "benchmarks", ".ci"}
LONGEST_MODULE = 350
# Names that say nothing, and so collect everything.
EMPTY_NAMES = {
    "base", "common", "core", "crud", "helper", "helpers", "manager", "misc", "models",
    "service", "services", "util", "utils",
}  # fmt: skip

# Spelled as patterns, so that this file does not contain what it forbids.
REGISTRY_HOST = re.compile(
    r"pypi\.org|pythonhoste[d]\.org|npmjs\.(org|com)|crates\.io|golang\.org|rubygems\.org"
    r"|(deb|ftp|security)\.debian\.org|ubuntu\.com|index-url [a-z]"
)
MACHINE_PATH = re.compile(
    r"(?<![\w.])/(work|root|home|Users|opt)/\w|(?<![\w.])/tmp/\w|\.librar[y]/"
)
PIN = re.compile(r"^[\w.-]+(?:\[[\w,]+\])?==[^\s;]+", re.MULTILINE)


def lines_matching(pattern: re.Pattern[str]) -> list[str]:
    """`file:line: text` for each line of a text file of the project that matches."""
    found = []
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
            for number, line in enumerate(text.splitlines(), 1)
            if pattern.search(line)
        ]
    return found


def test_top_level_folders_are_the_agreed_ones() -> None:
    found = {path.relative_to(ROOT).parts[0] for path in files() if path.parent != ROOT}
    assert found <= FOLDERS


def test_no_module_lies_beside_the_packages() -> None:
    assert not [path.name for path in files() if path.parent == ROOT and path.suffix == ".py"]


def test_every_folder_of_modules_is_a_package() -> None:
    """A folder without __init__.py is invisible to the import contracts."""
    folders = {path.parent for path in modules(*PACKAGES)}
    assert not [str(f.relative_to(ROOT)) for f in folders if not (f / "__init__.py").exists()]


def test_modules_are_short_enough_to_read() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in modules(*PACKAGES, "tests", "benchmarks")
    }
    assert not {name: n for name, n in lengths.items() if n > LONGEST_MODULE}


def test_names_say_something() -> None:
    paths = [path.relative_to(ROOT) for path in modules(*PACKAGES, "tests", "benchmarks")]
    assert not [str(p) for p in paths if EMPTY_NAMES & {*p.parts, p.stem}]


@pytest.mark.parametrize("pattern", [REGISTRY_HOST, MACHINE_PATH], ids=["registry", "machine"])
def test_no_file_names_a_registry_host_or_a_machine_path(pattern: re.Pattern[str]) -> None:
    assert not lines_matching(pattern)


def test_the_patterns_find_what_they_are_for() -> None:
    # Put together here, so that this file passes its own test.
    assert REGISTRY_HOST.search("see https://files.{}hosted.org/x".format("python"))
    assert MACHINE_PATH.search("cd /{}/main && ls".format("work"))
    assert not MACHINE_PATH.search("tests/home/x, ./tmp/x")


def test_links_between_documents_lead_somewhere() -> None:
    links = [
        (path, target)
        for path in files()
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    ]
    assert links
    assert not [(str(p.relative_to(ROOT)), t) for p, t in links if not (p.parent / t).exists()]


@pytest.mark.parametrize(
    "lock", ["requirements.lock", "requirements-dev.lock", "requirements-peers.lock"]
)
def test_every_locked_requirement_carries_its_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    requirements = re.findall(r"^[a-z0-9].*(?:\n[ ]+--hash.*)*", text, re.MULTILINE)
    assert len(requirements) >= len(settings()["project"]["dependencies"])
    assert not [r.splitlines()[0] for r in requirements if "==" not in r or "--hash=" not in r]
    assert "://" not in text


def test_the_locks_agree() -> None:
    """What the tests ran with is what a user installs."""

    def pins(lock: str) -> set[str]:
        return set(PIN.findall((ROOT / lock).read_text(encoding="utf-8")))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")
