"""Pages of the team: members, invitations, approvals, the recovery sheet."""

from app.web.desk.team import invite, recovery_sheet, team

BLUEPRINTS = (invite.bp, recovery_sheet.bp, team.bp)
