"""The paper card: references and two words of open requests, for calls that are taken away from the desk."""

from dataclasses import dataclass, field
from datetime import datetime

from app.domain import audit, permissions
from app.domain.calls import code_words
from app.domain.calls.code_words import CodeWords
from app.domain.work import Work

#: More do not fit a paper that somebody carries; the newest are the likeliest to call.
MOST = 200


@dataclass(frozen=True)
class Card:
    """What is printed, longest waiting first; words of which somebody else knows are left out."""

    lines: tuple[CodeWords, ...] = field(repr=False)
    more: bool
    made_at: datetime


def make(work: Work) -> Card:
    """Return a card and record whose words left the desk; only for supervisors with a fresh second factor."""
    permissions.require_supervisor(work)
    permissions.require_fresh(work)
    read = code_words.read_open_requests(work, MOST)
    lines = read.given[::-1]
    audit.record_each(work, "card.printed", [f"intake/{one.reference}" for one in lines])
    return Card(lines, read.more, work.now)
