"""Opens and seals the columns of a request. To open them, it first checks that this service wrote the row."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from app.crypto import contexts, hpke, tokens
from app.crypto.contexts import Context
from app.crypto.hpke import PrivateKey, PublicKey
from app.domain import audit
from app.domain.intake.answers import Answers
from app.domain.vault import epochs
from app.domain.work import Reason, Refused, Work, altered
from app.models import Arrival, Grant, Intake, Status

#: What opening needs of a row: what the origin tag covers, and the tag.
COLUMNS = (
    Intake.id,
    Intake.reference,
    Intake.received_at,
    Intake.epoch_id,
    Intake.sealed_answers_key,
    Intake.sealed_thread_key,
    Intake.sealed_answers,
    Intake.origin_tag,
)

Stored = Row[Any] | Arrival


def epoch_key(work: Work, epoch_id: UUID) -> PrivateKey:
    """Return an epoch's private key from the member's grant; `Refused` without one."""
    grant = work.session.get(Grant, (epoch_id, work.member.holder_id))
    if grant is None:
        raise Refused(Reason.NO_GRANT)
    return epochs.open_grant(work, epoch_id, grant.sealed_key)


def answers(work: Work, row: Stored, epoch_key: PrivateKey) -> tuple[Answers, bytes]:
    """Return the answers of a request and their key, which opens its log too; `Altered` names the request."""
    key = answers_key(work, row, epoch_key)
    with altered(f"intake/{row.reference}"):
        form = tokens.open_text(key, contexts.answers(row.id), row.sealed_answers)
    return Answers.from_sealed(form, f"intake/{row.reference}"), key


def answers_key(work: Work, row: Stored, epoch_key: PrivateKey) -> bytes:
    return _key(work, row, epoch_key, contexts.answers_key, row.sealed_answers_key)


def thread_key(work: Work, row: Stored, epoch_key: PrivateKey) -> bytes:
    return _key(work, row, epoch_key, contexts.thread_key, row.sealed_thread_key)


def seal_keys(intake_id: UUID, epoch_id: UUID, public: PublicKey, *, answers: bytes, thread: bytes) -> dict[str, bytes]:
    """Return the columns that hold both keys of a request, sealed to an epoch."""
    return {
        "sealed_answers_key": hpke.seal(public, contexts.answers_key(intake_id, epoch_id), answers),
        "sealed_thread_key": hpke.seal(public, contexts.thread_key(intake_id, epoch_id), thread),
    }


def tag(work: Work, row: Mapping[str, Any]) -> bytes:
    return work.vault.secret.tag_origin(_facts(row))


def _key(
    work: Work, row: Stored, epoch_key: PrivateKey, place: Callable[[UUID, UUID], Context], box: bytes | None
) -> bytes:
    facts = _facts({column.key: getattr(row, column.key) for column in COLUMNS})
    with altered(f"intake/{row.reference}"):
        work.vault.secret.check_origin(facts, row.origin_tag)
        return hpke.open(epoch_key, place(row.id, row.epoch_id), box)


def _facts(row: Mapping[str, Any]) -> list[bytes]:
    """Return what the origin tag covers."""
    return [
        row["id"].bytes,
        row["reference"].encode(),
        row["received_at"].astimezone(UTC).isoformat().encode(),
        row["epoch_id"].bytes,
        row["sealed_answers_key"] or b"",
        row["sealed_thread_key"] or b"",
        hashlib.sha256(row["sealed_answers"] or b"").digest(),
    ]


def reseal_to_newest(work: Work) -> int:
    """Seal all open requests to the newest epoch, so that a key that left with a member no longer opens them.

    Return how many that were; `Refused` where the member lacks a grant.
    """
    newest = epochs.live(work)[-1]
    is_open = Intake.status.in_((Status.WAITING, Status.CLAIMED))
    found = work.session.scalars(select(Intake).where(is_open, Intake.epoch_id != newest.id).with_for_update()).all()
    keys = {epoch_id: epoch_key(work, epoch_id) for epoch_id in {intake.epoch_id for intake in found}}
    public = PublicKey.decode(newest.public_key)
    for intake in found:
        key = keys[intake.epoch_id]
        answers, thread = answers_key(work, intake, key), thread_key(work, intake, key)
        intake.epoch_id = newest.id
        for column, box in seal_keys(intake.id, newest.id, public, answers=answers, thread=thread).items():
            setattr(intake, column, box)
        intake.origin_tag = tag(work, vars(intake))
    if found:
        audit.record(work, "intakes.resealed", f"epoch/{newest.id}")
    return len(found)
