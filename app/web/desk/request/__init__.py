"""The pages of one request, apart from its calls."""

from app.web.desk.request import claims, export, intake, notes, retention, safety, same_number, wishes

BLUEPRINTS = tuple(module.bp for module in (claims, export, intake, notes, retention, safety, same_number, wishes))
