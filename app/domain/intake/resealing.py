"""Seals open requests to the newest epoch, so that a key that left with a member no longer opens them."""

from uuid import UUID

from sqlalchemy import select

from app.crypto.hpke import PrivateKey, PublicKey
from app.domain import audit
from app.domain.intake import sealed
from app.domain.vault import epochs
from app.domain.work import Work
from app.models import Epoch, Grant, Intake, Status

_OPEN = (Status.WAITING, Status.CLAIMED)


def to_newest(work: Work) -> int:
    """Re-seal the keys of all open requests; return how many that were. `Refused` where the member lacks a grant."""
    newest = epochs.live(work)[-1]
    older = select(Intake).where(Intake.status.in_(_OPEN), Intake.epoch_id != newest.id).with_for_update()
    keys: dict[UUID, PrivateKey] = {}
    found = work.session.scalars(older).all()
    for intake in found:
        if intake.epoch_id not in keys:
            grant = work.session.get(Grant, (intake.epoch_id, work.member.holder_id))
            keys[intake.epoch_id] = epochs.open_grant(work, intake.epoch_id, grant.sealed_key if grant else b"")
        _reseal(work, intake, keys[intake.epoch_id], newest)
    if found:
        audit.record(work, "intakes.resealed", f"epoch/{newest.id}")
    return len(found)


def _reseal(work: Work, intake: Intake, private: PrivateKey, newest: Epoch) -> None:
    answers, thread = sealed.answers_key(work, intake, private), sealed.thread_key(work, intake, private)
    public = PublicKey.decode(newest.public_key)
    intake.epoch_id = newest.id
    for column, box in sealed.keys(intake.id, newest.id, public, answers=answers, thread=thread).items():
        setattr(intake, column, box)
    intake.origin_tag = sealed.tag(work, vars(intake))
