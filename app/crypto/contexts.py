"""Where a token belongs. A token opens at its own place and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

#: What staff write down, by kind, and its padded length. Both are part of what is stored: a change closes old entries.
LOG_SIZES: Final[Mapping[str, int]] = {
    "note": 4096,
    "attempt": 1024,
    "reason": 1024,
    "words": 1024,
    "follow_up": 1024,
    "location": 1024,
    "emergency": 1024,
    "exclusion": 1024,
    "outcome": 1024,
    "hold": 1024,
}


@dataclass(frozen=True)
class Place:
    """A path, and for text the one length it is padded to (None: keys and other bytes, kept as they are)."""

    path: str
    size: int | None = None


def answers(intake: UUID) -> Place:
    return Place(f"intake/{intake}/answers", 4096)


def wishes(intake: UUID, number: int) -> Place:
    return Place(f"intake/{intake}/wishes/{number}", 1024)


def message(intake: UUID, number: int) -> Place:
    return Place(f"intake/{intake}/message/{number}", 1024)


def withdrawal(intake: UUID, number: int) -> Place:
    return Place(f"intake/{intake}/withdrawal/{number}", 1024)


def log_entry(kind: str, intake: UUID, number: int) -> Place:
    """Return where staff's entry of a kind belongs; `KeyError` for a kind that there is not."""
    return Place(f"intake/{intake}/{kind.replace('_', '-')}/{number}", LOG_SIZES[kind])


def draft(holder: UUID, intake: UUID) -> Place:
    return Place(f"draft/{holder}/{intake}", 4096)


def confirmation(token_hash: bytes) -> Place:
    return Place(f"confirmation/{token_hash.hex()}", 1024)


def thread_key_by_return_code(intake: UUID) -> Place:
    return Place(f"intake/{intake}/thread-key/return-code")


def answers_key(intake: UUID, epoch: UUID) -> Place:
    return Place(f"intake/{intake}/answers-key epoch/{epoch}")


def thread_key(intake: UUID, epoch: UUID) -> Place:
    return Place(f"intake/{intake}/thread-key epoch/{epoch}")


def number(intake: UUID, epoch: UUID) -> Place:
    return Place(f"intake/{intake}/number epoch/{epoch}")


def grant(epoch: UUID, holder: UUID) -> Place:
    return Place(f"grant/{epoch}/{holder}")


def grant_box(epoch: UUID, holder: UUID) -> Place:
    return Place(f"grant epoch/{epoch} holder/{holder}")


def canary_key(epoch: UUID) -> Place:
    return Place(f"canary/{epoch}")


def marker(epoch: UUID) -> Place:
    return Place(f"marker epoch/{epoch}")


def lock(holder: UUID, lock_id: UUID) -> Place:
    return Place(f"holder/{holder}/lock/{lock_id}")


def account(account_id: UUID) -> Place:
    return Place(f"account/{account_id}")


def totp(account_id: UUID) -> Place:
    return Place(f"account/{account_id}/totp")


def roll(number: int) -> Place:
    return Place(f"roll/{number}")


def session_key(session_hash: bytes) -> Place:
    return Place(f"session/{session_hash.hex()}/key")


def session_device(session_hash: bytes) -> Place:
    return Place(f"session/{session_hash.hex()}/device")


def session_data(session_hash: bytes) -> Place:
    return Place(f"session/{session_hash.hex()}/data")
