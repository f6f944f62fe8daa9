"""Measure, print the tables, and keep them: `python -m benchmarks --help`."""

import argparse
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import machine, sizes
from benchmarks.databases import NotDurable, durable_databases
from benchmarks.isolation import SubjectFailed
from benchmarks.machine import NotADisk
from benchmarks.reporting import RESULTS, Report
from benchmarks.session import Session
from benchmarks.sizes import Sizes
from benchmarks.suites.posting import ServerFailed
from benchmarks.suites.registry import SUITES, TARGETS

MISSED = 1
UNUSABLE = 2
ENDED = 128 + signal.SIGTERM


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line asks for and return the exit code."""
    asked = _options().parse_args(arguments)
    chosen = [name for name in SUITES if not asked.suite or name in asked.suite]
    size = sizes.ALL["tiny" if asked.tiny else "quick" if asked.quick else "full"]
    name = asked.name or "-".join([size.name, *asked.suite])
    try:
        report = measured(size, chosen, name, asked.folder)
    except (NotADisk, NotDurable) as refused:
        sys.stderr.write(f"{refused}\n")
        return UNUSABLE
    sys.stdout.write(report.markdown())
    for path in report.write(asked.results):
        sys.stderr.write(f"written: {path}\n")
    missed = any(outcome.met is False for outcome in report.outcomes)
    return MISSED if asked.strict and missed else 0


def measured(size: Sizes, suites: list[str], name: str, folder: Path | None = None) -> Report:
    """Run the suites on databases of their own, in a temporary folder (under `folder`)."""
    started = time.monotonic()
    date = datetime.now(UTC).isoformat(timespec="minutes")
    with ExitStack() as opened:
        place = Path(opened.enter_context(tempfile.TemporaryDirectory(dir=folder, prefix="bench-")))
        machine.require_disk(place)
        # The server runs as a user of its own, who must be able to come here.
        place.chmod(0o755)
        databases = opened.enter_context(durable_databases(place))
        described = machine.described(place)
        settings = databases.postgresql_settings()
        session = Session(size, databases, opened.enter_context(ExitStack()))
        for suite in suites:
            session.say(f"{suite}:")
            try:
                SUITES[suite](session)
            except (SubjectFailed, ServerFailed) as failed:
                session.say(f"  the suite is given up: {failed}")
                reason = str(failed).strip().rpartition("\n")[2]
                session.figures.unmeasured[f"the rest of the suite {suite}"] = reason
    outcomes = [target.judged(session.figures) for target in TARGETS if target.over.suite in suites]
    seconds = time.monotonic() - started
    return Report(
        name, size.name, date, seconds, size.rounds, described, settings, session.figures, outcomes
    )


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    bounds = parser.add_mutually_exclusive_group()
    bounds.add_argument("--quick", action="store_true", help="small sizes: about two minutes")
    bounds.add_argument("--tiny", action="store_true", help="see that it runs; figures say nothing")
    parser.add_argument(
        "--suite", action="append", default=[], choices=list(SUITES), help="only this one (repeat)"
    )
    parser.add_argument("--name", help="what the run is called; its size if left out")
    parser.add_argument("--folder", type=Path, help="where databases are made: a folder on a disk")
    parser.add_argument(
        "--results", type=Path, default=RESULTS, help="where the tables and the JSON are kept"
    )
    parser.add_argument("--strict", action="store_true", help="exit 1 if a target was missed")
    return parser


if __name__ == "__main__":
    # Ended from outside, it still takes its databases and servers with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(ENDED))
    sys.exit(main())
