"""What the tests of exports over HTTP share."""

import io
from typing import Any

import pyarrow.parquet as pq
import stix2
from pyarrow import Table

from infrastructure.exporting.stix_extension import EXTENSION
from tests.builders import worked_case
from tests.e2e.http import Client, pages

DAY = "2024-07-28"
EVENTS = worked_case()["events"]
LAST = len(EVENTS)
AT = {"valid_at": DAY}

NAMES = {
    "benin": 'say "no", twice',
    "chad": "=1+1",
    "france": "nan",
    "gabon": "NULL",
    "libya": "two\nlines\r\nand\ttabs",
    "mali": "Мали & <ماลี> 🇲🇱",
    "niger": "a\x01control\x85",
}
"""What sources may call actors."""


async def exported(client: Client, path: str, **asked: Any) -> bytes:
    response = await client.get(path, params=asked)
    assert response.is_success, response.text
    return response.content


async def among_all(client: Client, **asked: Any) -> list[dict[str, Any]]:
    """Every pair that is not unknown, by the pages of the API."""
    return await pages(client, "/v1/alignments", "alignments", limit=1000, **asked)


def parquet(content: bytes) -> Table:
    return pq.read_table(io.BytesIO(content))


async def bundle_of(client: Client, **asked: Any) -> stix2.Bundle:
    content = await exported(client, "/v1/alignments", format="stix", **asked)
    return stix2.parse(content.decode(), allow_custom=False)


def identities(bundle: stix2.Bundle) -> dict[str, str]:
    """The actor of each identity, by the identity's id."""
    return {
        one.id: one.extensions[EXTENSION]["actor"]
        for one in bundle.objects
        if one.type == "identity" and "extensions" in one
    }
