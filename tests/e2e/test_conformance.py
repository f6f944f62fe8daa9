"""Whatever is sent, by the documentation or against it: a documented answer, never a 5xx."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from typing import Any, TypeVar

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import negative_data_rejection, positive_data_acceptance
from schemathesis.generation.case import Case

from api.app import create_app
from api.settings import Settings
from infrastructure.database import Database
from infrastructure.migrating import upgrade
from tests.builders import worked_case
from tests.e2e.http import listening

Result = TypeVar("Result")

pytestmark = pytest.mark.long

EXAMPLES = 25


POSTED = ("ActorRegistered", "AttackReported", "ReportDenied")
"""Making up events of all types takes minutes; the types are read alike."""


def hasty(document: dict[str, Any]) -> dict[str, Any]:
    """The documentation, but that nobody waits for long, and with few types of events to make up."""
    event = document["components"]["schemas"]["Event"]
    event["oneOf"] = [{"$ref": f"#/components/schemas/{name}"} for name in POSTED]
    del event["discriminator"]
    body = document["paths"]["/v1/events"]["post"]["requestBody"]["content"]["application/json"]
    body["examples"] = {name: body["examples"][name] for name in POSTED}
    body["schema"]["oneOf"][1]["maxItems"] = 3
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                if parameter["name"] == "wait":
                    parameter["schema"]["maximum"] = 0.01
    return document


schema = schemathesis.openapi.from_dict(
    hasty(create_app(Settings(database_url="sqlite:///unused")).openapi())
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own thread, over an SQLite file that holds the worked case."""
    url = f"sqlite:///{tmp_path_factory.mktemp('conformance') / 'case.sqlite3'}"
    database = Database(url)
    upgrade(database)
    database.dispose()
    loop = asyncio.new_event_loop()
    stack = AsyncExitStack()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(timeout=30)

    base = run(stack.enter_async_context(listening(create_app(Settings(database_url=url)))))
    httpx.post(f"{base}/v1/events", json=worked_case()["events"]).raise_for_status()
    yield base
    run(stack.aclose())
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_documented(case: Case[Any], address: str) -> None:
    # A body of the documented form may still name an actor that nobody registered.
    excluded = [positive_data_acceptance]
    if case.path == "/v1/events/stream":
        # Without `wait` it goes on for ever, and here that is documented to be shorter than it may be.
        case.query = {"wait": 0} | dict(case.query or {})
        excluded.append(negative_data_rejection)
    case.call_and_validate(base_url=address, excluded_checks=excluded)
