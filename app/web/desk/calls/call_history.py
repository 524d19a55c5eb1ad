"""The calls of a request, as its page shows them: warnings, the last call, the next one."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext

from app import current
from app.domain.calls import call_log, code_words
from app.domain.intake.call_rules import MayCall
from app.domain.intake.case_log import Logged
from app.domain.intake.opening import Opened
from app.models import LogKind, Status
from app.web.desk import outcomes

#: Outcomes of a call from a client whose request a colleague has.
TAKEN = ("reached", "bad_time", "other_person")


@dataclass(frozen=True)
class CallHistory:
    """Values for the page. The client wrote none of them."""

    flags: tuple[str, ...]
    outcomes: tuple[tuple[str, str], ...]
    #: A colleague has the request, so only a call from the client can be recorded here.
    taken_only: bool
    last: Logged | None
    last_outcome: str | None
    may_call: MayCall
    proposed: datetime | None
    planned: datetime | None
    may_renew: bool
    once: str = field(repr=False)


def of(opened: Opened) -> CallHistory:
    calls = [entry for entry in opened.history if entry.kind is LogKind.ATTEMPT]
    calls.sort(key=lambda call: str(call.value["happened_at"]))
    taken_only = opened.claimed_by is not None and not opened.claimed_by_me
    is_open = opened.status in (Status.WAITING, Status.CLAIMED)
    offered = [name for name in outcomes.CALLS if is_open and (name in TAKEN or not taken_only)]
    return CallHistory(
        flags=tuple(_flags(opened, calls)),
        outcomes=tuple((name, str(outcomes.CALLS[name])) for name in offered),
        taken_only=taken_only,
        last=calls[-1] if calls else None,
        last_outcome=_outcome(calls[-1]) if calls else None,
        may_call=opened.may_call,
        proposed=None if taken_only else call_log.proposal(current.practice(), opened, current.now()),
        planned=opened.follow_up_at,
        may_renew=not taken_only and code_words.may_renew(opened.history, burnt=opened.words_burnt),
        once=secrets.token_hex(16),
    )


def _outcome(call: Logged) -> str:
    """Return the outcome of a call, and that the client called if they did."""
    text = str(outcomes.CALLS[call.value["outcome"]])
    return text if call.value["direction"] == call_log.OUT else gettext("They called: %(outcome)s", outcome=text)


def _flags(opened: Opened, calls: list[Logged]) -> list[str]:
    """Return the warnings before the next call, the worst first."""
    flags = []
    if opened.words_burnt:
        flags.append(
            gettext(
                "Somebody else answered a call. The two words are burnt: do not say them. "
                "Ask which name they gave us and one time they checked; offer neither."
            )
        )
    if opened.may_call.number_is_wrong:
        flags.append(gettext("Wrong number: do not call it again. If they write or call, ask for the right one."))
    flags += [
        gettext("%(who)s left a voicemail that they had not allowed.", who=call.by or gettext("A former colleague"))
        for call in calls
        if call.value.get("incident")
    ]
    return flags
