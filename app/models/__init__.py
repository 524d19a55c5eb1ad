"""The whole schema: columns and facts, no rules."""

# Each name is listed once, where it is defined.
# ruff: noqa: F403
from app.models.base import *
from app.models.intakes import *
from app.models.kinds import *
from app.models.service import *
from app.models.team import *
