"""What is safe, as staff asked by voice: the answer of the client themself, and from then on what holds."""

from dataclasses import asdict

from app.crypto.epochs import Epoch as EpochFacts
from app.domain import intakes, numbers, receipts, wishes
from app.domain.answers import Wishes
from app.domain.intakes import Case
from app.domain.numbers import Number
from app.domain.work import Refused, Work
from app.models import EntryKind


def keep_number(
    work: Work, reference: str, wished: Wishes, *, number: int | None, entry: int, nonce: str | None
) -> None:
    """Write down what is safe now. `number` is the entry of a new number that they confirmed; None: the one that holds.

    `Refused` when the thread has grown beyond `entry`: what came meanwhile was not asked about.
    """
    case = intakes.case(work, reference)
    receipt = receipts.of(nonce, EntryKind.WISHES, wished.sealed_form(), number)
    if _taken(case, receipt, entry):
        return
    if number is not None and number not in [one.number for one in case.holds.numbers]:
        raise Refused("refused.thread_grew")
    held = case.holds.confirmed_number
    if wished.way == "call" and number is None and held is None and case.answers.phone is None:
        raise Refused("refused.nothing_to_call")
    value = wishes.settled(wished, number or (held.number if held else None))
    intakes.append(work, case, EntryKind.WISHES, value, receipt_hash=receipt)


def take_number(
    work: Work, reference: str, wished: Wishes, epoch: EpochFacts, *, number: Number, entry: int, nonce: str | None
) -> None:
    """Write down what is safe now, and a number that they said on the call; it holds at once. `Refused` as above."""
    case = intakes.case(work, reference)
    receipt = receipts.of(nonce, EntryKind.WISHES, wished.sealed_form(), asdict(number))
    if _taken(case, receipt, entry):
        return
    box = numbers.seal(epoch, case.intake.id, number)
    value = {**wishes.settled(wished, len(case.thread) + 1), "number": numbers.box_hash(box)}
    intakes.append(work, case, EntryKind.WISHES, value, receipt_hash=receipt, sealed_number=box, epoch_id=epoch.id)


def _taken(case: Case, receipt: bytes | None, entry: int) -> bool:
    if receipts.has(case.thread, receipt):
        return True
    if entry != len(case.thread):
        raise Refused("refused.thread_grew")
    return False
