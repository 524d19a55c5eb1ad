"""The ground of all rules: the work of one transaction, who acts in it, and the errors by which a rule says no."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, auto
from uuid import UUID

from sqlalchemy import literal_column, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.crypto.hpke import PrivateKey
from app.crypto.tokens import Unreadable
from app.crypto.vault import Vault
from app.models import AccountState, Model, Role
from app.practice import Practice

#: The languages of the desk and its letters.
LANGUAGES = ("en", "es")
#: One row that is always there: what is joined to it is read by the same statement, even when nothing matches.
ALWAYS = select(literal_column("1").label("one")).subquery("always")


class Reason(StrEnum):
    """Why a rule refuses. Pages and commands have a sentence for each."""

    # Who asks.
    MEMBERS_ONLY = auto()
    SIGNED_OUT = auto()
    PROVE_AGAIN = auto()
    SUPERVISORS_ONLY = auto()
    NOT_YOURS = auto()
    NO_GRANT = auto()
    # What became of a request.
    CLAIMED = auto()
    GONE = auto()
    ERASED = auto()
    CLOSED = auto()
    NOT_CLOSED = auto()
    NOT_WAITING_ANY_MORE = auto()
    HELD = auto()
    THREAD_GREW = auto()
    # Who has a request.
    CANNOT_HAVE_IT = auto()
    LAST_WHO_COULD_OPEN = auto()
    NOBODY_LEFT_TO_NOTIFY = auto()
    NO_SUCH_ACCOUNT = auto()
    # Calls.
    NO_NUMBER = auto()
    WRONG_NUMBER = auto()
    ENOUGH_TRIES = auto()
    REASON_NEEDED = auto()
    VOICEMAIL = auto()
    NOT_REACHED = auto()
    THEY_CALL = auto()
    PLAN_WRONG_NUMBER = auto()
    TRIES = auto()
    FOLLOW_UP_PAST = auto()
    FOLLOW_UP_FAR = auto()
    FOLLOW_UP_UNSAFE = auto()
    NOTHING_TO_CALL = auto()
    # What was answered and reported.
    NO_RETURN = auto()
    OTHER_TIME = auto()
    # The return page.
    WITHDRAWN = auto()
    TOO_LATE = auto()
    TOO_MANY_ENTRIES = auto()
    # The rota.
    SHIFT_BACKWARDS = auto()
    SHIFT_TWICE = auto()
    NOT_IN_SHIFT = auto()
    OWN_SHIFT = auto()
    NOT_ACTIVE = auto()
    # Accounts and the team.
    KNOWN_EMAIL = auto()
    OWN_EMAIL = auto()
    LINK_OVER = auto()
    NO_SUCH_LANGUAGE = auto()
    PASSKEY = auto()
    MANY_PASSKEYS = auto()
    NOT_WAITING = auto()
    KEY_CHANGED = auto()
    LAST_SUPERVISOR = auto()
    LAST_TO_SUPERVISE = auto()
    NOT_AT_WORK = auto()
    NOBODY_LEFT_TO_APPROVE = auto()
    # Keys, and the start of a practice.
    OTHER_SHEET = auto()
    LINE_UNTESTED = auto()
    NOBODY_ON_THE_ROLL = auto()
    SET_UP = auto()
    DEMONSTRATION_ONLY = auto()


class Refused(Exception):
    """The rule says no: somebody was faster, or it is not allowed, or no longer."""

    def __init__(self, reason: Reason, **facts: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


class Missing(Exception):
    """There is no such thing, or the member must not know of it: the two look the same."""


class Altered(Exception):
    """A stored record is not what this service wrote. `place` names it, without its content."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


class altered:  # noqa: N801
    """A block in which a stored value that does not open, or cannot be read, raises `Altered` with its place."""

    def __init__(self, place: str) -> None:
        self._place = place

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        if isinstance(error, Unreadable | ValueError):
            raise Altered(self._place) from error


class Party(StrEnum):
    """Who acts when no member does."""

    CLIENT = "client"
    #: Somebody who signs in, or has a one-time link.
    NEWCOMER = "newcomer"
    WORKER = "worker"
    #: The web process itself, such as when it locks a session or reports an altered record.
    SERVICE = "service"
    OPERATOR = "operator"


@dataclass(frozen=True)
class Opener:
    """A holder whose private key is unlocked in this transaction: a signed-in member, or the recovery sheet."""

    holder_id: UUID
    key: Callable[[], PrivateKey] = field(repr=False)

    @staticmethod
    def unlocked(holder_id: UUID, private: PrivateKey) -> "Opener":
        return Opener(holder_id, lambda: private)


@dataclass(frozen=True)
class Member(Opener):
    """A signed-in member of the team. The holder's key opens grants, and exists only during this HTTP request."""

    account_id: UUID
    role: Role
    state: AccountState
    cookie_hash: bytes = field(repr=False)
    proved_at: datetime
    language: str
    #: The credential ids of their passkeys.
    passkeys: tuple[bytes, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        return str(self.account_id)


Actor = Party | Member


@dataclass
class Work:
    """One transaction and what its rules need. Only the edge opens it; leaving the block commits."""

    session: Session = field(repr=False)
    vault: Vault = field(repr=False)
    practice: Practice = field(repr=False)
    actor: Actor
    now: datetime
    #: Something is erased for good; after the commit it must not remain in SQLite's log either.
    destroys: bool = False

    @property
    def member(self) -> Member:
        """The signed-in member; `Refused` for anybody else."""
        if isinstance(self.actor, Member):
            return self.actor
        raise Refused(Reason.MEMBERS_ONLY)

    @property
    def on_postgresql(self) -> bool:
        return self.session.get_bind().dialect.name == "postgresql"

    def insert(self, table: type[Model]) -> postgresql.Insert | sqlite.Insert:
        """Return an INSERT that knows `on_conflict_do_nothing` on either database."""
        return postgresql.insert(table) if self.on_postgresql else sqlite.insert(table)
