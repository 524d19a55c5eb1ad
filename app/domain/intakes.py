"""Intakes from arrival to claim. The one door through which answers leave is here, and it writes its audit line."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update

from app.crypto import boxes, codes, places, tokens, words
from app.crypto.boxes import PrivateKey, PublicKey
from app.crypto.epochs import Epoch as EpochFacts
from app.crypto.tokens import Unreadable
from app.domain import audit, epochs, news, outbox, rota, thread, tombstones, wishes
from app.domain.answers import Answers, Wishes, digest
from app.domain.news import News
from app.domain.thread import Entry
from app.domain.work import Altered, Missing, Refused, Work
from app.models import Account, AccountState, Confirmation, EntryKind, Grant, Intake, LetterKind, Status, ThreadEntry

SHOWN_FOR = timedelta(minutes=3)
UNDO_FOR = timedelta(minutes=15)
CALLING_FOR = timedelta(minutes=2)


@dataclass(frozen=True)
class Done:
    """What the confirmation page may say: two words, perhaps a return code, nothing that was answered."""

    words: tuple[str, str] = field(repr=False)
    return_code: tuple[str, ...] | None = field(repr=False)
    way: str
    #: The zone of the safe times, as it was chosen; None where none were given.
    zone: str | None
    received_at: datetime


@dataclass(frozen=True)
class Opened:
    """A request, opened for one member in one request. What the client wrote never shows in `repr`."""

    reference: str
    status: Status
    received_at: datetime
    language: str
    claimed_by: str | None
    claimed_by_me: bool
    #: The number is masked unless it was revealed.
    answers: Answers = field(repr=False)
    #: The strictest of all that nobody has settled by voice.
    wishes: Wishes = field(repr=False)
    news: News = field(repr=False)
    #: When the client last wrote on the return page; None if never.
    heard_at: datetime | None


@dataclass(frozen=True)
class Tombstone:
    """A request that was taken back or erased: do not call."""

    reference: str
    status: Status
    received_at: datetime
    #: Until when the client can undo it; None once everything is gone.
    erased_at: datetime | None = None
    held: bool = False


def submit(work: Work, epoch: EpochFacts, *, nonce: bytes, language: str, answers: Answers, wishes: Wishes) -> str:
    """Seal a request and tell whoever is on call, in one transaction; return the token of its confirmation.

    The same answers under one nonce are one request, however often they are sent.
    """
    token = work.vault.secret.done_token(nonce, digest(answers, wishes))
    intake_id, reference = uuid4(), codes.reference()
    answers = replace(answers, words=words.two_words(language))
    answers_key, thread_key = tokens.random_key(), tokens.random_key()
    code = words.return_code(language) if work.practice.return_code else None
    row = {
        "id": intake_id,
        "reference": reference,
        "received_at": work.now.replace(second=0, microsecond=0),
        "language": language,
        "notice": work.practice.notice.version,
        "status": Status.WAITING,
        "receipt_hash": codes.hash_token(token),
        "epoch_id": epoch.id,
        "sealed_answers": tokens.seal_text(answers_key, places.answers(intake_id), answers.sealed_form()),
        **_sealed_keys(intake_id, epoch, answers_key, thread_key),
        **_return_way(work, intake_id, thread_key, code),
    }
    row["origin_tag"] = work.vault.secret.tag_origin(_origin(row))
    first = work.insert(Intake).values(row).on_conflict_do_nothing(index_elements=[Intake.receipt_hash])
    if work.session.scalar(first.returning(Intake.id)) is None:
        return token
    thread.write(
        work,
        intake_id=intake_id,
        key=thread_key,
        number=1,
        before=None,
        kind=EntryKind.WISHES,
        value=wishes.sealed_form(),
    )
    _keep_words(work, token, intake_id, answers.words, code, wishes)
    outbox.write(work, LetterKind.NEW_REQUEST, rota.recipients(work), intake_id)
    audit.record(work, "intake.received", f"intake/{reference}", entry=1)
    return token


def done(work: Work, token: str) -> Done:
    """Return what the confirmation page shows; `Missing` three minutes after the request arrived."""
    kept = _confirmation(work, token)
    if work.now - kept.made_at >= SHOWN_FOR:
        raise Missing
    try:
        value = tokens.open_text(_page_key(token), places.confirmation(kept.token_hash), kept.sealed_words)
    except Unreadable as error:
        raise Missing from error
    return Done(
        words=tuple(value["words"]),
        return_code=tuple(value["code"]) if value["code"] else None,
        way=value["way"],
        zone=value["zone"],
        received_at=kept.made_at,
    )


def undo(work: Work, token: str) -> None:
    """Take a request back for good: sealed columns, keys and unsent letters go, a tombstone stays."""
    kept = _confirmation(work, token)
    if work.now - kept.made_at >= UNDO_FOR:
        raise Missing
    intake = work.session.scalar(select(Intake).where(Intake.id == kept.intake_id).with_for_update())
    if intake is None:
        raise Missing
    intake.status = Status.WITHDRAWN
    intake.claimed_by = intake.claimed_at = None
    intake.receipt_hash = intake.return_lookup = intake.sealed_return_key = None
    intake.sealed_answers_key = intake.sealed_thread_key = intake.sealed_answers = None
    work.session.execute(delete(ThreadEntry).where(ThreadEntry.intake_id == intake.id))
    work.session.execute(delete(Confirmation).where(Confirmation.intake_id == intake.id))
    outbox.cancel_about(work, intake.id)
    audit.record(work, "intake.undone", f"intake/{intake.reference}")


def reference_of(work: Work, token: str) -> str:
    """Return the reference of the request a confirmation token belongs to; `Missing` once it was taken back."""
    reference = work.session.scalar(select(Intake.reference).where(Intake.receipt_hash == codes.hash_token(token)))
    if reference is None:
        raise Missing
    return reference


def forget_confirmations(work: Work) -> None:
    """Delete the words kept for confirmation pages that can no longer be undone."""
    work.session.execute(delete(Confirmation).where(Confirmation.made_at <= work.now - UNDO_FOR))


def open(work: Work, reference: str) -> Opened | Tombstone:
    """Open a request and record that it was; `Missing`, `Refused` without a grant, or `Altered`."""
    found = _found(work, reference)
    if found.gone:
        return _tombstone(work, found)
    opened = _shown(work, found)
    audit.record(work, "intake.opened", f"intake/{opened.reference}")
    return replace(
        opened,
        answers=replace(opened.answers, phone=_masked(opened.answers.phone)),
        news=opened.news.with_numbers(lambda phone: _masked(phone) or ""),
    )


def reveal(work: Work, reference: str) -> Opened:
    """Open a request with its whole number, and record that it was shown; `Refused` once it was taken back.

    For two minutes a call may be starting, and the client is told so.
    """
    found = _found(work, reference)
    if found.gone:
        raise Refused("refused.gone")
    opened = _shown(work, found)
    found.intake.calling_until = work.now + CALLING_FOR
    audit.record(work, "intake.revealed", f"intake/{opened.reference}")
    return opened


def claim(work: Work, reference: str) -> None:
    """Make the member responsible. Only the first of two claims succeeds; the other hears who and when."""
    reference = _canonical(reference)
    _require_active(work)
    first_come = (
        update(Intake)
        .where(Intake.reference == reference, Intake.status == Status.WAITING)
        .values(status=Status.CLAIMED, claimed_by=work.member.account_id, claimed_at=work.now)
        .returning(Intake.id)
    )
    if work.session.scalar(first_come) is None:
        raise _lost(work, reference)
    audit.record(work, "intake.claimed", f"intake/{reference}")


@dataclass(frozen=True)
class _Found:
    intake: Intake
    sealed_grant: bytes | None
    claimed_by: str | None
    #: When the trail last says that it was taken back; None while it never was.
    taken_back_at: datetime | None

    @property
    def gone(self) -> bool:
        """Return whether only a tombstone is left; `Altered` where the row says one thing and its keys another."""
        gone = self.intake.status in (Status.WITHDRAWN, Status.ERASED)
        withdrawn = self.intake.status is Status.WITHDRAWN and self.intake.withdrawn_at is not None
        if (gone == self.kept and not withdrawn) or (self.taken_back_at is not None and self.kept):
            raise Altered(f"intake/{self.intake.reference}")
        return gone

    @property
    def kept(self) -> bool:
        """Return whether anything of what the client wrote is still there, as for a day after a withdrawal."""
        return bool(self.intake.sealed_answers_key or self.intake.sealed_thread_key or self.intake.sealed_answers)


def _found(work: Work, reference: str) -> _Found:
    reference = _canonical(reference)
    _require_active(work)
    row = work.session.execute(
        select(
            Intake,
            Grant.sealed_key,
            Account.name,
            audit.last_at(f"intake/{reference}", "intake.undone").label("taken_back_at"),
        )
        .outerjoin(Grant, (Grant.epoch_id == Intake.epoch_id) & (Grant.holder_id == work.member.holder_id))
        .outerjoin(Account, Account.id == Intake.claimed_by)
        .where(Intake.reference == reference)
        # A client may be withdrawing it on the return page at this moment.
        .with_for_update(of=Intake, key_share=True)
    ).first()
    if row is None:
        raise Missing
    return _Found(row.Intake, row.sealed_key, row.name, row.taken_back_at)


def _shown(work: Work, found: _Found) -> Opened:
    """Open answers and thread, and check everything that shows an altered record."""
    intake = found.intake
    epoch_key, entries = _thread(work, found)
    try:
        place = places.answers_key(intake.id, intake.epoch_id)
        answers_key = boxes.open(epoch_key, place, intake.sealed_answers_key)
        answers = Answers.from_sealed(tokens.open_text(answers_key, places.answers(intake.id), intake.sealed_answers))
    except Unreadable as error:
        raise Altered(f"intake/{intake.reference}") from error
    holds = wishes.in_force(entries, work.now)
    if holds is None or thread.withdrawn(entries):
        raise Altered(f"intake/{intake.reference}")
    return Opened(
        reference=intake.reference,
        status=intake.status,
        received_at=intake.received_at,
        language=intake.language,
        claimed_by=found.claimed_by,
        claimed_by_me=intake.claimed_by == work.member.account_id,
        answers=news.with_number_in_force(work, answers, holds),
        wishes=holds.wishes,
        news=news.read(work, entries, holds),
        heard_at=intake.heard_at,
    )


def _thread(work: Work, found: _Found) -> tuple[PrivateKey, list[Entry]]:
    """Return the key of the request's epoch, and its opened thread."""
    intake = found.intake
    if found.sealed_grant is None:
        raise Refused("refused.no_grant")
    epoch_key = epochs.open_grant(work, intake.epoch_id, found.sealed_grant)
    try:
        work.vault.secret.check_origin(_origin(vars(intake)), intake.origin_tag)
        key = boxes.open(epoch_key, places.thread_key(intake.id, intake.epoch_id), intake.sealed_thread_key)
    except Unreadable as error:
        raise Altered(f"intake/{intake.reference}") from error
    return epoch_key, thread.read(work, intake_id=intake.id, reference=intake.reference, key=key)


