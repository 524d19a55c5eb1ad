"""How the web server runs the app: processes, threads, limits; what the app itself reads is config.py's."""

import os
import re
import sys
import traceback
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.http import wsgi as _responses


class QuietLogger(Logger):
    """Keeps addresses of clients, and what they sent, out of the server's own log (V-49)."""

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        # Comes with the address, and repeats the line that could not be read.
        if not msg.startswith("Invalid request"):
            super().warning(msg, *args, **kwargs)

    def exception(self, msg: object, *_args: Any, **_kwargs: Any) -> None:
        # The arguments name the address that was asked for; an exception's message may hold anything.
        kind, _, frames = sys.exc_info()
        where = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(traceback.extract_tb(frames)[-8:]))
        super().error("%s: %s, %s", str(msg).partition(" %")[0], kind.__name__ if kind else "unknown", where)


def _listen() -> str:
    address = os.environ.get("LISTEN", "").strip() or "127.0.0.1:8000"
    if not re.fullmatch(r"unix:/.+|(\[[0-9a-f:]+\]|[a-z0-9.-]+):[0-9]{1,5}", address):
        sys.exit("Quiet Word cannot start: LISTEN is a host and a port, such as 127.0.0.1:8000, or unix:/path.")
    return address


def _number(name: str, default: int, most: int) -> int:
    text = os.environ.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        sys.exit(f"Quiet Word cannot start: {name} is a whole number from 1 to {most}.")
    return int(text)


wsgi_app = "wsgi:app"
bind = _listen()

# With preloading a wrong setting stops the master itself, once, with one sentence and exit status 1.
preload_app = True
worker_class = "gthread"
workers = _number("WEB_PROCESSES", default=2, most=64)
threads = _number("WEB_THREADS", default=4, most=64)
# Each process counts limits by itself; the app has to know how many there are.
os.environ["WEB_PROCESSES"] = str(workers)
timeout = 30
graceful_timeout = 10
keepalive = 5

# A line per request would keep addresses and browsers of clients.
accesslog = None
errorlog = "-"
logger_class = QuietLogger
loglevel = "warning"

# Whose forwarded headers count is decided in one place, by TRUSTED_PROXIES in the app.
forwarded_allow_ips = ""
forwarder_headers = ""

limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190

# Nobody steers the server through a socket in the home folder of its account.
control_socket_disable = True

# The server always sends this header; its default names the product.
_responses.SERVER = "web"
