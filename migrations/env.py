"""Runs migrations on the connection it is handed; opens none, and never imports the app."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
context.run_migrations()
