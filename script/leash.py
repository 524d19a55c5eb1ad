"""Runs a command that ends when its starter does, even when that is killed: leash.py STARTER COMMAND…"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(starter: int, command: list[str]) -> None:
    """Become the command. On Linux the kernel then sends it SIGTERM when the starter dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        # A starter that died before the line above would never be noticed.
        if os.getppid() != starter:
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606 - becoming the command is the purpose


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
