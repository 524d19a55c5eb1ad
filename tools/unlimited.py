"""The app without its limits by network, which would soon refuse the one machine that measures."""

from app.web import limits

limits.LIMITED = ()

from wsgi import app  # noqa: E402, F401
