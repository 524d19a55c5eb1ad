"""Members together: invitations, roles, recovery, forgotten passwords, leaving."""
