"""The daily check: the service sends itself a request, which is sealed, stored, opened and mailed as a client's is.

Its epoch is signed like every other. Only the ring has its key: no holder is granted it, and it opens nothing else.
"""

import datetime as dt
import logging
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, union

from app.crypto import contexts
from app.crypto.hpke import PrivateKey
from app.domain import audit, marks
from app.domain.health import readiness
from app.domain.intake import arrivals, sealed, thread
from app.domain.intake.answers import Answers, Wishes
from app.domain.letters import outbox
from app.domain.marks import CANARY_REFUSED, CANARY_SILENT
from app.domain.vault import epochs
from app.domain.work import Altered, Work, altered
from app.models import Arrival, DailyCheck, DailyCheckKey, Epoch, EpochState, LetterKind, Mark, ThreadEntry

#: When a check is sent, by the practice's clock, so that its letter is there in the morning.
_HOUR = timedelta(hours=7)
#: How long the letter of a check may take before a missing one is reported.
_UNDER_WAY = timedelta(hours=2)
#: The mark that makes a second worker wait while the first one sends the check.
_TURN = "canary_turn"
#: For the mark of each trouble its letter, and the kind of its audit line.
_ALARMS = {
    CANARY_REFUSED: (LetterKind.CANARY_BROKEN, "canary.refused"),
    CANARY_SILENT: (LetterKind.CANARY_SILENT, "canary.silent"),
}
#: Of these letters only the newest is stored, because it contradicts the others.
_LETTERS = (LetterKind.CANARY_BROKEN, LetterKind.CANARY_SILENT, LetterKind.CANARY_OVER)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Unlocked:
    epoch: Epoch
    row: DailyCheckKey = field(repr=False)
    private: PrivateKey = field(repr=False)


def check(work: Work) -> bool:
    """Replace the last check by the day's, and open it; return whether it was time for that.

    `Altered` names what this service did not write. Then nothing is sent, and the next round tries again.
    """
    if not marks.marked(work, marks.LIVE) or _sent(work):
        return False
    marks.remember(work, _TURN)
    if _sent(work):
        return False
    unlocked = _unlocked(work)
    work.session.execute(delete(DailyCheck))
    if unlocked is None or work.now - unlocked.epoch.starts_at >= epochs.LASTS:
        unlocked = _begin(work)
    said = _request(_day(work, work.now))
    arrivals.submit(
        work,
        epochs.facts(unlocked.epoch),
        idempotency_key=f"canary {_day(work, work.now)}".encode(),
        language=work.practice.languages[0],
        answers=said[0],
        wishes=said[1],
    )
    sent = _stored(work)
    if sent is None or _opened(work, sent, unlocked) != said:
        raise Altered("canary")
    return True


def watch(work: Work) -> None:
    """Write to the alarm address once when the check is refused, once when it is missing, and once when it is back.

    This also reseals the check's key under the ring's newest key.
    """
    live_at = marks.marked_at(work, marks.LIVE)
    if live_at is None:
        return
    silent = readiness.silent(work.now, live_at, marks.marked_at(work, marks.CANARY))
    try:
        sent, unlocked = _stored(work), _unlocked(work)
        if unlocked is not None and unlocked.row.ring_id != work.vault.ring.newest:
            _seal(work, unlocked.row, unlocked.private)
        if sent is not None and unlocked is not None:
            _opened(work, sent, unlocked)
    except Altered as error:
        _alarm(work, CANARY_REFUSED, error.place)
        return
    under_way = sent is not None and work.now - sent.received_at < _UNDER_WAY
    if not silent:
        _end_alarm(work)
    elif not under_way and not marks.marked(work, CANARY_REFUSED):
        _alarm(work, CANARY_SILENT, "canary")


def _sent(work: Work) -> bool:
    stored = _stored(work)
    return stored is not None and _day(work, stored.received_at) == _day(work, work.now)


