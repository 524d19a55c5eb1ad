"""Calls to and from a client: whether one may call, and what came of it."""
