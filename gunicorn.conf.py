"""How the web server runs the app: processes, threads, limits; what the app itself reads is config.py's."""

import os
import sys

from gunicorn.http import wsgi as _responses


def _number(name: str, default: int, most: int) -> int:
    text = os.environ.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        sys.exit(f"Quiet Word cannot start: {name} is a whole number from 1 to {most}.")
    return int(text)


wsgi_app = "wsgi:app"
bind = os.environ.get("LISTEN", "127.0.0.1:8000")

# With preloading a wrong setting stops the master itself, once, with one sentence and exit status 1.
preload_app = True
worker_class = "gthread"
workers = _number("WEB_CONCURRENCY", default=2, most=64)
threads = _number("WEB_THREADS", default=4, most=64)
timeout = 30
graceful_timeout = 10
keepalive = 5

# A line per request would keep addresses and browsers of clients.
accesslog = None
errorlog = "-"
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
