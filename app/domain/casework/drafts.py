"""Keeps drafts: notes that arrive after the lock, sealed to their author's public key.

Sealing a draft needs no secret, so it works when the session's key is gone.
"""

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from app.crypto import contexts, hpke
from app.crypto.contexts import Context
from app.crypto.hpke import PublicKey
from app.domain import audit, exclusions
from app.domain.accounts import accounts
from app.domain.intake import opening
from app.domain.intake.answers import check_version, mark_version
from app.domain.vault import key_register
from app.domain.work import Altered, Work, altered
from app.models import AccountState, Draft, Holder, Intake, Status

LASTS = timedelta(hours=24)
#: So many notes of one author about one request are kept.
_MOST = 8


@dataclass(frozen=True)
class StoredDraft:
    text: str = field(repr=False)
    kept_at: datetime


def keep(work: Work, account_id: UUID, reference: str, text: str, *, instead_of: datetime | None = None) -> bool:
    """Seal a note to its author; return False for one who may not open the request, and a note that is too long.

    It replaces a draft that was made by `instead_of`, which was in the box of the form. It is added to a later one:
    nobody here can read that, to see whether they are the same.
    """
    author = _author(work, account_id, reference)
    if author is None:
        return False
    holder_id, intake_id, public = author
    place = contexts.draft(holder_id, intake_id)
    assert place.size is not None
    # JSON ignores white space at its end.
    padded = _json(mark_version({"text": text})).ljust(place.size)
    draft = work.session.get(Draft, (holder_id, intake_id))
    seen = instead_of or work.now - LASTS
    before = _boxes(work, draft, place) if draft and draft.made_at > seen else []
    if len(padded) > place.size or len(before) >= _MOST:
        return False
    boxes = [base64.b64encode(box).decode() for box in (*before, hpke.seal(public, place, padded))]
    # Under the ring too: the public key alone must not let anybody put words into the author's mouth.
    sealed = work.vault.ring.seal(place, _json(boxes))
    work.session.merge(Draft(holder_id=holder_id, intake_id=intake_id, made_at=work.now, sealed_draft=sealed))
    audit.record(work, "draft.kept", f"account/{account_id}")
    return True


def read(work: Work, reference: str) -> StoredDraft | None:
    draft = work.session.scalar(
        select(Draft)
        .join(Intake, Intake.id == Draft.intake_id)
        .where(
            Intake.reference == reference,
            Draft.holder_id == work.member.holder_id,
            Draft.made_at > work.now - LASTS,
        )
    )
    if draft is None:
        return None
    place = contexts.draft(draft.holder_id, draft.intake_id)
    with altered(place.path):
        opened = [json.loads(hpke.open(work.member.key(), place, box)) for box in _boxes(work, draft, place)]
    for form in opened:
        check_version(form, place.path)
    texts = [form["text"] for form in opened]
    # A form that was sent twice is one note.
    return StoredDraft("\n\n".join(dict.fromkeys(texts)), draft.made_at)


def erase(work: Work, intake_id: UUID, kept_at: datetime) -> None:
    """Erase the member's draft once it is saved as a note, unless it was made after `kept_at`."""
    work.session.execute(
        delete(Draft).where(
            Draft.holder_id == work.member.holder_id, Draft.intake_id == intake_id, Draft.made_at <= kept_at
        )
    )


def drop(work: Work, intake_id: UUID, account_id: UUID) -> None:
    """Erase the draft of a member who was excluded."""
    theirs = select(Holder.id).where(Holder.account_id == account_id)
    work.session.execute(delete(Draft).where(Draft.intake_id == intake_id, Draft.holder_id.in_(theirs)))


def forget(work: Work) -> None:
    work.session.execute(delete(Draft).where(Draft.made_at <= work.now - LASTS))


def _author(work: Work, account_id: UUID, reference: str) -> tuple[UUID, UUID, PublicKey] | None:
    """Return holder, request and public key; None for one who may not open it, `Altered` for an unregistered key."""
    open_ones = Intake.status.not_in((Status.WITHDRAWN, Status.ERASED))
    # Two sendings at once wait for each other here.
    account = accounts.find(work, account_id)
    intake_id = work.session.scalar(
        select(Intake.id).where(
            Intake.reference == opening.canonical(reference), open_ones, ~exclusions.hidden_from(account_id)
        )
    )
    if account is None or intake_id is None:
        return None
    record = accounts.read(work, account)
    if record.state is not AccountState.ACTIVE or record.holder is None:
        return None
    holder = work.session.get(Holder, record.holder)
    public = key_register.public_key(holder) if holder else None
    if public is None or key_register.read(work).digests.get(record.holder) != public.digest:
        # Sealed to another key, the note could be read by the one who replaced the key.
        raise Altered(f"holder/{record.holder}")
    return record.holder, intake_id, public


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _boxes(work: Work, draft: Draft, place: Context) -> list[bytes]:
    with altered(place.path):
        return [base64.b64decode(box) for box in json.loads(work.vault.ring.open(place, draft.sealed_draft))]