def _tombstone(work: Work, found: _Found) -> Tombstone:
    """Return what is left; `Altered` where the column says withdrawn and the thread does not."""
    intake = found.intake
    if found.kept and not thread.withdrawn(_thread(work, found)[1]):
        raise Altered(f"intake/{intake.reference}")
    erased_at = intake.withdrawn_at + tombstones.ERASED_AFTER if found.kept and intake.withdrawn_at else None
    return Tombstone(intake.reference, intake.status, intake.received_at, erased_at, intake.held)


def _lost(work: Work, reference: str) -> Refused | Missing:
    row = work.session.execute(
        select(Intake.status, Intake.claimed_at, Account.name)
        .outerjoin(Account, Account.id == Intake.claimed_by)
        .where(Intake.reference == reference)
    ).first()
    if row is None:
        return Missing()
    if row.name is None:
        return Refused("refused.gone")
    return Refused("refused.claimed", who=row.name, at=row.claimed_at)


def _sealed_keys(intake_id: UUID, epoch: EpochFacts, answers_key: bytes, thread_key: bytes) -> dict[str, bytes]:
    public = PublicKey.decode(epoch.public_key)
    return {
        "sealed_answers_key": boxes.seal(public, places.answers_key(intake_id, epoch.id), answers_key),
        "sealed_thread_key": boxes.seal(public, places.thread_key(intake_id, epoch.id), thread_key),
    }


