"""Free ports on loopback."""

import socket


def free() -> int:
    """Return a free port. Bind it at once, before another process does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
