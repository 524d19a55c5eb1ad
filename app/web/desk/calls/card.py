"""The contact card, the client's updates and the calls of a request, as values for the page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from flask_babel import gettext

from app import current
from app.domain.calls import call_log, code_words, dialing
from app.domain.intake.case_log import Logged
from app.domain.intake.opening import Opened
from app.domain.work import Refused
from app.models import LogKind, Status
from app.web import errors
from app.web.desk import dates, labels, outcomes
from app.web.desk.calls import sentences
from app.web.desk.calls.sentences import Script
from app.web.questions import choices

#: Outcomes of a call from a client whose request a colleague has.
_TAKEN = ("reached", "bad_time", "other_person")


@dataclass(frozen=True, repr=False)
class Card:
    """The words of the card; the opened request has the rest."""

    #: Whether to call now, and when that changes.
    outlook: str
    #: The age of the safe times, when they are too old to trust (F-06).
    days_old: int | None
    #: Why the number is not shown.
    obstacle: str | None
    needs_reason: bool
    script: Script
    permissions: Sequence[tuple[bool, str]]
    #: Days and times of the safe windows, on the client's clock.
    windows: Sequence[tuple[str, str]]
    language: str
    #: The other answers, as heading and text. The email address is revealed with the number.
    facts: Sequence[tuple[str, str]]
    #: When a member asked where the client is; None: it is as the client wrote it.
    asked_at: datetime | None
    licensed: bool
    #: The client's city and the time there, if the client named a zone.
    city: str | None
    clock: str | None

    @classmethod
    def of(cls, opened: Opened) -> Self:
        practice, now, wishes = current.practice(), current.now(), opened.wishes
        obstacle = dialing.obstacle(opened)
        asked = [one.at for one in opened.history if one.kind is LogKind.LOCATION]
        age = now - opened.wished_at
        return cls(
            outlook=labels.outlook(wishes, now),
            days_old=age.days if wishes.when and age >= timedelta(days=7) else None,
            obstacle=errors.sentence(Refused(obstacle)) if obstacle else None,
            needs_reason=dialing.needs_reason(opened),
            script=sentences.script(opened, practice, now, last=opened.may_call.left <= 1),
            permissions=labels.permissions(wishes),
            windows=labels.windows(wishes.when),
            language=str(choices.CALL_LANGUAGES[opened.answers.language]),
            facts=labels.facts(replace(opened.answers, email=None), practice),
            asked_at=asked[-1] if asked else None,
            licensed=opened.answers.state in practice.licensed_states,
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
        news, sentences = opened.news, dict(choices.sentences())
        updates = cls(
            [(one.at, sentences[one.sentence], one.text) for one in news.messages if one.entry > since],
            [(one.at, labels.loosened(one.wishes, opened.wishes)) for one in news.asked if one.entry > since],
            [(one.at, one.number.phone) for one in news.given if one.entry > since],
        )
        return updates if updates.messages or updates.loosened or updates.numbers else None


@dataclass(frozen=True)
class CallHistory:
    """The calls of a request: warnings, the last call, the next one. The client wrote none of it."""

    flags: Sequence[str]
    outcomes: Sequence[tuple[str, str]]
    #: A colleague has the request, so only a call from the client can be recorded here.
    taken_only: bool
    last: Logged | None
    last_outcome: str | None
    proposed: datetime | None
    may_renew: bool

    @classmethod
    def of(cls, opened: Opened) -> Self:
        calls = [entry for entry in opened.history if entry.kind is LogKind.ATTEMPT]
        calls.sort(key=lambda call: str(call.value["happened_at"]))
        taken_only = opened.claimed_by is not None and not opened.claimed_by_me
        offered = outcomes.CALLS if opened.status in (Status.WAITING, Status.CLAIMED) else {}
        return cls(
            flags=list(_flags(opened, calls)),
            outcomes=[(name, text) for name, text in offered.items() if name in _TAKEN or not taken_only],
            taken_only=taken_only,
            last=calls[-1] if calls else None,
            last_outcome=_outcome(calls[-1]) if calls else None,
            proposed=None if taken_only else call_log.proposal(current.practice(), opened, current.now()),
            may_renew=not taken_only and code_words.may_renew(opened.history, burnt=opened.words_burnt),
        )


def _outcome(call: Logged) -> str:
    """Return the outcome of a call, and that the client called if they did."""
    text = str(outcomes.CALLS[call.value["outcome"]])
    return text if call.value["direction"] == call_log.OUT else gettext("They called: %(outcome)s", outcome=text)


def _flags(opened: Opened, calls: Sequence[Logged]) -> Iterator[str]:
    """Yield the warnings before the next call, the worst first."""
    if opened.words_burnt:
        yield gettext(
            "Somebody else answered a call. The two words are burnt: do not say them. "
            "Ask which name they gave us and one time they checked; offer neither."
        )
    if opened.may_call.number_is_wrong:
        yield gettext("Wrong number: do not call it again. If they write or call, ask for the right one.")
    for call in calls:
        if call.value.get("incident"):
            who = call.by or gettext("A former colleague")
            yield gettext("%(who)s left a voicemail that they had not allowed.", who=who)
