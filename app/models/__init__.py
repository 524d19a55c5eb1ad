"""The whole schema: columns and facts, no rules."""

from app.models.base import Model, UtcDateTime
from app.models.intakes import Arrival, Confirmation, DailyCheck, Draft, Exclusion, Intake, LogEntry, ThreadEntry
from app.models.keys import DailyCheckKey, Epoch, EpochProof, Grant, Holder, KeyRegister, Lock
from app.models.kinds import (
    AccountState,
    EntryKind,
    EpochState,
    HolderKind,
    LetterKind,
    LockKind,
    LogKind,
    Outcome,
    Reader,
    Role,
    Status,
)
from app.models.service import AuditLine, Letter, Mark
from app.models.team import Account, Gap, LoginSession, OneTimeLink, Shift, SignInDelay, SpentChallenge

__all__ = [
    "Account",
    "AccountState",
    "Arrival",
    "AuditLine",
    "Confirmation",
    "DailyCheck",
    "DailyCheckKey",
    "Draft",
    "EntryKind",
    "Epoch",
    "EpochProof",
    "EpochState",
    "Exclusion",
    "Gap",
    "Grant",
    "Holder",
    "HolderKind",
    "Intake",
    "KeyRegister",
    "Letter",
    "LetterKind",
    "Lock",
    "LockKind",
    "LogEntry",
    "LogKind",
    "LoginSession",
    "Mark",
    "Model",
    "OneTimeLink",
    "Outcome",
    "Reader",
    "Role",
    "Shift",
    "SignInDelay",
    "SpentChallenge",
    "Status",
    "ThreadEntry",
    "UtcDateTime",
]
