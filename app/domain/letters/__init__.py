"""Emails to the team."""
