"""Phone numbers that came after the request: sealed straight to an epoch, so that the return code cannot open them."""

import json
from dataclasses import dataclass, replace
from uuid import UUID

from app.crypto import contexts, hpke
from app.crypto.hpke import PrivateKey, PublicKey
from app.crypto.vault import EpochFacts
from app.domain.intake import sealed
from app.domain.intake.answers import Answers, Sealable, mark_version
from app.domain.intake.sealed_log import SealedNumber
from app.domain.intake.thread import Entry, InForce
from app.domain.work import Altered, Work, altered

#: One length for every number; the longest, with an extension, needs about a hundred.
_BYTES = 160


@dataclass(frozen=True, repr=False)
class Number(Sealable):
    """A number that can be dialled. `doubtful`: possible, but not known to exist."""

    phone: str
    extension: str | None = None
    doubtful: bool = False


def seal(epoch: EpochFacts, intake_id: UUID, number: Number) -> SealedNumber:
    text = json.dumps(number.sealed_form()).encode()
    assert len(text) <= _BYTES
    # JSON ignores white space at its end.
    box = hpke.seal(PublicKey.decode(epoch.public_key), contexts.number(intake_id, epoch.id), text.ljust(_BYTES))
    return SealedNumber(box, epoch.id)


def open(private: PrivateKey, entry: Entry) -> Number:
    """Return the number of an entry; `Altered` unless it is the one that the entry was written with."""
    row = entry.row
    if row.epoch_id is None or SealedNumber(row.sealed_number or b"", row.epoch_id).digest != entry.value["number"]:
        raise Altered(f"intake/{row.intake_id}/thread")
    place = contexts.number(row.intake_id, row.epoch_id)
    with altered(place.path):
        form = json.loads(hpke.open(private, place, row.sealed_number))
    # The first numbers were sealed without a version.
    return Number.from_sealed(mark_version(form), place.path)


def open_as_member(work: Work, entry: Entry) -> Number:
    """Open the number of an entry; `Refused` without a grant for its epoch."""
    epoch_id = entry.row.epoch_id
    if epoch_id is None:
        raise Altered(f"intake/{entry.row.intake_id}/thread")
    return open(sealed.epoch_key(work, epoch_id), entry)


def with_number_in_force(work: Work, answers: Answers, in_force: InForce) -> Answers:
    """Return the answers with the number that was confirmed by voice in place of the first one."""
    if in_force.confirmed_number is None:
        return answers
    found = open_as_member(work, in_force.confirmed_number)
    return replace(answers, phone=found.phone, extension=found.extension, phone_doubtful=found.doubtful)
