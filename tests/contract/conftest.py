"""What the tests of the store share."""

from collections.abc import Iterator

import pytest

from infrastructure.database import Database
from infrastructure.event_store import SqlRecorder


@pytest.fixture
def recorder(database: Database) -> Iterator[SqlRecorder]:
    made = SqlRecorder(database)
    yield made
    made.close()
