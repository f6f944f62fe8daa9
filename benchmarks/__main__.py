"""Measure, print the tables, and keep them: `python -m benchmarks --help`."""

import argparse
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import machine, sizes
from benchmarks.databases import NotDurable, durable_databases
from benchmarks.earlier import NotComparable, take_earlier
from benchmarks.figures import Figures
from benchmarks.isolation import SubjectFailed
from benchmarks.machine import NotADisk
from benchmarks.programs import ServerFailed
from benchmarks.reporting import RESULTS, Report, SuiteRun
from benchmarks.session import Session
from benchmarks.shelf import Shelf, Taken, kept_folder
from benchmarks.sizes import Sizes
from benchmarks.suites.asof_cases import PEERS
from benchmarks.suites.asof_cases import SUITE as ASOF
from benchmarks.suites.registry import OF_THE_STORE, SUITES, TARGETS

MISSED = 1
UNUSABLE = 2


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line asks for and return the exit code."""
    asked = _options().parse_args(arguments)
    chosen = [name for name in SUITES if name in (asked.suite or OF_THE_STORE)]
    size = sizes.ALL["tiny" if asked.tiny else "quick" if asked.quick else "full"]
    name = asked.name or _named(size, asked.suite)
    try:
        with prepared(size, asked.folder, asked.keep) as session:
            report = described(name, session, PEERS if ASOF in chosen else ())
            if asked.add:
                take_earlier(report, asked.results)
            for suite in chosen:
                measure(session, suite, report, asked.results)
    except (NotADisk, NotDurable, NotComparable, Taken) as refused:
        sys.stderr.write(f"{refused}\n")
        return UNUSABLE
    sys.stdout.write(report.markdown())
    missed = any(outcome.met is False for outcome in report.outcomes)
    return MISSED if asked.strict and missed else 0


@contextmanager
def prepared(size: Sizes, folder: Path | None, keep: Path | None) -> Iterator[Session]:
    """A session with databases of its own in a temporary folder (under `folder`), or in `keep`."""
    with ExitStack() as opened:
        if keep is None:
            place = Path(opened.enter_context(TemporaryDirectory(dir=folder, prefix="bench-")))
        else:
            place = opened.enter_context(kept_folder(keep))
        machine.require_disk(place)
        # The server runs as a user of its own, who must be able to come here.
        place.chmod(0o755)
        databases = opened.enter_context(durable_databases(place, kept=keep is not None))
        yield Session(size, databases, Shelf(databases) if keep is not None else None)


def described(name: str, session: Session, peers: Sequence[str] = ()) -> Report:
    """A report without suites, with the versions of more packages."""
    settings = session.databases.postgresql_settings()
    here = machine.described(session.databases.folder) | machine.versions(peers)
    return Report(name, session.sizes.name, session.sizes.rounds, here, settings, TARGETS)


def measure(session: Session, suite: str, report: Report, results: Path) -> None:
    """Measure the suite and write the report; an end from outside is written down and goes on.

    What was measured of an ended suite is not put in the place of a whole earlier one.
    """
    session.say(f"{suite}:")
    started, date = time.monotonic(), datetime.now(UTC).isoformat(timespec="minutes")
    figures = session.figures = Figures()
    whole = False
    try:
        with ExitStack() as session.subjects:
            SUITES[suite](session)
        whole = True
    except (SubjectFailed, ServerFailed) as failed:
        session.note(f"  the suite is given up: {failed}")
        figures.unmeasured["the rest of the suite"] = str(failed).strip().rpartition("\n")[2]
    except (KeyboardInterrupt, SystemExit):
        figures.unmeasured["the rest of the suite"] = "the run was ended"
        raise
    finally:
        seconds = time.monotonic() - started
        session.note(f"  {suite} took {seconds:.0f} s; longest: {session.longest_steps()}")
        before = report.runs.get(suite)
        if whole or before is None or not before.whole:
            run = SuiteRun(date, seconds, machine.code(), whole, figures)
            runs = report.runs | {suite: run}
            report.runs = {one: runs[one] for one in SUITES if one in runs}
        for path in report.write(results):
            session.note(f"  written: {path}")


def _named(size: Sizes, suites: Sequence[str]) -> str:
    """What a run is called that nobody gave a name: by its size, unless full, and its suites."""
    return "-".join(suites if suites and size is sizes.FULL else [size.name, *suites])


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    bounds = parser.add_mutually_exclusive_group()
    bounds.add_argument("--quick", action="store_true", help="small sizes: about two minutes")
    bounds.add_argument("--tiny", action="store_true", help="see that it runs; figures say nothing")
    parser.add_argument(
        "--suite",
        action="append",
        default=[],
        choices=list(SUITES),
        help="only this one (repeat); left out, all of the store's",
    )
    parser.add_argument(
        "--add",
        action="store_true",
        help="keep the other suites of the results of this name, if machine and versions agree",
    )
    parser.add_argument(
        "--keep", type=Path, help="a folder on a disk where filled logs stay for later runs"
    )
    parser.add_argument(
        "--name", help="what the run is called; if left out, by its size and suites"
    )
    parser.add_argument("--folder", type=Path, help="where databases are made: a folder on a disk")
    parser.add_argument(
        "--results", type=Path, default=RESULTS, help="where the tables and the JSON are kept"
    )
    parser.add_argument("--strict", action="store_true", help="exit 1 if a target was missed")
    return parser


if __name__ == "__main__":
    # Ended from outside, it still writes what it has and takes its databases and servers with it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda caught, _: sys.exit(128 + caught))
    sys.exit(main())
