"""A plain append with SQLAlchemy Core: what one would write without this store.

One transaction an append: take the write lock, read the head, hash, insert the event and its
tags into the same tables, commit. It checks no condition.
"""

import os
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, make_url, select, text

from benchmarks.driving import Work
from benchmarks.material import Draft
from benchmarks.sizes import Shape
from benchmarks.subjects.appending import Appending
from infrastructure.event_store import chain
from infrastructure.event_store.envelope import tags_text
from infrastructure.schema.log import event_tags, events, store

_LOCK = text("SELECT pg_advisory_xact_lock(1)")
_LAST = select(events.c.position, events.c.hash, events.c.recorded_at).order_by(
    events.c.position.desc()
)
_POOL = 16


class PlainSQLAlchemy(Appending):
    """Every appender its own transactions, from one engine with 16 connections at most."""

    def open(self, url: str, shape: Shape) -> None:  # noqa: ARG002 - the pool is the same for all
        self._is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self._engine = create_engine(url, pool_size=_POOL, max_overflow=0, pool_timeout=60)
        if self._is_sqlite:
            _begin_immediately(self._engine)
        with self._engine.connect() as conn:
            self._first_hash = chain.first_hash(conn.execute(select(store.c.id)).scalar_one())

    def appender(self, number: int, batches: Sequence[list[Draft]]) -> Work:  # noqa: ARG002
        return self._append, batches

    def _append(self, drafts: Sequence[Draft]) -> None:
        with self._engine.begin() as conn:
            if not self._is_sqlite:
                conn.execute(_LOCK)
            rows, tags = self._rows(conn, drafts)
            conn.execute(insert(events), rows)
            conn.execute(insert(event_tags), tags)

    def _rows(
        self, conn: Connection, drafts: Sequence[Draft]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        last = conn.execute(_LAST.limit(1)).first()
        position, link, recorded_us = last or (0, self._first_hash, 0)
        recorded_us = max(time.time_ns() // 1_000, recorded_us)
        rows, tags = [], []
        for draft in drafts:
            position, recorded_us = position + 1, recorded_us + 1
            row: dict[str, Any] = {
                "position": position,
                "event_id": draft.id,
                "type": draft.type,
                "schema_version": 1,
                "recorded_at": recorded_us,
                "recorded_by": None,
                "tags": tags_text(draft.tags),
                "data": draft.data,
                "salt": os.urandom(chain.SALT_BYTES),
            }
            row["leaf"] = _leaf(row, draft)
            row["hash"] = link = chain.next_hash(link, row["leaf"])
            rows.append(row)
            tags += [{"position": position, "tag": tag, "type": draft.type} for tag in draft.tags]
        return rows, tags

    def close(self) -> None:
        self._engine.dispose()


def _leaf(row: dict[str, Any], draft: Draft) -> bytes:
    header = chain.header(
        position=row["position"],
        id=draft.id,
        type=draft.type,
        schema_version=1,
        recorded_at=row["recorded_at"],
        recorded_by=None,
        tags=draft.tags,
    )
    return chain.leaf_hash(row["salt"], header, draft.data)


def _begin_immediately(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def prepare(raw: Any, _record: Any) -> None:
        raw.isolation_level = None
        raw.execute("PRAGMA busy_timeout = 30000")
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def say_begin(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE")
