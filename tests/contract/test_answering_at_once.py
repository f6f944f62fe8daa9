"""Where questions are answered: in the event loop what takes little, on SQLite; all else beside it."""

import asyncio
import sqlite3
import threading

import pytest
from sqlalchemy import Connection, text

from infrastructure.database import Database


@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_what_takes_little_is_answered_in_the_event_loop_and_all_else_in_threads(
    database: Database,
) -> None:
    def where(conn: Connection) -> int:
        conn.execute(text("SELECT 1"))
        return threading.get_ident()

    here = threading.get_ident()
    assert await database.ask(where, takes="little") == here
    assert await database.ask(where, takes="some") != here
    assert await database.ask(where, takes="long") != here
    await database.aclose()


@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_waiting_for_the_file_is_left_to_a_thread_however_little_a_question_takes(
    database: Database,
) -> None:
    database.dispose()
    other = sqlite3.connect(str(database.url.database))
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("CREATE TABLE held (one)")
    free = Database(database.url)

    def tables(conn: Connection) -> int:
        return int(conn.execute(text("SELECT count(*) FROM held")).scalar_one())

    loop = asyncio.get_running_loop()
    began = loop.time()
    asked = asyncio.create_task(free.ask(tables, takes="little"))
    done, _ = await asyncio.wait([asked], timeout=0.2)
    assert not done
    assert loop.time() - began < free.bounds.lock / 2
    other.close()
    assert await asked == 0
    await free.aclose()
