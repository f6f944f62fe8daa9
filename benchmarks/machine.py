"""What a run was made on, and with: figures without it mean nothing."""

import os
import platform
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = (
    "foedus",
    "eventsourcing",
    "eventsource-py",
    "sqlalchemy",
    "psycopg",
    "psycopg-binary",
    "psycopg-pool",
    "asyncpg",
    "aiosqlite",
    "msgspec",
    "pydantic",
    "fastapi",
    "uvicorn",
    "uvloop",
    "httptools",
)
"""The subjects and what decides their speed."""

_MEMORY_FILESYSTEMS = {"tmpfs", "ramfs"}


class NotADisk(RuntimeError):
    """The folder lies in memory, where a sync costs nothing."""


def described(folder: Path) -> dict[str, str]:
    """The machine, the disk under `folder` and the versions, as text by name."""
    return {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0))) if _is_linux() else str(os.cpu_count()),
        "memory": _memory(),
        "system": f"{platform.system()} {platform.release()}",
        "file system": filesystem(folder),
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "SQLite": sqlite3.sqlite_version,
        "SQLite's default synchronous": _default_synchronous(folder),
        **versions(PACKAGES),
    }


def versions(packages: Iterable[str]) -> dict[str, str]:
    """The versions of packages by name."""
    return {name: _version(name) for name in packages}


def code() -> str:
    """The commit that is measured, with a + where files were changed since; "unknown" without one."""
    git = shutil.which("git")
    if git is None:
        return "unknown"
    asked = [git, "-C", str(Path(__file__).parent), "describe", "--always", "--dirty=+"]
    described = subprocess.run(asked, capture_output=True, text=True, check=False)
    return described.stdout.strip() or "unknown"


def require_disk(folder: Path) -> None:
    """Raise NotADisk for a folder that lies in memory."""
    if (found := filesystem(folder)) in _MEMORY_FILESYSTEMS:
        raise NotADisk(f"{folder} lies on {found}: name a folder on a disk with --folder")


def filesystem(folder: Path) -> str:
    """The kind of file system that holds the folder, "unknown" where it cannot be learned."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return "unknown"
    kinds = {}
    for line in mounts.read_text(encoding="utf-8").splitlines():
        _, point, kind, *_ = line.split()
        kinds[Path(point)] = kind
    place = folder.resolve()
    return next((kinds[one] for one in (place, *place.parents) if one in kinds), "unknown")


def peak_megabytes() -> float:
    """The most memory that this process has held, in MB."""
    status = Path("/proc/self/status")
    if not status.exists():
        import resource  # noqa: PLC0415 - absent from systems that have neither

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000_000
    # Not getrusage: on Linux a new process inherits its parent's peak there.
    lines = status.read_text(encoding="ascii", errors="replace").splitlines()
    peak = next(line for line in lines if line.startswith("VmHWM"))
    return int(peak.split()[1]) * 1_024 / 1_000_000


def _default_synchronous(folder: Path) -> str:
    """What a connection with a write-ahead log does that sets nothing, as some peers' do."""
    file = folder / "synchronous.sqlite3"
    raw = sqlite3.connect(file)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.close()
    raw = sqlite3.connect(file)
    (level,) = raw.execute("PRAGMA synchronous").fetchone()
    raw.close()
    file.unlink()
    return {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}[level]


def _is_linux() -> bool:
    return platform.system() == "Linux"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory() -> str:
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{pages / 1_000_000_000:.0f} GB"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
