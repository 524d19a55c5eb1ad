"""Writes down confirmed wishes: what the client said by voice is in force from then on."""

from dataclasses import asdict

from app.crypto.vault import EpochFacts
from app.domain.intake import call_rules, case_log, numbers, opening, thread
from app.domain.intake.answers import Wishes
from app.domain.intake.call_rules import Settlement
from app.domain.intake.numbers import Number
from app.domain.intake.opening import Case
from app.domain.intake.sealed_log import has_receipt, receipt_hash
from app.domain.work import Reason, Refused, Work
from app.models import EntryKind

#: Phone and extension: where they are the same, the same phone rings.
Dialled = tuple[str | None, str | None]


def confirm(
    work: Work,
    reference: str,
    wished: Wishes,
    number: int | Number | None,
    *,
    epoch: EpochFacts | None = None,
    entry: int,
    idempotency_key: str | None,
    is_right: bool = False,
) -> None:
    """Write down confirmed wishes, and which number is in force.

    `number` is the entry of a new number that the client confirmed, a number that they said on the call, to be sealed
    to `epoch`, or None for the one in force. A number that was in force before is that number still: if it was marked
    wrong, it stays wrong unless the client says that it `is_right` after all. `Refused` when the thread has more than
    `entry` entries: nobody asked about the new ones.
    """
    case = opening.unlock(work, reference)
    said = asdict(number) if isinstance(number, Number) else number
    receipt = receipt_hash(idempotency_key, EntryKind.WISHES, wished.sealed_form(), said, is_right)
    if has_receipt(case.thread, receipt):
        return
    if entry != len(case.thread):
        raise Refused(Reason.THREAD_GREW)
    sealed = None
    if isinstance(number, Number):
        known = _known(work, case)
        if _dialled(number) not in known:
            assert epoch is not None
            sealed = numbers.seal(epoch, case.intake.id, number)
        number_in_force = known.get(_dialled(number), len(case.thread) + 1)
    elif number is not None:
        new = next((one for one in case.in_force.numbers if one.number == number), None)
        if new is None:
            raise Refused(Reason.THREAD_GREW)
        number_in_force = _known(work, case).get(_dialled(numbers.open_as_member(work, new)), number)
    else:
        number_in_force = case.in_force.settlements[-1].number
        if wished.way == "call" and number_in_force is None and case.answers.phone is None:
            raise Refused(Reason.NOTHING_TO_CALL)
    settlements = [*case.in_force.settlements, Settlement(work.now, number_in_force)]
    confirmed = is_right and call_rules.number_is_wrong(case_log.calls(case.log), settlements)
    value = thread.confirmed_form(wished, number_in_force, is_right=confirmed)
    if sealed is not None:
        value["number"] = sealed.digest
    opening.write(work, case, EntryKind.WISHES, value, receipt, number=sealed)


def _known(work: Work, case: Case) -> dict[Dialled, int | None]:
    """Return each number that was in force, with the entry that brought it; None for the number of the request."""
    known: dict[Dialled, int | None] = {(case.answers.phone, case.answers.extension): None}
    entries = {entry.number: entry for entry in case.thread}
    for one in case.in_force.settlements:
        if one.number is not None:
            known.setdefault(_dialled(numbers.open_as_member(work, entries[one.number])), one.number)
    return known


def _dialled(number: Number) -> Dialled:
    return number.phone, number.extension
