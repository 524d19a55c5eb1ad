"""What the desk knows of a caller from one page to the next: sealed, for half an hour, and for one member alone."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from app import current
from app.crypto.secretkey import Stale

LASTS = timedelta(minutes=30)


@dataclass(frozen=True)
class Pass:
    """Whose request it may be, or is once the caller was verified. The nonce makes a page sent twice one entry."""

    references: tuple[str, ...]
    verified: bool
    #: When they called; None: just now.
    called_at: datetime | None
    nonce: str = field(repr=False)

    @classmethod
    def new(cls, references: tuple[str, ...], *, verified: bool, called_at: datetime | None) -> Self:
        return cls(references, verified, called_at, secrets.token_hex(16))

    @classmethod
    def read(cls, ticket: str, *, verified: bool) -> Self:
        """Return what a page brought; `Stale` for another member's, an old one, or one of an unverified caller."""
        value: Any = current.secret().read_ticket(_form(verified=verified), ticket, current.now(), LASTS)
        if value["by"] != str(current.actor()):
            raise Stale
        at = datetime.fromisoformat(value["at"]) if value["at"] else None
        return cls(tuple(value["references"]), verified, at, value["nonce"])

    @property
    def ticket(self) -> str:
        value = {
            "by": str(current.actor()),
            "references": list(self.references),
            "at": self.called_at.isoformat() if self.called_at else None,
            "nonce": self.nonce,
        }
        return current.secret().issue_ticket(_form(verified=self.verified), value, current.now())


def _form(*, verified: bool) -> str:
    # Two kinds of tickets: one of somebody who still has to be asked opens nothing.
    return "called/verified" if verified else "called/asked"
