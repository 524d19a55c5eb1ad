"""Pages of one's own account, and signing in."""
