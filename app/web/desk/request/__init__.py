"""Pages of one request, beside its calls."""
