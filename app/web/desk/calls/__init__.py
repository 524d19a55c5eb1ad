"""Pages on which a counselor calls, or writes down a call."""
