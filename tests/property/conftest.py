"""What the properties share: the databases in which SQL is held against the fold."""

from collections.abc import Iterator

import pytest

from tests.conftest import NewUrl
from tests.property.comparing import World, worlds


@pytest.fixture
def opened(new_url: NewUrl) -> Iterator[list[World]]:
    """A database of each kind, without events."""
    with worlds(new_url("sqlite"), new_url("postgresql")) as both:
        yield both
