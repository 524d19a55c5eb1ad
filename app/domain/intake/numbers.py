"""New phone numbers from the return page: sealed straight to an epoch, so that whoever wrote one cannot read it."""

import hashlib
import json
from dataclasses import dataclass
from uuid import UUID

from app.crypto import contexts, hpke
from app.crypto.epochs import EpochFacts
from app.crypto.hpke import PrivateKey, PublicKey
from app.crypto.tokens import Unreadable
from app.domain.intake import versions
from app.domain.intake.answers import Sealable
from app.domain.intake.thread import Entry
from app.domain.work import Altered

#: One length for every number; the longest, with an extension, needs about a hundred.
_BYTES = 160


@dataclass(frozen=True, repr=False)
class Number(Sealable):
    """A number that can be dialled. `doubtful`: possible, but not known to exist."""

    phone: str
    extension: str | None = None
    doubtful: bool = False


def seal(epoch: EpochFacts, intake_id: UUID, number: Number) -> bytes:
    """Return the number in a box that only holders of the epoch open."""
    text = json.dumps(number.sealed_form()).encode()
    assert len(text) <= _BYTES
    # White space at its end is part of JSON and of no number.
    return hpke.seal(PublicKey.decode(epoch.public_key), contexts.number(intake_id, epoch.id), text.ljust(_BYTES))


def open(private: PrivateKey, entry: Entry) -> Number:
    """Return the number of an entry; `Altered` when its box is not the one the entry was written with."""
    row = entry.row
    if row.epoch_id is None or box_hash(row.sealed_number) != entry.value["number"]:
        raise Altered(f"intake/{row.intake_id}/thread")
    place = contexts.number(row.intake_id, row.epoch_id)
    try:
        form = json.loads(hpke.open(private, place, row.sealed_number))
    except Unreadable as error:
        raise Altered(place.path) from error
    # The first numbers were sealed without a version.
    return Number.from_sealed(versions.mark(form), place.path)


def box_hash(box: bytes | None) -> str:
    return hashlib.sha256(box or b"").hexdigest()
