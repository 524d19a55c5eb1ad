"""Emails to the team: the outbox and what became of each."""
