"""`foedus project`: a projector in a process of its own."""

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import typer

from api.cli.opening import Store, opened
from api.cli.stopping import CHECK_FAILED, Stop
from api.settings import Settings
from infrastructure.event_store.wakeups import LOG_CHANNEL, READ_MODELS_CHANNEL, Watch

_LOOK_SECONDS = 0.5
"""How often the process looks whether its projector is still there."""


def project() -> None:
    """Keep the read models at the log's head; of all who do, one leads and the others stand by."""
    with opened(Settings()) as store, _told_to_end() as told:
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
        store.projector.check()
        typer.echo(f"Projecting {store.database.url.render_as_string()}\nCtrl-C ends it.")
        _run(store, told)


@contextmanager
def _told_to_end() -> Iterator[threading.Event]:
    """Set by Ctrl-C and by SIGTERM, both of which end the command as it is meant to end."""
    told = threading.Event()

    def tell(_signal: int, _frame: FrameType | None) -> None:
        told.set()

    before = {one: signal.signal(one, tell) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield told
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _run(store: Store, told: threading.Event) -> None:
    """Lead or stand by until told to end."""
    projector, recorder = store.projector, store.recorder
    hears = {LOG_CHANNEL: recorder.wake_listeners, READ_MODELS_CHANNEL: projector.wake}
    watch = Watch(store.database, hears)
    projector.start()
    watch.start()
    try:
        while not told.wait(_LOOK_SECONDS):
            if not projector.runs:
                raise Stop(str(projector.failure), CHECK_FAILED)
    finally:
        watch.stop()
        projector.stop()
