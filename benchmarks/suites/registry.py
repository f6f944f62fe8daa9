"""All suites in the order in which they run, and all targets."""

from collections.abc import Callable

from benchmarks.session import Session
from benchmarks.suites import appends, posting, proving, reads

SUITES: dict[str, Callable[[Session], None]] = {
    appends.LIMITS: appends.limits,
    appends.SUITE: appends.run,
    posting.SUITE: posting.run,
    proving.SUITE: proving.run,
    reads.SUITE: reads.run,
    reads.GROWTH: reads.growth,
}

TARGETS = (*appends.TARGETS, *posting.TARGETS, *reads.TARGETS, *proving.TARGETS)
