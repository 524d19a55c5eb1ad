"""Opens and seals the columns of a request. To open them, it first checks that this service wrote the row."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from app.crypto import contexts, hpke, tokens
from app.crypto.contexts import Context
from app.crypto.hpke import PrivateKey, PublicKey
from app.crypto.tokens import Unreadable
from app.domain.intake.answers import Answers
from app.domain.work import Altered, Work
from app.models import Arrival, Intake

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


def answers(work: Work, row: Stored, epoch_key: PrivateKey) -> tuple[Answers, bytes]:
    """Return the answers of a request and their key, which opens its log too; `Altered` names the request."""
    key = answers_key(work, row, epoch_key)
    try:
        form = tokens.open_text(key, contexts.answers(row.id), row.sealed_answers)
    except Unreadable as error:
        raise Altered(_place(row)) from error
    return Answers.from_sealed(form, _place(row)), key


def answers_key(work: Work, row: Stored, epoch_key: PrivateKey) -> bytes:
    """Return the key of a request's answers and log."""
    return _key(work, row, epoch_key, contexts.answers_key, row.sealed_answers_key)


def thread_key(work: Work, row: Stored, epoch_key: PrivateKey) -> bytes:
    return _key(work, row, epoch_key, contexts.thread_key, row.sealed_thread_key)


def keys(intake_id: UUID, epoch_id: UUID, public: PublicKey, *, answers: bytes, thread: bytes) -> dict[str, bytes]:
    """Return the columns that hold both keys of a request, sealed to an epoch."""
    return {
        "sealed_answers_key": hpke.seal(public, contexts.answers_key(intake_id, epoch_id), answers),
        "sealed_thread_key": hpke.seal(public, contexts.thread_key(intake_id, epoch_id), thread),
    }


def tag(work: Work, row: Mapping[str, Any]) -> bytes:
    """Return the origin tag of a row that is about to be written."""
    return work.vault.secret.tag_origin(_facts(row))


def _key(
    work: Work, row: Stored, epoch_key: PrivateKey, place: Callable[[UUID, UUID], Context], box: bytes | None
) -> bytes:
    facts = _facts({column.key: getattr(row, column.key) for column in COLUMNS})
    try:
        work.vault.secret.check_origin(facts, row.origin_tag)
        return hpke.open(epoch_key, place(row.id, row.epoch_id), box)
    except Unreadable as error:
        raise Altered(_place(row)) from error


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


def _place(row: Stored) -> str:
    return f"intake/{row.reference}"
