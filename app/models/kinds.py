"""The values that columns may hold; of the models, `web` knows these alone."""

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
    #: For the daily check alone: its key is under the ring, and nobody has a grant.
    CANARY = "canary"


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


class LogKind(StrEnum):
    NOTE = "note"
    #: A call in either direction, and how it ended.
    ATTEMPT = "attempt"
    #: Why the number was looked at outside the safe times.
    REASON = "reason"
    #: New code words, given to the client at a verified contact.
    WORDS = "words"
    FOLLOW_UP = "follow_up"
    LOCATION = "location"
    #: A child is being hurt, or a life is in danger; and that it was reported.
    EMERGENCY = "emergency"
    #: The member who must not have it, by the client's wish.
    EXCLUSION = "exclusion"
    #: Closed with an outcome, or opened again.
    OUTCOME = "outcome"
    HOLD = "hold"


class Outcome(StrEnum):
    CLIENT = "client"
    REFERRED = "referred"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"
    SPAM = "spam"


class LetterKind(StrEnum):
    NEW_REQUEST = "new_request"
    #: A client wrote on the return page.
    NEWS = "news"
    TEAM_CHANGE = "team_change"
    HANDED_OVER = "handed_over"
    ERASED = "erased"
    #: Something was done that the client had not allowed.
    INCIDENT = "incident"
    #: How long the record is, and its head.
    WEEKLY = "weekly"
    #: A member's way to sign in was changed; to that member alone.
    ACCOUNT_CHANGE = "account_change"
    #: A member signed in with a new kind of device, or from a new network.
    NEW_DEVICE = "new_device"
    #: Nobody who was notified before acted in time.
    ESCALATED = "escalated"
    #: A member passed it on: they cannot take it now.
    PASSED_ON = "passed_on"
    FOLLOW_UP = "follow_up"
    #: Nobody has tried to reach the client as promised.
    OVERDUE = "overdue"
    GAP = "gap"
    #: The daily check came through; this and the next three go to the alarm address.
    CANARY = "canary"
    #: A record that the daily check needs was altered.
    CANARY_BROKEN = "canary_broken"
    #: No daily check came through for too long.
    CANARY_SILENT = "canary_silent"
    CANARY_OVER = "canary_over"
    #: A member wants letters at another address: to that one, to confirm it.
    ADDRESS_ASKED = "address_asked"
    #: Letters go to another address now; to the old one.
    ADDRESS_LEFT = "address_left"


class Reader(StrEnum):
    """The role in which a member is notified about a request."""

    ON_CALL = "on_call"
    #: The member whose shift comes next.
    NEXT = "next"
    SUPERVISOR = "supervisor"
    OWNER = "owner"
