"""A trivial validated POST on the server program of `foedus serve`: what HTTP alone allows.

It is `foedus serve` with another application in it, so that the server and all its settings
are the same by construction; the database that it prepares is not used.
"""

import sys
from typing import Literal

from fastapi import FastAPI
from pydantic import BaseModel

import api.app
from api.cli import main

PATH = "/events"


class Claimed(BaseModel):
    """The claim of an event, as a client sends it."""

    claimant: str
    publisher: str
    reported_on: str
    reliability: Literal["A", "B", "C", "D", "E", "F"]
    credibility: int


class Posted(BaseModel):
    """An event, as a client sends it."""

    id: str
    type: str
    occurred: str
    claim: Claimed
    data: dict[str, object]


class Received(BaseModel):
    """As much as a receipt says."""

    id: str
    position: int


def trivial(_settings: object) -> FastAPI:
    """An application that validates an event, counts it and forgets it."""
    app = FastAPI()
    count = 0

    @app.post(PATH, status_code=201)
    async def receive(posted: Posted) -> Received:
        nonlocal count
        count += 1
        return Received(id=posted.id, position=count)

    return app


if __name__ == "__main__":
    api.app.create_app = trivial  # type: ignore[assignment]
    main(["serve", *sys.argv[1:]])
