"""Shifts: who is on call, who is notified, and where nobody is."""
