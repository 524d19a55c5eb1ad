"""What a client tells us, as values that never show themselves: answers, and the wishes for a safe call."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self


class _Unshown:
    """Hides every value from `repr`, and so from tracebacks and logs."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


@dataclass(frozen=True, repr=False)
class Answers(_Unshown):
    """Who asks and what for. None means not said. `phone` is E.164; `words` are said on the call, first by us."""

    name: str
    state: str
    phone: str | None = None
    extension: str | None = None
    #: True when the number can be dialled but is not known to exist: staff look twice.
    phone_doubtful: bool = False
    email: str | None = None
    about: str | None = None
    program: str | None = None
    meet: str | None = None
    pronouns: str | None = None
    note: str | None = None
    language: str = "en"
    words: tuple[str, str] = ("", "")

    def sealed_form(self) -> dict[str, Any]:
        return {"v": 1, **asdict(self)}

    @classmethod
    def from_sealed(cls, value: Mapping[str, Any]) -> Self:
        known = {field.name: value[field.name] for field in fields(cls)}
        return cls(**{**known, "words": tuple(value["words"])})


@dataclass(frozen=True, repr=False)
class Wishes(_Unshown):
    """How, when and in which way contact is safe. A permission that was not given is False."""

    #: "call" us to call them, "icall" they will call.
    way: str
    voicemail: bool = False
    text: bool = False
    ask: bool = False
    say_practice: bool = False
    #: Checked windows such as "mon-am", in the client's own zone, never converted.
    when: tuple[str, ...] = ()
    zone: str | None = None

    def sealed_form(self) -> dict[str, Any]:
        return {"v": 1, **asdict(self)}

    @classmethod
    def from_sealed(cls, value: Mapping[str, Any]) -> Self:
        known = {field.name: value[field.name] for field in fields(cls)}
        return cls(**{**known, "when": tuple(value["when"])})


def digest(answers: Answers, wishes: Wishes) -> bytes:
    """Return the SHA-256 of what was said; equal answers have equal digests."""
    said = json.dumps([answers.sealed_form(), wishes.sealed_form()], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).digest()
