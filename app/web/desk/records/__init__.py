"""Pages of the audit trail and the figures."""

from app.web.desk.records import audit, figures

BLUEPRINTS = (audit.bp, figures.bp)
