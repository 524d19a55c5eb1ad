"""Decides whether the service takes requests now, and to which epoch they are sealed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ScalarSelect, func, literal_column, select, table

from app.crypto.vault import EpochFacts
from app.domain import marks
from app.domain.letters import outbox
from app.domain.vault import epochs
from app.domain.work import ALWAYS, Work
from app.models import Epoch, EpochState, Letter, Mark

#: One check a day, with an hour for the change of the clocks and one for the mail.
CHECKED_WITHIN = timedelta(hours=26)
_SILENCE = timedelta(minutes=10)
_STUCK = timedelta(minutes=60)
_WAITING_LONG = timedelta(minutes=10)


@dataclass(frozen=True)
class Health:
    """The state as one statement read it. `epoch` is the newest that verifies, even if a newer one does not."""

    live_at: datetime | None
    schema: str | None
    newest_verifies: bool
    epoch: EpochFacts | None
    worker_at: datetime | None
    oldest_letter_at: datetime | None
    #: When the daily check last came through; None before the first time.
    checked_at: datetime | None
    #: The alarm address was notified that the daily check is refused or missing.
    check_in_trouble: bool

    def obstacle(self, now: datetime, *, schema: str, started_at: datetime) -> str | None:
        """Return the name of what keeps the form closed, or None. A start counts as a round of the worker."""
        beat = max(self.worker_at or started_at, started_at)
        if self.schema != schema:
            return "schema"
        if self.live_at is None:
            return "live"
        if not self.newest_verifies:
            return "epoch"
        if now - beat >= _SILENCE:
            return "worker"
        if self.oldest_letter_at is not None and now - self.oldest_letter_at > _STUCK:
            return "mail"
        return None

    def unchecked(self, now: datetime, *, started_at: datetime) -> bool:
        """Return whether the daily check fails; for the first minutes after a start it does not."""
        if self.check_in_trouble:
            return True
        return now - started_at >= _SILENCE and silent(now, self.live_at, self.checked_at)

    def mail_waits_since(self, now: datetime) -> datetime | None:
        """Return since when due letters have not been sent; None unless that is long enough to warn staff."""
        oldest = self.oldest_letter_at
        return oldest if oldest is not None and now - oldest > _WAITING_LONG else None


def health(work: Work, lowest: int) -> Health:
    """Read the state by one statement. An epoch below `lowest`, the highest number ever seen, is refused."""
    # Letters to the alarm address or to an address that is being confirmed may wait for other reasons. They do not
    # show whether the team is notified.
    waiting = (Letter.account_id.is_not(None), Letter.address.is_(None), *outbox.UNSENT)
    rows = work.session.execute(
        select(
            Epoch,
            _mark(marks.LIVE).label("live_at"),
            _mark(marks.WORKER).label("worker_at"),
            _mark(marks.CANARY).label("checked_at"),
            _mark(marks.CANARY_REFUSED, marks.CANARY_SILENT).label("trouble_at"),
            select(func.min(Letter.wanted_at)).where(*waiting).scalar_subquery().label("oldest_letter_at"),
            select(literal_column("version_num"))
            .select_from(table("alembic_version"))
            .scalar_subquery()
            .label("schema"),
        )
        .select_from(ALWAYS)
        .outerjoin(Epoch, Epoch.state == EpochState.LIVE)
        .order_by(Epoch.number.desc())
    ).all()
    newest: Epoch | None = rows[0].Epoch
    found = [row.Epoch for row in rows if row.Epoch is not None and row.Epoch.number >= lowest]
    valid = [epochs.facts(epoch) for epoch in found if epochs.ours(work, epoch)]
    return Health(
        live_at=rows[0].live_at,
        schema=rows[0].schema,
        newest_verifies=bool(valid) and newest is not None and valid[0].number == newest.number,
        epoch=valid[0] if valid else None,
        worker_at=rows[0].worker_at,
        oldest_letter_at=rows[0].oldest_letter_at,
        checked_at=rows[0].checked_at,
        check_in_trouble=rows[0].trouble_at is not None,
    )


def silent(now: datetime, live_at: datetime | None, checked_at: datetime | None) -> bool:
    """Return whether the last daily check is too long ago; before going live none is expected."""
    return live_at is not None and now - max(live_at, checked_at or live_at) > CHECKED_WITHIN


def _mark(*names: str) -> ScalarSelect[datetime]:
    return select(func.min(Mark.at)).where(Mark.name.in_(names)).scalar_subquery()
