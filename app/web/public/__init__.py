"""The public side: what a client sees."""

from app.web.public import back, intake, pages
from app.web.public.blueprint import bp

__all__ = ["back", "bp", "intake", "pages"]
