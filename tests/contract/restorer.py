"""A process that restores, and pauses before the last events until it is killed or told to go on.

    python restorer.py URL FILE

Prints a line once all events but the last batch are written, and waits for one on its standard input.
"""

import sys
from pathlib import Path

from infrastructure.backup import open_backup, restore, restoring
from infrastructure.database import Database


def main(url: str, file: str) -> None:
    restoring.BATCH = 4

    def pause_at_the_end(position: int, last: int) -> None:
        if position > last - restoring.BATCH:
            sys.stdout.write(f"{position}\n")
            sys.stdout.flush()
            sys.stdin.readline()

    with open_backup(Path(file)) as backup:
        restore(Database(url), backup, pause_at_the_end)


if __name__ == "__main__":
    main(*sys.argv[1:])
