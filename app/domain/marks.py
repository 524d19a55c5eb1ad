"""Marks: the moments at which something began or was last well, such as going live or the worker's heartbeat."""

from datetime import datetime

from sqlalchemy import select

from app.domain.work import Work
from app.models import Mark

LIVE, WORKER = "live", "worker"


#: When the daily check last came through, letter and all.
CANARY = "canary"


#: Since when the alarm address knows that it is refused, or stays away.
CANARY_REFUSED, CANARY_SILENT = "canary_refused", "canary_silent"


def remember(work: Work, name: str) -> None:
    """Note that something is so since now."""
    mark = work.insert(Mark).values(name=name, at=work.now)
    work.session.execute(mark.on_conflict_do_update(index_elements=[Mark.name], set_={"at": work.now}))


def marked(work: Work, name: str) -> bool:
    return work.session.get(Mark, name) is not None


def marked_at(work: Work, name: str) -> datetime | None:
    return work.session.scalar(select(Mark.at).where(Mark.name == name))