def _return_way(
    work: Work, intake_id: UUID, thread_key: bytes, code: words.ReturnCode | None
) -> dict[str, bytes | None]:
    """Keep the thread key under the return code, and the hash it is found by."""
    if code is None:
        return {"return_lookup": None, "sealed_return_key": None}
    keys = work.vault.secret.return_keys(code)[0]
    place = places.thread_key_by_return_code(intake_id)
    return {
        "return_lookup": keys.lookup,
        "sealed_return_key": tokens.seal_bytes(keys.key, place, thread_key),
    }


def _keep_words(
    work: Work, token: str, intake_id: UUID, pair: tuple[str, str], code: words.ReturnCode | None, wishes: Wishes
) -> None:
    token_hash = codes.hash_token(token)
    value = {"words": pair, "code": code.words if code else None, "way": wishes.way, "zone": wishes.zone}
    work.session.execute(
        work.insert(Confirmation).values(
            token_hash=token_hash,
            intake_id=intake_id,
            made_at=work.now,
            sealed_words=tokens.seal_text(_page_key(token), places.confirmation(token_hash), value),
        )
    )


def _confirmation(work: Work, token: str) -> Confirmation:
    kept = work.session.get(Confirmation, codes.hash_token(token))
    if kept is None:
        raise Missing
    return kept


def _page_key(token: str) -> bytes:
    return tokens.sub_key(token.encode(), "confirmation-page")


def _origin(row: Mapping[str, Any]) -> list[bytes]:
    """Return what the origin tag speaks for."""
    return [
        row["id"].bytes,
        row["reference"].encode(),
        row["received_at"].astimezone(UTC).isoformat().encode(),
        row["epoch_id"].bytes,
        row["sealed_answers_key"] or b"",
        row["sealed_thread_key"] or b"",
        hashlib.sha256(row["sealed_answers"] or b"").digest(),
    ]


def _canonical(reference: str) -> str:
    try:
        return codes.parse_reference(reference)
    except codes.BadCode as error:
        raise Missing from error


def _require_active(work: Work) -> None:
    if work.member.state is not AccountState.ACTIVE:
        raise Missing


def _masked(phone: str | None) -> str | None:
    return None if phone is None else f"•••\N{NO-BREAK SPACE}•••\N{NO-BREAK SPACE}••{phone[-2:]}"
