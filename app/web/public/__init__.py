"""The public side: what a client sees."""

from app.web.public import intake, pages, return_page
from app.web.public.blueprint import bp

__all__ = ["bp", "intake", "pages", "return_page"]
