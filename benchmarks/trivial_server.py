"""A trivial validated POST, and GET, on the server program of `foedus serve`: what HTTP alone allows.

It is `foedus serve` with another application in it, so that the server and all its settings
are the same by construction; the database that it prepares is not used.
"""

import sys
from datetime import date
from typing import Literal

from fastapi import FastAPI
from pydantic import BaseModel

import api.app
from api.cli import main

PATH = "/events"
ASKED_PATH = "/alignments"


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


class Answered(BaseModel):
    """As much as says what was asked."""

    actors: str
    valid_at: date


def trivial(_settings: object) -> FastAPI:
    """An application that validates an event, counts it and forgets it; and repeats a question."""
    app = FastAPI()
    count = 0

    @app.post(PATH, status_code=201)
    async def receive(posted: Posted) -> Received:
        nonlocal count
        count += 1
        return Received(id=posted.id, position=count)

    @app.get(ASKED_PATH)
    async def answer(actors: str, valid_at: date) -> Answered:
        return Answered(actors=actors, valid_at=valid_at)

    return app


if __name__ == "__main__":
    api.app.create_app = trivial  # type: ignore[assignment]
    main(["serve", *sys.argv[1:]])
