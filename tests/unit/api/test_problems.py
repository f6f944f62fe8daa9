"""One table of problems: every kind documented, every exception answered."""

import json

import psycopg
import pytest
from eventsourcing import persistence
from eventsourcing.dcb.api import DCBAppendCondition, DCBQuery
from sqlalchemy import exc

from api.problems import KINDS, TRANSLATIONS, Refusing, translated
from infrastructure.event_store.errors import AppendConditionFailed
from infrastructure.turns import WriteLockTimeout


def test_kinds_have_stable_types_and_statuses_of_refusals() -> None:
    assert {kind.type for kind in KINDS.values()} == {
        f"urn:foedus:problem:{name}"
        for name in (
            "unreadable-body", "invalid-event", "invalid-parameter", "body-too-large", "not-json",
            "actor-exists", "actor-in-use", "event-ended", "content-conflict", "position-conflict",
            "ahead-of-log", "ahead-of-read-model", "not-found", "method-not-allowed",
            "not-acceptable", "foreign-host", "busy", "too-many-streams", "not-ready",
            "database-unavailable",
            "not-installed", "storage-full", "bad-request", "internal", "log-damaged",
        )
    }  # fmt: skip
    assert all(400 <= kind.status < 600 for kind in KINDS.values())


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (exc.OperationalError("", None, Exception()), "database-unavailable"),
        (exc.InterfaceError("", None, Exception()), "database-unavailable"),
        (exc.TimeoutError(), "database-unavailable"),
        (persistence.OperationalError(), "database-unavailable"),
        (persistence.InterfaceError(), "database-unavailable"),
        (WriteLockTimeout(), "database-unavailable"),
        (exc.OperationalError("", None, psycopg.errors.DiskFull()), "storage-full"),
        (AppendConditionFailed(DCBAppendCondition(DCBQuery())), "internal"),
        (exc.IntegrityError("", None, Exception()), "internal"),
        (persistence.DataError(), "internal"),
        (TimeoutError(), "internal"),
        (LookupError(), "internal"),
    ],
    ids=lambda value: type(value).__qualname__ if isinstance(value, Exception) else None,
)
def test_what_the_database_says(error: Exception, kind: str) -> None:
    assert translated(error).kind is KINDS[kind]


def test_every_exception_is_answered() -> None:
    assert Exception in TRANSLATIONS


def test_a_problem_can_always_be_sent() -> None:
    response = Refusing("not-found", "\ud800", position=1).response()
    body = json.loads(bytes(response.body))
    assert (body["status"], body["detail"], body["position"]) == (404, "?", 1)
