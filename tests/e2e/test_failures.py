"""When the database is away, or something breaks: a problem that tells nothing of the inside."""

import httpx
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import exc, make_url

from api.app import NotOffered, create_app
from api.settings import Settings
from infrastructure.migrating import SchemaTooOld
from tests.builders import worked_case
from tests.conftest import NewUrl, administering
from tests.e2e.http import Client, attack, post, problem, recorded, registration, served, serving

SECRET = "/srv/secret password=hunter2"
LAST = len(worked_case()["events"])


async def test_a_database_that_is_gone_is_a_503(new_url: NewUrl) -> None:
    url = make_url(new_url("postgresql"))
    settings = Settings(database_url=url.render_as_string(hide_password=False))
    async with served(create_app(settings)) as client:
        await recorded(client, [registration("chad"), registration("libya")])
        with administering(url.set(database="template1")) as session:
            session.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(str(url.database)))
            )
        for _ in range(2):
            responses = [
                await post(client, attack("chad", "libya")),
                await client.get("/v1/events"),
                await client.get("/v1/alignments/chad/libya"),
                await client.get("/v1/actors", params={"wait": "0.05"}),
                await client.get("/v1/audit/verify"),
                await client.get("/v1/audit/replay"),
                await client.get("/readyz"),
            ]
            for response in responses:
                assert problem(response, 503, "database-unavailable") == []
                assert str(url.database) not in response.text
                assert response.headers["retry-after"]
        assert (await client.get("/healthz")).status_code == httpx.codes.OK
        with psycopg.connect(
            url.set(drivername="postgresql", database="template1").render_as_string(
                hide_password=False
            ),
            autocommit=True,
        ) as session:
            session.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(str(url.database))))


@pytest.mark.parametrize(
    ("failure", "status", "kind"),
    [
        (exc.OperationalError(SECRET, None, Exception(SECRET)), 503, "database-unavailable"),
        (exc.TimeoutError(SECRET), 503, "database-unavailable"),
        (exc.ProgrammingError(SECRET, None, Exception(SECRET)), 500, "internal"),
        (RuntimeError(SECRET), 500, "internal"),
        (KeyError(SECRET), 500, "internal"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
async def test_a_failure_tells_nothing_of_the_inside(
    case: Client, monkeypatch: pytest.MonkeyPatch, failure: Exception, status: int, kind: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(serving(case).database, "ask", fail)
    monkeypatch.setattr(serving(case).appends, "append", fail)
    responses = [
        await case.get("/v1/alignments/mali/france"),
        await case.get("/v1/events"),
        await post(case, attack("mali", "jnim")),
    ]
    for response in responses:
        assert problem(response, status, kind) == []
        assert "secret" not in response.text
        assert "Traceback" not in response.text
        assert response.headers["x-content-type-options"] == "nosniff"


async def test_a_server_goes_on_after_a_failure(case: Client) -> None:
    assert (await case.get("/v1/alignments/mali/france")).status_code == httpx.codes.OK


def test_keys_are_refused_until_they_exist() -> None:
    with pytest.raises(NotOffered, match="FOEDUS_AUTH=keys is not available yet"):
        create_app(Settings(database_url="sqlite:///unused", auth="keys"))


async def test_a_database_without_tables_is_refused_at_start(bare_url: str) -> None:
    with pytest.raises(SchemaTooOld, match="foedus migrate"):
        async with served(create_app(Settings(database_url=bare_url))):
            pass
