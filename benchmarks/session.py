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
from benchmarks.shelf import Shelf
from benchmarks.sizes import Shape, Sizes
from benchmarks.subjects.asking import RelationsFiller
from benchmarks.subjects.filling import Builder, Filler, LibraryFiller

OURS = "foedus"
DCB = "eventsourcing DCB recorder"
AT_HEAD = "foedus, read models at the head"
"""Our store with the same history, and its read models brought to the head."""
RELATIONS = "relations"
"""Our store too, with another history and its read models."""
FILLERS = {OURS: Filler, DCB: LibraryFiller, RELATIONS: RelationsFiller}

_SHOWN_STEPS = 3


@dataclass
class Session:
    """What the suites of one run share."""

    sizes: Sizes
    databases: Databases
    shelf: Shelf | None = None
    """Where filled logs stay for later runs."""
    subjects: ExitStack = field(default_factory=ExitStack)
    """The processes of this suite's subjects."""
    figures: Figures = field(default_factory=Figures)
    """What this suite measured."""
    started: float = field(default_factory=time.monotonic)
    logs: dict[tuple[str, str, int], str] = field(default_factory=dict)
    """The prepared logs by whose they are, database and number of events."""
    steps: list[tuple[str, float]] = field(default_factory=list)
    """What was said to begin since the last account, and when."""

    def say(self, text: str) -> None:
        """Tell whoever waits what is being done: the next step."""
        self.steps.append((text.strip(), time.monotonic()))
        self.note(text)

    def note(self, text: str) -> None:
        """Tell whoever waits how something went."""
        minutes, seconds = divmod(int(time.monotonic() - self.started), 60)
        sys.stderr.write(f"{minutes:3}:{seconds:02}  {text}\n")
        sys.stderr.flush()

    def longest_steps(self) -> str:
        """What took longest since this was last asked, with seconds."""
        ends = [began for _, began in self.steps[1:]] + [time.monotonic()]
        taken = [(end - began, text) for (text, began), end in zip(self.steps, ends, strict=True)]
        self.steps.clear()
        longest = sorted(taken, reverse=True)[:_SHOWN_STEPS]
        return "; ".join(f"{seconds:.0f} s {text}" for seconds, text in longest)

    def subject(
        self, name: str, make: Callable[..., object], *args: object
    ) -> Isolated | InPlace | None:
        """The subject in its own process until the suite ends; None, noted, where it cannot be had."""
        try:
            if self.sizes.isolated:
                return self.subjects.enter_context(Isolated(make, *args))
            return self.subjects.enter_context(InPlace(make, *args))
        except Unavailable as reason:
            self.figures.unmeasured[name] = str(reason)
            self.note(f"  {name} is left out: {reason}")
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
            self.note(
                f"  {subject} on {database}, {case}: {measured.failed} of "
                f"{measured.failed + measured.acts} appends failed; {measured.last_error}"
            )
            failed = Key(suite, database, subject, case, "failed appends")
            self.figures.add(failed, measured.failed)

    def log(self, whose: str, database: str, size: int) -> str | None:
        """The URL of a store with the first `size` events of the history, made when first asked for.

        It is grown from the next smaller one. None where the store cannot be had.
        """
        if (whose, database, size) not in self.logs:
            url = self._kept(whose, database, size) or self._filled(whose, database, size)
            if url is None:
                return None
            self.logs[whose, database, size] = url
        return self.logs[whose, database, size]

    def log_at_head(self, database: str, size: int) -> str | None:
        """The URL of our store with the first `size` events and read models that hold them all."""
        key = AT_HEAD, database, size
        if key not in self.logs:
            url = self._kept(*key) or self._brought_to_head(database, size)
            if url is None:
                return None
            self.logs[key] = url
        return self.logs[key]

    def _brought_to_head(self, database: str, size: int) -> str | None:
        url = self.log(OURS, database, size)
        self.say(f"  {AT_HEAD}, {database}: projecting {size:,} events")
        builder = self.subject(f"{AT_HEAD} ({database})", Builder)
        if url is None or builder is None:
            return None
        seconds = builder.call("build", url)
        builder.close()
        self.databases.settle(url)
        self.note(f"  {AT_HEAD}, {database}: {size:,} events projected in {seconds:.1f} s")
        if self.shelf:
            self.shelf.put(url, AT_HEAD, size)
        return url

    def _kept(self, whose: str, database: str, size: int) -> str | None:
        url = self.shelf.copy(whose, database, size) if self.shelf else None
        if url:
            self.note(f"  {whose}, {database}: {size:,} events as an earlier run loaded them")
        return url

    def _filled(self, whose: str, database: str, size: int) -> str | None:
        smaller = [one for one in self.sizes.logs if one < size]
        after = smaller[-1] if smaller else 0
        if after:
            start = self.log(whose, database, after)
            url = start and self.databases.copy(start)
        else:
            make = self.databases.empty if whose == DCB else self.databases.fresh
            url = make(database)
        self.say(f"  {whose}, {database}: loading {size - after:,} events")
        filler = self.subject(f"{whose} ({database})", FILLERS[whose])
        if url is None or filler is None:
            return None
        seconds = filler.call("fill", url, self.sizes.actors, after, size)
        filler.close()
        self.databases.settle(url)
        self.note(f"  {whose}, {database}: {size - after:,} events loaded in {seconds:.1f} s")
        if self.shelf:
            self.shelf.put(url, whose, size)
        return url

    def rounds(self) -> range:
        return range(self.sizes.rounds)
