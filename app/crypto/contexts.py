"""Contexts: where each token belongs. A token opens in its own context and nowhere else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

#: What staff write down, by kind, and its padded length. Both are part of what is stored: a change closes old entries.
LOG_SIZES: Final[Mapping[str, int]] = {
    "note": 4096,
    **dict.fromkeys(
        ("attempt", "reason", "words", "follow_up", "location", "emergency", "exclusion", "outcome", "hold"), 1024
    ),
}


@dataclass(frozen=True)
class Context:
    """A path, and for text the one length it is padded to (None: keys and other bytes, which are not padded)."""

    path: str
    size: int | None = None


OfId = Callable[[UUID], Context]
#: An intake and the number of a thread entry.
OfEntry = Callable[[UUID, int], Context]
OfNumber = Callable[[int], Context]
OfIds = Callable[[UUID, UUID], Context]
OfHash = Callable[[bytes], Context]


def _context(path: str, size: int | None = None) -> Callable[..., Context]:
    """Return what fills the ids into a path. The paths are part of what is stored: a change closes every token."""

    def context(*ids: UUID | int | bytes) -> Context:
        return Context(path.format(*(id.hex() if isinstance(id, bytes) else id for id in ids)), size)

    return context


def log_entry(kind: str, intake: UUID, number: int) -> Context:
    """Return where staff's entry of a kind belongs; `KeyError` for a kind that there is not."""
    return Context(f"intake/{intake}/{kind.replace('_', '-')}/{number}", LOG_SIZES[kind])


answers: OfId = _context("intake/{}/answers", 4096)
wishes: OfEntry = _context("intake/{}/wishes/{}", 1024)
message: OfEntry = _context("intake/{}/message/{}", 1024)
withdrawal: OfEntry = _context("intake/{}/withdrawal/{}", 1024)
confirmation: OfHash = _context("confirmation/{}", 1024)
#: Of a holder and an intake.
draft: OfIds = _context("draft/{}/{}", 4096)

thread_key_by_return_code: OfId = _context("intake/{}/thread-key/return-code")
#: Of an intake and an epoch.
answers_key: OfIds = _context("intake/{}/answers-key epoch/{}")
thread_key: OfIds = _context("intake/{}/thread-key epoch/{}")
number: OfIds = _context("intake/{}/number epoch/{}")

#: Of an epoch and a holder.
grant: OfIds = _context("grant/{}/{}")
grant_box: OfIds = _context("grant epoch/{} holder/{}")
canary_key: OfId = _context("canary/{}")
marker: OfId = _context("marker epoch/{}")
#: Of a holder and one of its locks.
lock: OfIds = _context("holder/{}/lock/{}")
roll: OfNumber = _context("roll/{}")

account: OfId = _context("account/{}")
totp: OfId = _context("account/{}/totp")
session_key: OfHash = _context("session/{}/key")
session_device: OfHash = _context("session/{}/device")
session_data: OfHash = _context("session/{}/data")
