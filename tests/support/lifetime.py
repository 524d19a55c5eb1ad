"""Starts and stops what the workers of a run share, and cleans up after runs that were killed."""

import contextlib
import gc
import os
import shutil
import tempfile
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.support import caches, postgres, run, schema

_PREFIX = "quietword-run-"


# Every worker calls both, too, but only the process that starts the workers may begin and end the run.
def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
            if not _runs(folder):
                _end(folder)
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        runner = psutil.Process()
        (folder / "runner").write_text(f"{runner.pid} {runner.create_time()}", encoding="utf-8")
        os.environ[run.VARIABLE] = str(folder)
    caches.install(run.folder() / "templates")


def pytest_collection_finish() -> None:
    # Imported modules and collected tests live to the end: Python need not look for garbage among them.
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    # If another process has stopped the server meanwhile, there is nothing to drop.
    with contextlib.suppress(psycopg.OperationalError):
        schema.close()
    if not hasattr(config, "workerinput"):
        _end(Path(os.environ.pop(run.VARIABLE)))


def _runs(folder: Path) -> bool:
    """Return whether the run that made the folder still runs. A folder that cannot be read belongs to another user."""
    try:
        pid, created = (folder / "runner").read_text(encoding="utf-8").split()
        runner = psutil.Process(int(pid))
        # A killed process keeps its number until its parent asks for its status.
        return runner.create_time() == float(created) and runner.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
    except (OSError, ValueError):
        return True


def _end(folder: Path) -> None:
    # If another process has stopped the server meanwhile, there is nothing to drop.
    with contextlib.suppress(postgres.Gone):
        postgres.stop(folder)
    shutil.rmtree(folder, ignore_errors=True)
