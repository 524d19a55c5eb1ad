"""What --quick leaves out."""

import subprocess
import sys

from tests.support import running

DESK = "tests/web/desk/test_"


def collected(*arguments: str) -> str:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=running.ROOT, capture_output=True, text=True, check=True).stdout


def test_quick_leaves_out_browsers_programs_postgresql_and_what_takes_long() -> None:
    files = [f"{DESK}{name}.py" for name in ("claim", "lock", "access_walk")] + ["tests/test_kills.py"]

    every, quick = collected(*files), collected("--quick", *files)

    assert all(file in every for file in files)
    assert "[postgresql]" in every
    assert {line.partition("::")[0] for line in quick.splitlines() if "::" in line} == {f"{DESK}claim.py"}
    assert "[sqlite]" in quick
    assert "[postgresql]" not in quick
