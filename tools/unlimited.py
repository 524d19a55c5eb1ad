"""The app without its limits by network: one machine that measures would soon be refused."""

from app.web import limits

limits.LIMITED = ()  # type: ignore[assignment]

from wsgi import app  # noqa: E402, F401
