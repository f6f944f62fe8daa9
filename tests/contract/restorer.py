"""A process that restores, and stops before the last events until it is killed.

    python restorer.py URL FILE

Prints a line once all events but the last batch are written, and then waits for ever.
"""

import sys
import threading
from pathlib import Path

from infrastructure.backup import open_backup, restore, restoring
from infrastructure.database import Database


def main(url: str, file: str) -> None:
    restoring.BATCH = 4

    def wait_at_the_end(position: int, last: int) -> None:
        if position > last - restoring.BATCH:
            sys.stdout.write(f"{position}\n")
            sys.stdout.flush()
            threading.Event().wait()

    with open_backup(Path(file)) as backup:
        restore(Database(url), backup, wait_at_the_end)


if __name__ == "__main__":
    main(*sys.argv[1:])
