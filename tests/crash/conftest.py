"""What the crash tests share: dice whose seed is told, rounds, and programs that end."""

import os
from collections.abc import Iterator
from random import Random, SystemRandom

import pytest

from tests.crash.postgresql import PostgreSQL
from tests.crash.postgresql import postgresql as running_postgresql
from tests.crash.programs import Programs, programs

ROUNDS = int(os.environ.get("FOEDUS_TEST_CRASHES", "3"))
"""How often each test lets something crash."""


@pytest.fixture
def rounds() -> range:
    return range(ROUNDS)


@pytest.fixture
def dice() -> Random:
    """Random timing and events; FOEDUS_TEST_CRASH_SEED repeats those of a failed test."""
    seed = os.environ.get("FOEDUS_TEST_CRASH_SEED") or str(SystemRandom().getrandbits(32))
    print(f"repeat with FOEDUS_TEST_CRASH_SEED={seed}")  # noqa: T201 - shown with a failure
    return Random(seed)


@pytest.fixture(name="programs")
def started_programs() -> Iterator[Programs]:
    with programs() as started:
        yield started


@pytest.fixture(scope="session", name="postgresql")
def own_postgresql() -> Iterator[PostgreSQL]:
    """A server that these tests may kill; a test that did has started it again."""
    with running_postgresql() as server:
        yield server
