"""The contact card and the client's updates, as values for the page: what a counselor needs before a call."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from app import current
from app.domain.calls import dialing
from app.domain.intake.opening import Opened
from app.domain.work import Refused
from app.models import LogKind
from app.web import errors
from app.web.desk import dates, labels
from app.web.desk.calls import sentences
from app.web.desk.calls.sentences import Script
from app.web.desk.labels import Permission
from app.web.questions import choices, return_texts

_OLD_AFTER = timedelta(days=7)


@dataclass(frozen=True, repr=False)
class Card:
    """What the card says beside the opened request."""

    #: Whether to call now, and when that changes.
    outlook: str
    safe: bool
    #: How old the safe times are, once that is too old to trust them (F-06).
    days_old: int | None
    #: Why the number is not shown.
    obstacle: str | None
    needs_reason: bool
    script: Script
    permissions: Sequence[Permission]
    #: Days and times of the safe windows, on the client's clock.
    windows: Sequence[tuple[str, str]]
    language: str
    #: What else they said, as heading and text; the address is beside the number, behind the same button.
    facts: Sequence[tuple[str, str]]
    #: Where they are as they said last, and when staff asked; None: as they wrote it.
    state: str
    asked_at: datetime | None
    licensed: bool
    #: Their city and the time on their clock, where they named a zone.
    city: str | None
    clock: str | None

    @classmethod
    def of(cls, opened: Opened) -> Self:
        practice, now, wishes = current.practice(), current.now(), opened.wishes
        obstacle = dialing.obstacle(opened)
        asked = [one for one in opened.history if one.kind is LogKind.LOCATION]
        state = asked[-1].value["state"] if asked else opened.answers.state
        age = now - opened.wished_at
        return cls(
            outlook=labels.outlook(wishes, now),
            safe=opened.may_call.safe,
            days_old=age.days if wishes.when and age >= _OLD_AFTER else None,
            obstacle=errors.sentence(Refused(obstacle)) if obstacle else None,
            needs_reason=dialing.needs_reason(opened),
            script=sentences.script(opened, practice, now, last=opened.may_call.left <= 1),
            permissions=labels.permissions(wishes),
            windows=labels.windows(wishes.when),
            language=str(choices.CALL_LANGUAGES[opened.answers.language]),
            facts=labels.facts(replace(opened.answers, email=None), practice),
            state=state,
            asked_at=asked[-1].at if asked else None,
            licensed=state in practice.licensed_states,
            city=labels.zone(wishes.zone) if wishes.zone else None,
            clock=dates.there(now, wishes.zone) if wishes.zone else None,
        )


@dataclass(frozen=True, repr=False)
class Updates:
    """What came by the return page; a loosened wish is only a question until it was asked by voice."""

    #: Moment, fixed sentence and the client's own words.
    messages: Sequence[tuple[datetime, str, str]]
    #: Moment, and what the change would allow.
    loosened: Sequence[tuple[datetime, Sequence[str]]]
    #: Moment and new number.
    numbers: Sequence[tuple[datetime, str]]

    @classmethod
    def of(cls, opened: Opened, *, since: int = -1) -> Self | None:
        """Return what came after an entry of the thread; None when that is nothing."""
        news, sentences = opened.news, dict(return_texts.sentences())
        updates = cls(
            [(one.at, sentences[one.sentence], one.text) for one in news.messages if one.entry > since],
            [(one.at, labels.loosened(one.wishes, opened.wishes)) for one in news.asked if one.entry > since],
            [(one.at, one.number.phone) for one in news.given if one.entry > since],
        )
        return updates if updates.messages or updates.loosened or updates.numbers else None
