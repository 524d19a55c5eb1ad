"""Pages that list requests: the queue and the search."""

from app.web.desk.lists import queue, search

BLUEPRINTS = (queue.bp, search.bp)
