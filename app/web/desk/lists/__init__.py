"""Pages that list requests: the queue and the search."""