def _stored(work: Work) -> DailyCheck | None:
    """Return the stored check; `Altered` names a request that has only one of the two signs of a check."""
    flagged = select(Arrival.id).where(Arrival.canary)
    sealed = select(Arrival.id).join(Epoch, Epoch.id == Arrival.epoch_id).where(Epoch.number == 0)
    found = work.session.execute(
        select(Arrival, Epoch.state)
        .join(Epoch, Epoch.id == Arrival.epoch_id)
        .where(Arrival.id.in_(union(flagged, sealed)))
        # Another worker must not replace it while its other rows are read.
        .with_for_update(of=Arrival),
        execution_options={"populate_existing": True},
    ).all()
    stored: DailyCheck | None = None
    for row in found:
        # A client's request with the flag would wait unseen, and a check without it would be among clients' requests.
        if not isinstance(row.Arrival, DailyCheck) or row.state is not EpochState.CANARY:
            raise Altered(f"intake/{row.Arrival.reference}")
        stored = row.Arrival
    return stored


def _unlocked(work: Work) -> _Unlocked | None:
    """Return the epoch of the check with its key; None before the first, `Altered` when either is not ours."""
    row = work.session.execute(
        select(Epoch, DailyCheckKey)
        .outerjoin(DailyCheckKey, DailyCheckKey.epoch_id == Epoch.id)
        .where(Epoch.state == EpochState.CANARY),
        execution_options={"populate_existing": True},
    ).first()
    if row is None:
        return None
    key: DailyCheckKey | None = row.DailyCheckKey
    epochs.verified(work, row.Epoch)
    place = contexts.canary_key(row.Epoch.id)
    with altered(place.path):
        private = PrivateKey.decode(work.vault.ring.open(place, key.sealed_key if key else None))
    return _Unlocked(row.Epoch, row.DailyCheckKey, private)


def _begin(work: Work) -> _Unlocked:
    """Replace the epoch of the check by a new one, whose private key only the ring can open."""
    work.session.execute(delete(Epoch).where(Epoch.state == EpochState.CANARY))
    epoch, private = epochs.signed(work, 0, EpochState.CANARY)
    row = DailyCheckKey(epoch_id=epoch.id)
    _seal(work, row, private)
    for new in (epoch, row):
        work.session.add(new)
        work.session.flush()
    return _Unlocked(epoch, row, private)


def _seal(work: Work, row: DailyCheckKey, private: PrivateKey) -> None:
    row.ring_id = work.vault.ring.newest
    row.sealed_key = work.vault.ring.seal(contexts.canary_key(row.epoch_id), private.encoded)


def _opened(work: Work, stored: DailyCheck, unlocked: _Unlocked) -> tuple[Answers, Wishes]:
    """Return the content of a check without its code words; `Altered` unless it is what was written."""
    answers, _ = sealed.answers(work, stored, unlocked.private)
    thread_key = sealed.thread_key(work, stored, unlocked.private)
    rows = select(ThreadEntry).where(ThreadEntry.intake_id == stored.id).order_by(ThreadEntry.number)
    entries = thread.THREAD.open(
        stored.id, thread_key, work.session.scalars(rows, execution_options={"populate_existing": True}).all()
    )
    if len(entries) != 1:
        raise Altered(f"intake/{stored.reference}")
    return replace(answers, words=("", "")), thread.read_wishes(entries[0])


def _request(day: dt.date) -> tuple[Answers, Wishes]:
    """Return the content of a day's check: nobody's words, in more than one alphabet."""
    answers = Answers(
        "Daily check", "XX", "+16025550100", note=f"The service sent this to itself on {day}. ¿Todo bien? Ελπίζω. 好"
    )
    return answers, Wishes("call", voicemail=True, when=("mon-am",), zone="America/Phoenix")


def _day(work: Work, moment: datetime) -> dt.date:
    return (moment.astimezone(ZoneInfo(work.practice.time_zone)) - _HOUR).date()


def _alarm(work: Work, mark: str, place: str) -> None:
    first = work.insert(Mark).values(name=mark, at=work.now).on_conflict_do_nothing().returning(Mark.name)
    if work.session.scalar(first) is None:
        return
    letter, line = _ALARMS[mark]
    outbox.forget_alarms(work, _LETTERS)
    outbox.alarm(work, letter)
    audit.record(work, line, place)
    _log.error("%s: %s", mark, place)


def _end_alarm(work: Work) -> None:
    troubles = delete(Mark).where(Mark.name.in_(_ALARMS)).returning(Mark.name)
    if not work.session.scalars(troubles).all():
        return
    # An alarm that has not been sent yet would arrive after this letter, and be wrong.
    outbox.forget_alarms(work, _LETTERS)
    outbox.alarm(work, LetterKind.CANARY_OVER)
    audit.record(work, "canary.restored", "canary")
