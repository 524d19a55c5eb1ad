"""Notes that are not saved yet: sealed to their author's own public key, until the author signs in and saves them.

Keeping one needs no secret, so it works after the lock, when the session's key is gone.
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
from app.crypto.tokens import Unreadable
from app.domain import audit, exclusions
from app.domain.accounts import accounts
from app.domain.intake import opening, versions
from app.domain.vault import key_register
from app.domain.work import Altered, Work
from app.models import AccountState, Draft, Holder, Intake, Status

LASTS = timedelta(hours=24)
#: So many are kept of one author for one request; what comes then is given back at once.
_MOST = 8


@dataclass(frozen=True)
class StoredDraft:
    """What somebody typed and did not save."""

    text: str = field(repr=False)
    kept_at: datetime


def keep(work: Work, reference: str, text: str, *, instead_of: datetime | None) -> bool:
    """Keep what the member is typing."""
    return keep_for(work, work.member.account_id, reference, text, instead_of=instead_of)


def keep_for(work: Work, account_id: UUID, reference: str, text: str, *, instead_of: datetime | None = None) -> bool:
    """Seal a note to its author; return whether it was kept: a stranger's, or one that is too long, is not.

    It replaces what stood in the box, kept until `instead_of`; beside anything later it is another note, for nobody
    could read the first one to see whether they are the same.
    """
    author = _author(work, account_id, reference)
    if author is None:
        return False
    holder_id, intake_id, public = author
    place = contexts.draft(holder_id, intake_id)
    padded = _padded(text, place)
    draft = work.session.get(Draft, (holder_id, intake_id))
    seen = instead_of or work.now - LASTS
    before = _boxes(work, draft, place) if draft and draft.made_at > seen else []
    if padded is None or len(before) >= _MOST:
        return False
    sealed = _sealed(work, place, [*before, hpke.seal(public, place, padded)])
    work.session.merge(Draft(holder_id=holder_id, intake_id=intake_id, made_at=work.now, sealed_draft=sealed))
    audit.record(work, "draft.kept", f"account/{account_id}")
    return True


def read(work: Work, reference: str) -> StoredDraft | None:
    """Return what the member typed about a request and did not save; `Altered` when it is not what was kept."""
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
    try:
        opened = [json.loads(hpke.open(work.member.key(), place, box)) for box in _boxes(work, draft, place)]
    except Unreadable as error:
        raise Altered(place.path) from error
    for form in opened:
        versions.check(form, place.path)
    texts = [form["text"] for form in opened]
    # A form that was sent twice is one note.
    return StoredDraft("\n\n".join(dict.fromkeys(texts)), draft.made_at)


def erase(work: Work, intake_id: UUID, kept_at: datetime) -> None:
    """Erase what the member has saved; something that was kept later stays, for they have not seen it."""
    work.session.execute(
        delete(Draft).where(
            Draft.holder_id == work.member.holder_id, Draft.intake_id == intake_id, Draft.made_at <= kept_at
        )
    )


def drop(work: Work, intake_id: UUID, account_id: UUID) -> None:
    """Erase what somebody kept about a request that they must not know any more."""
    theirs = select(Holder.id).where(Holder.account_id == account_id)
    work.session.execute(delete(Draft).where(Draft.intake_id == intake_id, Draft.holder_id.in_(theirs)))


def forget(work: Work) -> None:
    """Erase what nobody came back for in a day."""
    work.session.execute(delete(Draft).where(Draft.made_at <= work.now - LASTS))


def _author(work: Work, account_id: UUID, reference: str) -> tuple[UUID, UUID, PublicKey] | None:
    """Return holder, request and public key; None unless they may open it, `Altered` for a key not on the roll."""
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
        # Whoever changed the key would read the note.
        raise Altered(f"holder/{record.holder}")
    return record.holder, intake_id, public


def _padded(text: str, place: Context) -> bytes | None:
    """Return the text in the one length of its place; None where it does not fit."""
    assert place.size is not None
    value = json.dumps(versions.mark({"text": text}), ensure_ascii=False).encode("utf-8", "surrogatepass")
    # White space at its end is part of JSON and of no note.
    return value.ljust(place.size) if len(value) <= place.size else None


def _sealed(work: Work, place: Context, kept: list[bytes]) -> bytes:
    """Return the boxes under the ring: the public key alone must not let anybody put words into the author's mouth."""
    return work.vault.ring.seal(place, json.dumps([base64.b64encode(box).decode() for box in kept]).encode())


def _boxes(work: Work, draft: Draft, place: Context) -> list[bytes]:
    try:
        return [base64.b64decode(box) for box in json.loads(work.vault.ring.open(place, draft.sealed_draft))]
    except Unreadable as error:
        raise Altered(place.path) from error
