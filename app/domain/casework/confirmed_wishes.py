"""Writes down confirmed wishes: what the client said by voice is in force from then on."""

from dataclasses import asdict

from app.crypto.epochs import EpochFacts
from app.domain.intake import call_rules, case_log, numbers, opening, wishes
from app.domain.intake.answers import Wishes
from app.domain.intake.call_rules import Settlement
from app.domain.intake.numbers import Number
from app.domain.intake.opening import Case
from app.domain.intake.sealed_log import has_receipt, receipt_hash
from app.domain.work import Reason, Refused, Work
from app.models import EntryKind

#: Phone and extension: where they are the same, the same phone rings.
Dialled = tuple[str | None, str | None]


def keep_number(
    work: Work,
    reference: str,
    wished: Wishes,
    *,
    number: int | None,
    entry: int,
    nonce: str | None,
    is_right: bool = False,
) -> None:
    """Write down confirmed wishes. `number` is the entry of a new number that the client confirmed, if any.

    A number that was marked wrong stays wrong unless the client says that it `is_right` after all.
    `Refused` when the thread has more than `entry` entries: nobody asked about the new ones.
    """
    case, receipt = _unlock(work, reference, entry, nonce, wished.sealed_form(), number, is_right)
    if case is None:
        return
    new = next((one for one in case.holds.numbers if one.number == number), None)
    if number is not None and new is None:
        raise Refused(Reason.THREAD_GREW)
    in_force = case.holds.settlements[-1].number
    if wished.way == "call" and new is None and in_force is None and case.answers.phone is None:
        raise Refused(Reason.NOTHING_TO_CALL)
    if new is not None:
        in_force = _known(work, case).get(_dialled(numbers.open_as_member(work, new)), number)
    _write(work, case, wished, in_force, is_right=is_right, receipt=receipt)


def take_number(
    work: Work,
    reference: str,
    wished: Wishes,
    epoch: EpochFacts,
    *,
    number: Number,
    entry: int,
    nonce: str | None,
    is_right: bool = False,
) -> None:
    """Write down confirmed wishes, and a number that the client said on the call. `Refused` as in `keep_number`.

    A number that was in force before is that number still, and so is wrong if it was.
    """
    case, receipt = _unlock(work, reference, entry, nonce, wished.sealed_form(), asdict(number), is_right)
    if case is None:
        return
    known = _known(work, case)
    if _dialled(number) in known:
        _write(work, case, wished, known[_dialled(number)], is_right=is_right, receipt=receipt)
        return
    sealed = numbers.seal(epoch, case.intake.id, number)
    value = {**wishes.confirmed_form(wished, len(case.thread) + 1), "number": sealed.digest}
    opening.write(work, case, EntryKind.WISHES, value, receipt, number=sealed)


def _unlock(
    work: Work, reference: str, entry: int, nonce: str | None, *said: object
) -> tuple[Case | None, bytes | None]:
    """Return the request, None where the same form came before, and the receipt of the form."""
    case = opening.unlock(work, reference)
    receipt = receipt_hash(nonce, EntryKind.WISHES, *said)
    if has_receipt(case.thread, receipt):
        return None, receipt
    if entry != len(case.thread):
        raise Refused(Reason.THREAD_GREW)
    return case, receipt


def _known(work: Work, case: Case) -> dict[Dialled, int | None]:
    """Return each number that was in force, with the entry that brought it; None for the number of the request."""
    known: dict[Dialled, int | None] = {(case.answers.phone, case.answers.extension): None}
    entries = {entry.number: entry for entry in case.thread}
    for one in case.holds.settlements:
        if one.number is not None:
            known.setdefault(_dialled(numbers.open_as_member(work, entries[one.number])), one.number)
    return known


def _dialled(number: Number) -> Dialled:
    return number.phone, number.extension


def _write(
    work: Work, case: Case, wished: Wishes, number: int | None, *, is_right: bool, receipt: bytes | None
) -> None:
    settlements = [*case.holds.settlements, Settlement(work.now, number)]
    confirmed = is_right and call_rules.number_is_wrong(case_log.calls(case.log), settlements)
    opening.write(work, case, EntryKind.WISHES, wishes.confirmed_form(wished, number, is_right=confirmed), receipt)
