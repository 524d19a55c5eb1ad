"""The contact card and the client's updates, as values for the page."""

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
    """The words of the card; the opened request has the rest."""

    #: Whether to call now, and when that changes.
    outlook: str
    safe: bool
    #: The age of the safe times, when they are too old to trust (F-06).
    days_old: int | None
    #: Why the number is not shown.
    obstacle: str | None
    needs_reason: bool
    script: Script
    permissions: Sequence[Permission]
    #: Days and times of the safe windows, on the client's clock.
    windows: Sequence[tuple[str, str]]
    language: str
    #: The other answers, as heading and text. The email address is revealed with the number.
    facts: Sequence[tuple[str, str]]
    #: Where the client is, and when a member asked; None: as the client wrote it.
    state: str
    asked_at: datetime | None
    licensed: bool
    #: The client's city and the time there, if the client named a zone.
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
    """Updates from the return page. A loosened wish counts only once the client confirmed it by voice."""

    #: Moment, fixed sentence and the client's own words.
    messages: Sequence[tuple[datetime, str, str]]
    #: Moment, and what the change would allow.
    loosened: Sequence[tuple[datetime, Sequence[str]]]
    #: Moment and new number.
    numbers: Sequence[tuple[datetime, str]]

    @classmethod
    def of(cls, opened: Opened, *, since: int = -1) -> Self | None:
        """Return the updates after an entry of the thread; None when there are none."""
        news, sentences = opened.news, dict(return_texts.sentences())
        updates = cls(
            [(one.at, sentences[one.sentence], one.text) for one in news.messages if one.entry > since],
            [(one.at, labels.loosened(one.wishes, opened.wishes)) for one in news.asked if one.entry > since],
            [(one.at, one.number.phone) for one in news.given if one.entry > since],
        )
        return updates if updates.messages or updates.loosened or updates.numbers else None
