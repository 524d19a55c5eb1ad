"""Pages of one's own account, and signing in."""

from app.web.desk.account import account, forgotten, password, signin

BLUEPRINTS = (account.bp, forgotten.bp, password.bp, signin.bp)
