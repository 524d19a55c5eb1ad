"""One folder for one run of the suite. Its parallel workers share it, and it is deleted afterwards."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Where the workers find the folder: they inherit the environment of the process that starts them.
VARIABLE = "QUIETWORD_TEST_RUN"


def folder() -> Path:
    """Return the folder of this run, the same one in every worker."""
    return Path(os.environ[VARIABLE])


@contextmanager
def turn() -> Iterator[Path]:
    """Yield the folder to one worker at a time."""
    with (folder() / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder()
