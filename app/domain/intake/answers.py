"""What a client tells us, as values that never show themselves: answers, and the wishes for a safe call."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any, ClassVar, Self

from app.domain.work import Altered

#: Every sealed form carries the version of its shape. A newer one is refused, never half understood.
VERSION = 1


def mark_version(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form with the version that this service writes."""
    return {"v": VERSION, **form}


def check_version(form: Mapping[str, Any], place: str) -> None:
    """Raise `Altered`, which names the place, unless this service can read the form's version."""
    if form.get("v") not in range(1, VERSION + 1):
        raise Altered(place)


@dataclass(frozen=True, repr=False)
class Sealable:
    """A value that is sealed as one form, and hidden from `repr`, and so from tracebacks and logs."""

    #: Fields that every sealed form has, although a value may be made without them.
    always: ClassVar[frozenset[str]] = frozenset()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def sealed_form(self) -> dict[str, Any]:
        return mark_version(asdict(self))

    @classmethod
    def from_sealed(cls, form: Mapping[str, Any], place: str) -> Self:
        """Return the value of a form that may have fewer optional fields, or more.

        `Altered` names the place of a newer version, or of a form without a field that it must have.
        """
        check_version(form, place)
        required = {field.name for field in fields(cls) if field.default is MISSING} | cls.always
        if not required <= form.keys():
            raise Altered(place)
        known = {field.name: form[field.name] for field in fields(cls) if field.name in form}
        # JSON has no tuples.
        return cls(**{name: tuple(value) if isinstance(value, list) else value for name, value in known.items()})


@dataclass(frozen=True, repr=False)
class Answers(Sealable):
    """Who asks and what for. None means not said. `phone` is E.164; `words` are said on the call, first by us."""

    always = frozenset({"words"})

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


@dataclass(frozen=True, repr=False)
class Wishes(Sealable):
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


def digest(answers: Answers, wishes: Wishes) -> bytes:
    """Return the SHA-256 of what was said; equal answers have equal digests."""
    said = json.dumps([answers.sealed_form(), wishes.sealed_form()], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).digest()
