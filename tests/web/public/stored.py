"""How many requests a service holds."""

from flask import Flask
from sqlalchemy import func, select

from app import current
from app.domain.work import Party
from app.models import Intake


def kept(app: Flask) -> int:
    """Return how many requests there are."""
    with app.app_context(), current.read(Party.OPERATOR) as work:
        return work.session.scalar(select(func.count()).select_from(Intake)) or 0
