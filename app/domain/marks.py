"""Marks: the moments that the service remembers, such as going live or the worker's last round."""

from datetime import datetime

from sqlalchemy import select

from app.domain.work import Work
from app.models import Mark

LIVE, WORKER = "live", "worker"
#: When the letter of the daily check was last sent.
CANARY = "canary"
#: Since when the alarm address has been notified that the daily check is refused, or missing.
CANARY_REFUSED, CANARY_SILENT = "canary_refused", "canary_silent"


def remember(work: Work, name: str) -> None:
    """Set a mark to now. Another transaction that sets the same mark waits until this one ends."""
    mark = work.insert(Mark).values(name=name, at=work.now)
    work.session.execute(mark.on_conflict_do_update(index_elements=[Mark.name], set_={"at": work.now}))


def marked(work: Work, name: str) -> bool:
    return work.session.get(Mark, name) is not None


def marked_at(work: Work, name: str) -> datetime | None:
    return work.session.scalar(select(Mark.at).where(Mark.name == name))
