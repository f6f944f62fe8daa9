"""All suites in the order in which they run, and all targets."""

from collections.abc import Callable

from benchmarks.session import Session
from benchmarks.suites import appends, asof, asof_cases, imports, posting, proving, reads

SUITES: dict[str, Callable[[Session], None]] = {
    appends.LIMITS: appends.limits,
    appends.SUITE: appends.run,
    posting.SUITE: posting.run,
    proving.SUITE: proving.run,
    reads.SUITE: reads.run,
    reads.GROWTH: reads.growth,
    asof_cases.SUITE: asof.run,
    imports.SUITE: imports.run,
}
_APART = (asof_cases.SUITE, imports.SUITE)
OF_THE_STORE = tuple(name for name in SUITES if name not in _APART)
"""What is measured where no suite is named: the others need peers or data of their own."""

TARGETS = (
    *appends.TARGETS,
    *posting.TARGETS,
    *reads.TARGETS,
    *proving.TARGETS,
    *asof_cases.TARGETS,
    *imports.TARGETS,
)
