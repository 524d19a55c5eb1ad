"""Free ports on loopback."""

import socket


def free() -> int:
    """Return a port nobody listens on now; whoever binds it next should do so at once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
