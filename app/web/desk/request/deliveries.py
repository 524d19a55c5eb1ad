"""Says who was notified about a request, in which role and when, and whether the letter has left."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext, lazy_gettext

from app.domain.letters import outbox
from app.domain.letters.outbox import Delivery, DeliveryState
from app.domain.work import Work
from app.models import LetterKind, Reader
from app.web.desk import dates

_READERS = {
    Reader.ON_CALL: lazy_gettext("on call"),
    Reader.NEXT: lazy_gettext("next"),
    Reader.SUPERVISOR: lazy_gettext("supervisor"),
    Reader.OWNER: lazy_gettext("has it"),
}
_KINDS = {
    LetterKind.NEWS: lazy_gettext("news"),
    LetterKind.HANDED_OVER: lazy_gettext("handed over"),
    LetterKind.INCIDENT: lazy_gettext("incident"),
    LetterKind.PASSED_ON: lazy_gettext("passed on"),
    LetterKind.FOLLOW_UP: lazy_gettext("follow-up due"),
    LetterKind.OVERDUE: lazy_gettext("overdue"),
}


@dataclass(frozen=True)
class DeliveryLine:
    """One letter, in words."""

    why: str
    name: str
    at: datetime
    state: str
    #: The letter has left, or will leave without anybody's help.
    good: bool
    #: It was tried at least, and not cancelled.
    sent: bool


def read(work: Work, reference: str) -> list[DeliveryLine]:
    """Return the letters about a request, oldest first."""
    return [
        DeliveryLine(
            why=_why(one),
            name=one.name,
            at=one.wanted_at,
            state=_state(one),
            good=one.state in (DeliveryState.DELIVERED, DeliveryState.LEAVING, DeliveryState.PLANNED),
            sent=one.state not in (DeliveryState.PLANNED, DeliveryState.CANCELLED),
        )
        for one in outbox.deliveries(work, reference)
    ]


def _why(one: Delivery) -> str:
    if one.kind in _KINDS:
        return str(_KINDS[one.kind])
    return str(_READERS[one.reader]) if one.reader else gettext("told")


def _state(one: Delivery) -> str:
    clock = dates.clock(one.next_at)
    return {
        DeliveryState.DELIVERED: gettext("delivered"),
        DeliveryState.PLANNED: gettext("leaves then"),
        DeliveryState.LEAVING: gettext("on its way"),
        DeliveryState.REFUSED: gettext("the mail server refused it, trying again %(time)s", time=clock),
        DeliveryState.UNREACHED: gettext("the mail server did not answer, trying again %(time)s", time=clock),
        DeliveryState.CANCELLED: gettext("not sent any more"),
        DeliveryState.GIVEN_UP: gettext("given up after seven days"),
    }[one.state]
