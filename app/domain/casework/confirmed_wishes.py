"""What is safe, as staff asked by voice: the answer of the client themself, and from then on what holds."""

from dataclasses import asdict

from app.crypto.epochs import EpochFacts
from app.domain.intake import call_rules, case_log, client_updates, numbers, opening, receipts, wishes
from app.domain.intake.answers import Wishes
from app.domain.intake.call_rules import Settlement
from app.domain.intake.numbers import Number
from app.domain.intake.opening import Case
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
    """Write down what is safe now. `number` is the entry of a new number that they confirmed; None: the one that holds.

    A number that was marked wrong stays wrong unless they said that it `is_right` after all.
    `Refused` when the thread has grown beyond `entry`: what came meanwhile was not asked about.
    """
    case = opening.unlock(work, reference)
    receipt = receipts.of(nonce, EntryKind.WISHES, wished.sealed_form(), number, is_right)
    if _taken(case, receipt, entry):
        return
    new = next((one for one in case.holds.numbers if one.number == number), None)
    if number is not None and new is None:
        raise Refused(Reason.THREAD_GREW)
    held = case.holds.settlements[-1].number
    if wished.way == "call" and new is None and held is None and case.answers.phone is None:
        raise Refused(Reason.NOTHING_TO_CALL)
    holds = _known(work, case).get(_dialled(client_updates.number(work, new)), number) if new else held
    _append(work, case, wished, holds, is_right=is_right, receipt=receipt)


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
    """Write down what is safe now, and a number that they said on the call; it holds at once. `Refused` as above.

    A number that held before is that number still, and so is wrong if it was.
    """
    case = opening.unlock(work, reference)
    receipt = receipts.of(nonce, EntryKind.WISHES, wished.sealed_form(), asdict(number), is_right)
    if _taken(case, receipt, entry):
        return
    known = _known(work, case)
    if _dialled(number) in known:
        _append(work, case, wished, known[_dialled(number)], is_right=is_right, receipt=receipt)
        return
    box = numbers.seal(epoch, case.intake.id, number)
    value = {**wishes.confirmed_form(wished, len(case.thread) + 1), "number": numbers.box_hash(box)}
    opening.append(work, case, EntryKind.WISHES, value, receipt_hash=receipt, sealed_number=box, epoch_id=epoch.id)


def _known(work: Work, case: Case) -> dict[Dialled, int | None]:
    """Return each number that held once, with the entry that brought it; None for the one of the request."""
    known: dict[Dialled, int | None] = {(case.answers.phone, case.answers.extension): None}
    entries = {entry.number: entry for entry in case.thread}
    for one in case.holds.settlements:
        if one.number is not None:
            known.setdefault(_dialled(client_updates.number(work, entries[one.number])), one.number)
    return known


def _dialled(number: Number) -> Dialled:
    return number.phone, number.extension


def _append(
    work: Work, case: Case, wished: Wishes, number: int | None, *, is_right: bool, receipt: bytes | None
) -> None:
    settlements = [*case.holds.settlements, Settlement(work.now, number)]
    confirmed = is_right and call_rules.number_is_wrong(case_log.calls(case.log), settlements)
    value = wishes.confirmed_form(wished, number, is_right=confirmed)
    opening.append(work, case, EntryKind.WISHES, value, receipt_hash=receipt)


def _taken(case: Case, receipt: bytes | None, entry: int) -> bool:
    if receipts.has(case.thread, receipt):
        return True
    if entry != len(case.thread):
        raise Refused(Reason.THREAD_GREW)
    return False
