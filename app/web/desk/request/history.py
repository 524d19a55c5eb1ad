"""Puts the history of a request into words, and who was notified about it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import force_locale, gettext, lazy_gettext

from app.domain.intake.answers import Wishes
from app.domain.intake.case_log import Deed, Logged
from app.domain.intake.opening import Opened
from app.domain.intake.sealed_log import decode_minute
from app.domain.letters import outbox
from app.domain.letters.outbox import DeliveryState
from app.domain.work import Work
from app.models import LetterKind, LogKind, Outcome, Reader
from app.practice import Practice
from app.web.desk import dates, labels, outcomes
from app.web.questions import choices

_SAID = {
    "talked": lazy_gettext("talked"),
    "could_not_talk": lazy_gettext("could not talk"),
    "stop": lazy_gettext("asked us to stop"),
    "again": lazy_gettext("will call again"),
}
_EMERGENCIES = {
    ("begun", "child_harm"): lazy_gettext("A child is being hurt: the clock was started"),
    ("begun", "danger"): lazy_gettext("Somebody's life is in danger: the clock was started"),
    ("reported", "child_harm"): lazy_gettext("A child is being hurt: reported at %(clock)s"),
    ("reported", "danger"): lazy_gettext("Somebody's life is in danger: reported at %(clock)s"),
}
_READERS = {
    Reader.ON_CALL: lazy_gettext("on call"),
    Reader.NEXT: lazy_gettext("next"),
    Reader.SUPERVISOR: lazy_gettext("supervisor"),
    Reader.OWNER: lazy_gettext("has it"),
}
_LETTERS = {
    LetterKind.NEWS: lazy_gettext("news"),
    LetterKind.HANDED_OVER: lazy_gettext("handed over"),
    LetterKind.INCIDENT: lazy_gettext("incident"),
    LetterKind.PASSED_ON: lazy_gettext("passed on"),
    LetterKind.FOLLOW_UP: lazy_gettext("follow-up due"),
    LetterKind.OVERDUE: lazy_gettext("overdue"),
}
_STATES = {
    DeliveryState.DELIVERED: lazy_gettext("delivered"),
    DeliveryState.PLANNED: lazy_gettext("leaves then"),
    DeliveryState.LEAVING: lazy_gettext("on its way"),
    DeliveryState.REFUSED: lazy_gettext("the mail server refused it, trying again %(time)s"),
    DeliveryState.UNREACHED: lazy_gettext("the mail server did not answer, trying again %(time)s"),
    DeliveryState.CANCELLED: lazy_gettext("not sent any more"),
    DeliveryState.GIVEN_UP: lazy_gettext("given up after seven days"),
}


@dataclass(frozen=True)
class HistoryLine:
    """One entry of the history. Notes and wishes never show in `repr`."""

    at: datetime
    #: The member who did it; None for the client, or a stranger who had the return code.
    who: str | None
    title: str
    #: The text of a note or a reply.
    text: str | None = field(default=None, repr=False)
    details: Sequence[str] = field(default=(), repr=False)


class DeliveryLine(NamedTuple):
    why: str
    name: str
    at: datetime
    state: str
    #: The letter has left, or will leave without anybody's help.
    good: bool
    #: It was tried at least, and not cancelled.
    sent: bool


def letters(work: Work, reference: str) -> list[DeliveryLine]:
    """Return the letters about a request, oldest first."""
    return [
        DeliveryLine(
            why=str(_LETTERS.get(one.kind) or (_READERS[one.reader] if one.reader else gettext("told"))),
            name=one.name,
            at=one.wanted_at,
            state=str(_STATES[one.state]) % {"time": dates.clock(one.next_at)},
            good=one.state in (DeliveryState.DELIVERED, DeliveryState.LEAVING, DeliveryState.PLANNED),
            sent=one.state not in (DeliveryState.PLANNED, DeliveryState.CANCELLED),
        )
        for one in outbox.deliveries(work, reference)
    ]


def lines(opened: Opened, practice: Practice) -> list[HistoryLine]:
    """Return everything but the updates that the page shows above, newest first."""
    asked = {one.entry for one in opened.news.asked} | {one.entry for one in opened.news.given}
    entries = (one for one in reversed(opened.history) if one.kind is not Deed.WISHED or one.number not in asked)
    return [_line(entry, opened, practice) for entry in entries]


def _line(entry: Logged, opened: Opened, practice: Practice) -> HistoryLine:
    value = entry.value
    if entry.kind is LogKind.NOTE:
        return HistoryLine(entry.at, entry.by, gettext("Note"), text=value["text"])
    if entry.kind is Deed.ANSWERED:
        # The client reads exactly this, in their language.
        with force_locale(opened.language):
            reply = choices.reply(value["template"], practice)
        return HistoryLine(entry.at, entry.by, gettext("Answer on the return page"), text=reply)
    if entry.kind in (Deed.SETTLED, Deed.WISHED):
        return HistoryLine(entry.at, entry.by, _changed(entry), details=_permissions(value["wishes"]))
    return HistoryLine(entry.at, entry.by, _SHORT[entry.kind](value))


def _changed(entry: Logged) -> str:
    if entry.kind is Deed.WISHED:
        wishes = entry.value["wishes"]
        return gettext("On the return page: a new number") if wishes is None else gettext("On the return page: wishes")
    if entry.value["is_right"]:
        return gettext("Asked by voice what is safe: the number that was marked wrong is right after all")
    if entry.value["number"]:
        return gettext("Asked by voice what is safe, and which number holds")
    return gettext("Asked by voice what is safe")


def _permissions(wishes: Wishes | None) -> list[str]:
    """Return the safe times, and every permission and prohibition."""
    if wishes is None:
        return []
    permissions = [text for _, text in labels.permissions(wishes)]
    if wishes.way == "call" and wishes.zone is not None:
        city, times = labels.zone(wishes.zone), labels.week(wishes.when)
        permissions.insert(0, gettext("Safe times in %(city)s: %(times)s", city=city, times=times))
    return permissions


def _attempt(value: Mapping[str, Any]) -> str:
    how = str(outcomes.CALLS[value["outcome"]])
    whose = gettext("They called us") if value["direction"] == "in" else gettext("Call")
    said = f": {_SAID[value['said']]}" if value.get("said") in _SAID else ""
    when = dates.moment(decode_minute(value["happened_at"]))
    text = gettext("%(whose)s, %(when)s: %(how)s", whose=whose, when=when, how=how) + said
    return f"{text}. {gettext('This was not allowed.')}" if value.get("incident") else text


def _follow_up(value: Mapping[str, Any]) -> str:
    if value["at"] is None:
        return gettext("No next call is planned")
    return gettext("Next call planned: %(when)s", when=dates.moment(decode_minute(value["at"])))


def _emergency(value: Mapping[str, Any]) -> str:
    clock = dates.moment(decode_minute(value["happened_at"])) if "happened_at" in value else ""
    return str(_EMERGENCIES[value["step"], value["kind"]]) % {"clock": clock}


def _exclusion(value: Mapping[str, Any]) -> str:
    name = value["name"] or gettext("somebody who has left")
    if value["excluded"]:
        return gettext("Not with %(name)s, by the client's wish", name=name)
    return gettext("%(name)s may see it again", name=name)


def _outcome(value: Mapping[str, Any]) -> str:
    if value["outcome"] is None:
        return gettext("Opened again")
    full = str(outcomes.ENDS[Outcome(value["outcome"])].full)
    return gettext("Closed: %(outcome)s", outcome=full[:1].lower() + full[1:])


#: Entries of one line, by kind.
_SHORT: Mapping[LogKind | Deed, Callable[[Mapping[str, Any]], str]] = {
    LogKind.ATTEMPT: _attempt,
    LogKind.REASON: lambda _: gettext("The number was shown outside the safe times"),
    LogKind.WORDS: lambda _: gettext("Two new words were given"),
    LogKind.FOLLOW_UP: _follow_up,
    LogKind.LOCATION: lambda value: gettext(
        "They say they are in: %(state)s", state=choices.STATES.get(value["state"]) or gettext("another country")
    ),
    LogKind.EMERGENCY: _emergency,
    LogKind.EXCLUSION: _exclusion,
    LogKind.OUTCOME: _outcome,
    LogKind.HOLD: lambda value: gettext("Legal hold begun") if value["held"] else gettext("Legal hold ended"),
    Deed.CLAIMED: lambda _: gettext("Took this request"),
    Deed.RELEASED: lambda _: gettext("Gave it back"),
    Deed.HANDED_OVER: lambda value: gettext("Handed it to %(name)s", name=value["to"]),
    Deed.REVEALED: lambda _: gettext("Looked at the number"),
    Deed.WITHDRAWN: lambda _: gettext("Taken back on the return page"),
    Deed.RESTORED: lambda _: gettext("Brought back on the return page"),
}
