"""Planned routes read what FastAPI reads, and leave to it what is not plainly right."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Annotated
from urllib.parse import quote

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request, Response, routing
from hypothesis import given, settings
from hypothesis import strategies as st

from api.paging import PageDep
from api.parameters import ActorPath, AskedDep, AskedWithoutPartsDep, only_documented
from api.planned import Planned
from api.problems import answer_with_problems
from api.reading import Whole


def application(route: type[routing.APIRoute]) -> FastAPI:
    """An application whose answers repeat what was read."""
    app = FastAPI()
    router = APIRouter(dependencies=[Depends(only_documented)], route_class=route)

    @router.get("/things/{id}")
    async def tell(
        *,
        request: Request,
        asked: AskedDep,
        same: AskedWithoutPartsDep,
        page: PageDep,
        id: ActorPath,
        number: Annotated[Whole, Query()],
        last: Annotated[int | None, Header(alias="Last-Event-ID")] = None,
    ) -> Response:
        assert asked is same
        return Response(repr((request.url.path, asked, page, id, number, last)))

    app.include_router(router)
    answer_with_problems(app)
    app.state.serving = SimpleNamespace(clock=lambda: NOW)
    return app


NOW = datetime(2024, 7, 28, 12, tzinfo=UTC)
PLANNED, BY_FASTAPI = application(Planned), application(routing.APIRoute)

GIVEN = {
    "valid_at": ["2024-07-28", "2024-02-30", ""],
    "known_at": ["12", "2024-07-28T12:00:00Z", "2024-07-28T12:00:00+01:00", "-1"],
    "according_to": ["mali", "No Body"],
    "reliability": ["B", "G"],
    "credibility": ["3", "9"],
    "include": ["alleged", "parts", "alleged,alleged", "all"],
    "without": ["claimant:mali", "publisher:A & B", "nobody"],
    "wait": ["0.5", "31"],
    "limit": ["10", "0"],
    "after": ["bm8", "WyJ4IiwxLCIyMDI0LTAxLTAxIiwiYSJd"],
    "number": ["7", "seven"],
    "nmber": ["7"],
}
PAIRS = [f"{name}={quote(text)}" for name, texts in GIVEN.items() for text in texts]
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Accept-Datetime": st.sampled_from(["Sun, 28 Jul 2024 12:00:00 GMT", "some day"]),
        "Last-Event-ID": st.sampled_from(["7", "seven"]),
    },
)


async def told(
    app: FastAPI, query: str, id: str, headers: Mapping[str, str] | None = None
) -> tuple[int, str]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.get(f"/things/{id}?{query}", headers=headers)
    return answer.status_code, answer.text


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(PAIRS), max_size=5).map("&".join),
    HEADERS,
    st.sampled_from(["mali", "Mali"]),
)
async def test_what_is_read_is_what_fastapi_reads(
    query: str, headers: Mapping[str, str], id: str
) -> None:
    for whole in (query, f"number=7&{query}"):
        planned = await told(PLANNED, whole, id, headers)
        assert planned == await told(BY_FASTAPI, whole, id, headers)


async def test_what_is_plainly_right_is_not_read_by_fastapi(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(routing, "solve_dependencies", None)
    query = "number=7&valid_at=2024-07-28&include=alleged&limit=10&without=publisher:A"
    assert (await told(PLANNED, query, "mali"))[0] == 200
    assert (await told(PLANNED, query + "&number=8", "mali"))[0] == 500
    assert (await told(BY_FASTAPI, query, "mali"))[0] == 500
