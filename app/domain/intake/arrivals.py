"""Accepts a request: seals it, notifies the team and confirms it in one transaction; or undoes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select

from app.crypto import codes, contexts, tokens, words
from app.crypto.hpke import PublicKey
from app.crypto.tokens import Unreadable
from app.crypto.vault import EpochFacts
from app.crypto.words import ReturnCode
from app.domain import audit, permissions
from app.domain.intake import returning, safe_times, sealed, thread, tombstones
from app.domain.intake.answers import Answers, Wishes, digest
from app.domain.intake.sealed_log import NewEntry
from app.domain.letters import outbox
from app.domain.rota import oncall
from app.domain.work import Missing, Work
from app.models import Arrival, Confirmation, EntryKind, EpochState, Intake, LetterKind, Status

SHOWN_FOR = timedelta(minutes=3)
UNDO_FOR = timedelta(minutes=15)


@dataclass(frozen=True)
class Done:
    """What the confirmation page shows: no answers."""

    words: tuple[str, str] = field(repr=False)
    return_code: tuple[str, ...] | None = field(repr=False)
    way: str
    #: The zone of the safe times; None without any.
    zone: str | None
    received_at: datetime
    #: By when they hear from us: as promised, or at the end of their first safe time where that is later.
    heard_by: datetime


def submit(
    work: Work, epoch: EpochFacts, *, idempotency_key: bytes, language: str, answers: Answers, wishes: Wishes
) -> str:
    """Seal a request and notify those on call; return the token of its confirmation.

    The same answers under one key are one request. What is sealed to the epoch of the daily check is a canary, and its
    letter goes to the alarm address.
    """
    team = oncall.read(work)
    recipients = oncall.recipients(work, team)
    promised_at = oncall.promise(work, team)
    state = {"status": Status.WAITING, "promised_at": promised_at, "clock_at": oncall.first_at(recipients)}
    token = work.vault.secret.done_token(idempotency_key, digest(answers, wishes))
    intake_id = _store(work, epoch, state, token=token, language=language, answers=answers, wishes=wishes)
    if intake_id is not None and _is_canary(epoch):
        outbox.alarm(work, LetterKind.CANARY, intake_id)
    elif intake_id is not None:
        outbox.write(work, LetterKind.NEW_REQUEST, recipients, intake_id)
    return token


def enter(
    work: Work, epoch: EpochFacts, *, idempotency_key: bytes, language: str, answers: Answers, wishes: Wishes
) -> str:
    """Seal a request that came by phone, as `submit` does; the member has it at once, and no letter is sent."""
    permissions.require_active(work)
    claimed = {"claimed_by": work.member.account_id, "claimed_at": work.now, "opened_at": work.now}
    state = {"status": Status.CLAIMED, "promised_at": oncall.promise(work), **claimed}
    token = work.vault.secret.done_token(idempotency_key, digest(answers, wishes))
    if _store(work, epoch, state, token=token, language=language, answers=answers, wishes=wishes) is not None:
        audit.record(work, "intake.claimed", f"intake/{reference_of(work, token)}")
    return token


def done(work: Work, token: str) -> Done:
    """Return what the confirmation page shows; `Missing` three minutes after the request arrived."""
    kept = _confirmation(work, token, SHOWN_FOR)
    value = _open(kept, token)
    intake = work.session.get_one(Intake, kept.intake_id)
    return Done(
        words=tuple(value["words"]),
        return_code=tuple(value["code"]) if value["code"] else None,
        way=value["way"],
        zone=value["zone"],
        received_at=kept.made_at,
        heard_by=_heard_by(work, value, kept.made_at, intake.promised_at or oncall.promise(work)),
    )


def undo(work: Work, token: str) -> bool:
    """Erase a request; `Missing` after 15 minutes. Under a legal hold, only withdraw it and return False."""
    kept = _confirmation(work, token, UNDO_FOR)
    intake = work.session.scalar(select(Intake).where(Intake.id == kept.intake_id).with_for_update())
    if intake is None:
        raise Missing
    if intake.held:
        code = _open(kept, token)["code"]
        if code is None:
            # Nothing here opens the thread; the page asks the client to call.
            raise Missing
        returning.withdraw(work, ReturnCode(intake.language, tuple(code)), idempotency_key=kept.token_hash)
        return False
    tombstones.erase(work, intake, Status.WITHDRAWN)
    audit.record(work, tombstones.UNDONE, f"intake/{intake.reference}")
    return True


def reference_of(work: Work, token: str) -> str:
    """Return the reference of the request a confirmation token belongs to; `Missing` once it was taken back."""
    reference = work.session.scalar(select(Intake.reference).where(Intake.receipt_hash == codes.hash_token(token)))
    if reference is None:
        raise Missing
    return reference


def forget_confirmations(work: Work) -> None:
    work.session.execute(delete(Confirmation).where(Confirmation.made_at <= work.now - UNDO_FOR))


def _store(
    work: Work,
    epoch: EpochFacts,
    state: Mapping[str, Any],
    *,
    token: str,
    language: str,
    answers: Answers,
    wishes: Wishes,
) -> UUID | None:
    """Seal a request under new keys and record it; return its id, or None where it arrived before."""
    intake_id, reference = uuid4(), codes.reference()
    answers = replace(answers, words=words.code_words(language))
    answers_key, thread_key = tokens.random_key(), tokens.random_key()
    public = PublicKey.decode(epoch.public_key)
    code = words.return_code(language) if work.practice.return_code else None
    row = {
        "id": intake_id,
        "reference": reference,
        "received_at": work.now.replace(second=0, microsecond=0),
        "language": language,
        "notice": work.practice.notice.version,
        "receipt_hash": codes.hash_token(token),
        "epoch_id": epoch.id,
        # The epoch's signature covers its state: nothing else makes a canary, and no client's request becomes one.
        "canary": _is_canary(epoch),
        "sealed_answers": tokens.seal_text(answers_key, contexts.answers(intake_id), answers.sealed_form()),
        **sealed.seal_keys(intake_id, epoch.id, public, answers=answers_key, thread=thread_key),
        **state,
        "due_at": state["promised_at"],
    }
    if code is not None:
        # By these the return code finds the request and opens the thread key.
        keys = work.vault.secret.return_keys(code)[0]
        place = contexts.thread_key_by_return_code(intake_id)
        row |= {"return_lookup": keys.lookup, "sealed_return_key": tokens.seal_bytes(keys.key, place, thread_key)}
    row["origin_tag"] = sealed.tag(work, row)
    first = work.insert(Arrival).values(row).on_conflict_do_nothing(index_elements=[Arrival.receipt_hash])
    if work.session.scalar(first.returning(Arrival.id)) is None:
        return None
    thread.THREAD.write(work, intake_id, thread_key, NewEntry(EntryKind.WISHES, wishes.sealed_form()))
    _store_confirmation(work, token, intake_id, answers.words, code, wishes)
    if not _is_canary(epoch):
        audit.record(work, "intake.received", f"intake/{reference}", entry=1)
    return intake_id


def _is_canary(epoch: EpochFacts) -> bool:
    return epoch.state == EpochState.CANARY


def _store_confirmation(
    work: Work, token: str, intake_id: UUID, pair: tuple[str, str], code: ReturnCode | None, wishes: Wishes
) -> None:
    token_hash = codes.hash_token(token)
    said = {"way": wishes.way, "when": wishes.when, "zone": wishes.zone}
    value = {"words": pair, "code": code.words if code else None, **said}
    sealed_words = tokens.seal_text(_page_key(token), contexts.confirmation(token_hash), value)
    row = {"token_hash": token_hash, "intake_id": intake_id, "made_at": work.now, "sealed_words": sealed_words}
    work.session.execute(work.insert(Confirmation).values(row))


def _heard_by(work: Work, said: Mapping[str, Any], asked_at: datetime, promised_at: datetime) -> datetime:
    if said["way"] != "call" or not said["when"]:
        return promised_at
    first = next(iter(safe_times.callable_windows(work.practice, said["when"], said["zone"], asked_at)), None)
    return promised_at if first is None or first.starts_at < promised_at else first.ends_at


def _confirmation(work: Work, token: str, lasts: timedelta) -> Confirmation:
    kept = work.session.get(Confirmation, codes.hash_token(token))
    if kept is None or work.now - kept.made_at >= lasts:
        raise Missing
    return kept


def _open(kept: Confirmation, token: str) -> Any:
    try:
        return tokens.open_text(_page_key(token), contexts.confirmation(kept.token_hash), kept.sealed_words)
    except Unreadable as error:
        raise Missing from error


def _page_key(token: str) -> bytes:
    return tokens.sub_key(token.encode(), "confirmation-page")
