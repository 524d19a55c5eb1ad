"""Pages of the team: members, invitations, approvals, the recovery sheet."""

from app.web.desk.team import approval, invite, recovery_sheet, team

BLUEPRINTS = (approval.bp, invite.bp, recovery_sheet.bp, team.bp)
