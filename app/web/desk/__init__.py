"""The counselors' side: one module a page, private behind the guard."""
