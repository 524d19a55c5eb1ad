"""Notes for the team, and replies to the client. A note that arrives after the lock is a draft.

A draft is sealed to its author's public key. That needs no secret, so it works when the session's key is gone.
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
from app.domain.intake.returning import TEMPLATES
from app.domain.intake.sealed_log import has_receipt, receipt_hash
from app.domain.intake.thread import STAFF
from app.domain.vault import key_register
from app.domain.work import Altered, Reason, Refused, Work, altered
from app.models import AccountState, Draft, EntryKind, Holder, Intake, LogKind, Status

LETTERS = 900
DRAFT_LASTS = timedelta(hours=24)
#: So many notes of one author about one request are kept.
_MOST = 8


def write(work: Work, reference: str, text: str, *, idempotency_key: str | None, kept_at: datetime | None) -> None:
    """Write a note down, and erase the draft that was made by `kept_at`: it was in the box of the form."""
    case = opening.unlock(work, reference)
    receipt = receipt_hash(idempotency_key, LogKind.NOTE, text)
    if not has_receipt(case.log, receipt):
        opening.write(work, case, LogKind.NOTE, {"text": text}, receipt)
    if kept_at is not None:
        mine = (Draft.holder_id == work.member.holder_id, Draft.intake_id == case.intake.id, Draft.made_at <= kept_at)
        work.session.execute(delete(Draft).where(*mine))


def reply(work: Work, reference: str, template: str, *, idempotency_key: str | None, entry: int | None) -> None:
    """Answer the client, who reads it on the return page, from a template.

    `Refused` when the thread has more than `entry` entries, which the answer may not fit, or when the client cannot
    come back.
    """
    if template not in TEMPLATES:
        raise ValueError("no such template")
    case = opening.unlock(work, reference)
    if not work.practice.return_code or case.intake.return_lookup is None:
        raise Refused(Reason.NO_RETURN)
    receipt = receipt_hash(idempotency_key, EntryKind.MESSAGE, template)
    if has_receipt(case.thread, receipt):
        return
    if entry is not None and entry != len(case.thread):
        raise Refused(Reason.THREAD_GREW)
    opening.write(work, case, EntryKind.MESSAGE, {"from": STAFF, "template": template}, receipt)


@dataclass(frozen=True)
class StoredDraft:
    text: str = field(repr=False)
    kept_at: datetime


def keep_draft(work: Work, account_id: UUID, reference: str, text: str, *, instead_of: datetime | None = None) -> bool:
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
    seen = instead_of or work.now - DRAFT_LASTS
    before = _boxes(work, draft, place) if draft and draft.made_at > seen else []
    if len(padded) > place.size or len(before) >= _MOST:
        return False
    boxes = [base64.b64encode(box).decode() for box in (*before, hpke.seal(public, place, padded))]
    # Under the ring too: the public key alone must not let anybody put words into the author's mouth.
    sealed = work.vault.ring.seal(place, _json(boxes))
    work.session.merge(Draft(holder_id=holder_id, intake_id=intake_id, made_at=work.now, sealed_draft=sealed))
    audit.record(work, "draft.kept", f"account/{account_id}")
    return True


def read_draft(work: Work, reference: str) -> StoredDraft | None:
    draft = work.session.scalar(
        select(Draft)
        .join(Intake, Intake.id == Draft.intake_id)
        .where(
            Intake.reference == reference,
            Draft.holder_id == work.member.holder_id,
            Draft.made_at > work.now - DRAFT_LASTS,
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


def drop_draft(work: Work, intake_id: UUID, account_id: UUID) -> None:
    """Erase the draft of a member who was excluded."""
    theirs = select(Holder.id).where(Holder.account_id == account_id)
    work.session.execute(delete(Draft).where(Draft.intake_id == intake_id, Draft.holder_id.in_(theirs)))


def forget_drafts(work: Work) -> None:
    work.session.execute(delete(Draft).where(Draft.made_at <= work.now - DRAFT_LASTS))


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
