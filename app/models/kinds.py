"""The values that columns may hold; also what the web side may know of the schema."""

from enum import StrEnum


class Role(StrEnum):
    COUNSELOR = "counselor"
    SUPERVISOR = "supervisor"


class AccountState(StrEnum):
    #: Invited: has a link, no password yet.
    INVITED = "invited"
    #: Pending: signs in, opens nothing until a supervisor has compared six words.
    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"


class HolderKind(StrEnum):
    COUNSELOR = "counselor"
    SHEET = "sheet"


class LockKind(StrEnum):
    PASSWORD = "password"  # noqa: S105
    PASSKEY = "passkey"
    RECOVERY = "recovery"


class EpochState(StrEnum):
    LIVE = "live"
    RETIRED = "retired"


class Status(StrEnum):
    WAITING = "waiting"
    CLAIMED = "claimed"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


class EntryKind(StrEnum):
    WISHES = "wishes"
    MESSAGE = "message"
    WITHDRAWAL = "withdrawal"


class LetterKind(StrEnum):
    NEW_REQUEST = "new_request"
    #: A client wrote on the return page; whatever it was.
    NEWS = "news"
    TEAM_CHANGE = "team_change"
