"""A log with its projector on each kind of database."""

from collections.abc import Iterator

import pytest

from tests.property.comparing import World


@pytest.fixture
def world(fresh_url: str) -> Iterator[World]:
    opened = World.of(fresh_url)
    yield opened
    opened.database.dispose()


@pytest.fixture
def other_process(fresh_url: str, world: World) -> Iterator[World]:
    """The same database through connections, locks and listeners of its own."""
    assert world.projector.failure is None
    opened = World.of(fresh_url)
    yield opened
    opened.database.dispose()
