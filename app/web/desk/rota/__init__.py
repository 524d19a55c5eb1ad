"""Pages of the rota."""
