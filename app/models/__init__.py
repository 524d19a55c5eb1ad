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
    "DailyCheck",
    "DailyCheckKey",
    "Confirmation",
    "Draft",
    "EntryKind",
    "Epoch",
    "EpochState",
    "Exclusion",
    "Gap",
    "Grant",
    "Holder",
    "HolderKind",
    "Intake",
    "Letter",
    "LetterKind",
    "OneTimeLink",
    "Lock",
    "LockKind",
    "LogEntry",
    "LogKind",
    "Mark",
    "EpochProof",
    "Model",
    "Outcome",
    "Reader",
    "Role",
    "KeyRegister",
    "Shift",
    "LoginSession",
    "SpentChallenge",
    "Status",
    "ThreadEntry",
    "UtcDateTime",
    "SignInDelay",
]
