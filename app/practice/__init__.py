"""The organization this installation serves, as practice.toml describes it. Knows no clock."""

from app.practice.facts import Practice, Program, WeekHours
from app.practice.kinds import Mistakes
from app.practice.reading import load, read
from app.practice.values import Phone, Span
from app.practice.wording import Translations

__all__ = ["Mistakes", "Phone", "Practice", "Program", "Span", "Translations", "WeekHours", "load", "read"]
