"""Checkpoints and proofs over HTTP, checked as an auditor checks them."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel
from sqlalchemy import text

from api.app import create_app
from api.schemas.answers import CheckpointAnswer, ConsistencyAnswer, ProofAnswer
from api.settings import Settings
from infrastructure.database import Database
from infrastructure.proving import merkle
from infrastructure.proving.checkpoint import checked_checkpoint
from infrastructure.proving.proof import check_proof
from infrastructure.proving.signing import PublicKey, signing_key
from tests.builders import worked_case
from tests.e2e.http import Client, parameters, problem, recorded, registration, served

EVENTS = worked_case()["events"]
LAST = len(EVENTS)
MODELS: dict[str, type[BaseModel]] = {
    "checkpoint": CheckpointAnswer,
    "proof": ProofAnswer,
    "consistency": ConsistencyAnswer,
}


@pytest.fixture(autouse=True)
def _own_data_folder(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No test makes a key in the data folder of whoever runs it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "signing-key.pem"


@pytest.fixture
async def own(fresh_url: str, key_file: Path) -> Any:
    """A server of the worked case with a signing key that the test knows."""
    settings = Settings(database_url=fresh_url, signing_key=key_file)
    async with served(create_app(settings)) as client:
        await recorded(client, EVENTS)
        yield client


@pytest.fixture
def key(key_file: Path) -> PublicKey:
    return signing_key(key_file).public


async def asked(client: Client, what: str, **parameters: Any) -> Any:
    response = await client.get(f"/v1/audit/{what}", params=parameters)
    assert response.status_code == httpx.codes.OK, response.text
    assert response.headers["cache-control"] == "no-store"
    MODELS[what].model_validate_json(response.content)
    return response.json()


async def test_the_checkpoint_is_signed_over_the_head(own: Client, key: PublicKey) -> None:
    answer = await asked(own, "checkpoint")
    signed = checked_checkpoint(answer, key)
    verdict = (await own.get("/v1/audit/verify")).json()
    assert (signed.checkpoint.position, signed.checkpoint.hash.hex()) == (LAST, verdict["hash"])


async def test_a_proof_is_a_file_for_auditors(own: Client, key: PublicKey) -> None:
    for position in (1, 30, LAST):
        proven = check_proof(await asked(own, "proof", position=position), key)
        assert (proven.position, proven.id) == (position, EVENTS[position - 1]["id"])
    earlier = check_proof(await asked(own, "proof", position=3, size=9), key)
    assert earlier.checkpoint.checkpoint.position == 9


async def test_a_growing_log_is_a_continuation(own: Client, key: PublicKey) -> None:
    before = await asked(own, "checkpoint")
    await recorded(own, registration("atlantis"))
    answer = await asked(own, "consistency", first=LAST)
    assert answer["first"] == {"position": LAST, "root": before["root"]}
    now = checked_checkpoint(answer["checkpoint"], key).checkpoint
    merkle.check_consistency(
        LAST, bytes.fromhex(before["root"]), now.position, now.root,
        [bytes.fromhex(sibling) for sibling in answer["path"]],
    )  # fmt: skip
    again = await asked(own, "consistency", first=5, second=LAST)
    assert again["second"] == answer["first"]


@pytest.mark.parametrize(
    ("what", "given", "parameter"),
    [
        ("proof", {"position": 0}, "position"),
        ("proof", {"position": LAST + 1}, "position"),
        ("proof", {"position": 9, "size": 8}, "position"),
        ("proof", {"position": 9, "size": LAST + 1}, "size"),
        ("proof", {"position": "x"}, "position"),
        ("proof", {}, "position"),
        ("proof", {"position": 1, "siez": 8}, "siez"),
        ("consistency", {"first": 9, "second": 8}, "first"),
        ("consistency", {"first": 9, "second": LAST + 1}, "second"),
        ("consistency", {"first": LAST + 1}, "first"),
        ("consistency", {}, "first"),
        ("checkpoint", {"size": 8}, "size"),
    ],
)
async def test_what_is_out_of_range_is_refused_by_its_name(
    case: Client, what: str, given: dict[str, Any], parameter: str
) -> None:
    response = await case.get(f"/v1/audit/{what}", params=given)
    assert parameters(response, 422, "invalid-parameter") == [parameter]


async def test_a_damaged_log_is_neither_proven_nor_signed(own: Client, fresh_url: str) -> None:
    database = Database(fresh_url)
    with database.write() as conn:
        conn.execute(text("UPDATE events SET recorded_by = 'somebody' WHERE position = 32"))
    response = await own.get("/v1/audit/proof", params={"position": 32})
    assert problem(response, 500, "log-damaged") == []
    assert response.json()["detail"].startswith("position 32: the leaf is not that")
    with database.write() as conn:
        conn.execute(text("DELETE FROM events WHERE position = 40"))
    database.dispose()
    for what, given in (("checkpoint", {}), ("consistency", {"first": 3})):
        response = await own.get(f"/v1/audit/{what}", params=given)
        assert problem(response, 500, "log-damaged") == []


async def test_a_key_that_cannot_be_used_is_not_shown(own: Client, key_file: Path) -> None:
    spoil(key_file)
    response = await own.get("/v1/audit/checkpoint")
    assert problem(response, 500, "internal") == []
    assert key_file.name not in response.text


def spoil(key_file: Path) -> None:
    key_file.write_text("a secret", encoding="utf-8")


async def test_the_columns_that_follow_from_the_data_are_verified(
    own: Client, fresh_url: str
) -> None:
    database = Database(fresh_url)
    with database.write() as conn:
        conn.execute(text("DELETE FROM event_tags WHERE position = 7 AND tag LIKE 'actor:%'"))
    database.dispose()
    verdict = (await own.get("/v1/audit/verify")).json()
    assert verdict["first_bad"]["position"] == 7
