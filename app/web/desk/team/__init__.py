"""Pages of the team: members, invitations, approvals, the recovery sheet."""
