"""One run of the benchmark: its sizes, databases, figures and logs, handed from suite to suite."""

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from benchmarks.databases import Databases
from benchmarks.driving import Measured
from benchmarks.figures import P50, P99, RATE, Figures, Key
from benchmarks.isolation import InPlace, Isolated, Unavailable
from benchmarks.sizes import Shape, Sizes
from benchmarks.subjects.filling import Filler, LibraryFiller

OURS = "foedus"
DCB = "eventsourcing DCB recorder"
FILLERS = {OURS: Filler, DCB: LibraryFiller}


@dataclass
class Session:
    """What the suites of one run share."""

    sizes: Sizes
    databases: Databases
    subjects: ExitStack
    figures: Figures = field(default_factory=Figures)
    started: float = field(default_factory=time.monotonic)
    logs: dict[tuple[str, str, int], str] = field(default_factory=dict)
    """The prepared logs by whose they are, database and number of events."""

    def say(self, text: str) -> None:
        """Tell whoever waits what is being done."""
        minutes, seconds = divmod(int(time.monotonic() - self.started), 60)
        sys.stderr.write(f"{minutes:3}:{seconds:02}  {text}\n")
        sys.stderr.flush()

    def subject(
        self, name: str, make: Callable[..., object], *args: object
    ) -> Isolated | InPlace | None:
        """The subject in its own process until the run ends; None, noted, where it cannot be had."""
        try:
            if self.sizes.isolated:
                return self.subjects.enter_context(Isolated(make, *args))
            return self.subjects.enter_context(InPlace(make, *args))
        except Unavailable as reason:
            self.figures.unmeasured[name] = str(reason)
            self.say(f"  {name} is left out: {reason}")
            return None

    def appended(
        self, suite: str, database: str, subject: str, shape: Shape, measured: Measured
    ) -> None:
        """Keep what a subject reached with a shape."""
        case = str(shape)
        for measure, value in (
            (RATE, measured.acts * shape.batch / measured.seconds),
            (P50, measured.p50),
            (P99, measured.p99),
        ):
            self.figures.add(Key(suite, database, subject, case, measure), value)
        if measured.failed:
            self.say(
                f"  {subject} on {database}, {case}: {measured.failed} of "
                f"{measured.failed + measured.acts} appends failed; {measured.last_error}"
            )
            failed = Key(suite, database, subject, case, "failed appends")
            self.figures.add(failed, measured.failed)

    def log(self, whose: str, database: str, size: int) -> str | None:
        """The URL of a store with the first `size` events of the history, made when first asked for.

        It is grown from the next smaller one. None where the store cannot be had.
        """
        if (whose, database, size) in self.logs:
            return self.logs[whose, database, size]
        smaller = [one for one in self.sizes.logs if one < size]
        if smaller:
            start = self.log(whose, database, smaller[-1])
            url = start and self.databases.copy(start)
        else:
            make = self.databases.fresh if whose == OURS else self.databases.empty
            url = make(database)
        filler = self.subject(f"{whose} ({database})", FILLERS[whose])
        if url is None or filler is None:
            return None
        after = smaller[-1] if smaller else 0
        seconds = filler.call("fill", url, self.sizes.actors, after, size)
        filler.close()
        self.databases.settle(url)
        self.say(f"  {whose}, {database}: {size - after:,} events loaded in {seconds:.1f} s")
        self.logs[whose, database, size] = url
        return url

    def rounds(self) -> range:
        return range(self.sizes.rounds)
