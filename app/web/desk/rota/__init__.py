"""Pages of the rota."""

from app.web.desk.rota import rota

BLUEPRINTS = (rota.bp,)
