"""Writes down where the client is, and emergencies: when one began, by when to report it, and that it was reported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.domain.intake import case_log, opening
from app.domain.intake.case_log import Logged
from app.domain.intake.opening import Case
from app.domain.intake.sealed_log import encode_minute, last_of
from app.domain.work import Reason, Refused, Work
from app.models import LogKind
from app.practice import Practice
from app.practice.facts import Steps

CHILD_HARM: Final = "child_harm"
DANGER: Final = "danger"
_BEGUN, _REPORTED = "begun", "reported"


@dataclass(frozen=True)
class Emergency:
    """An emergency that has to be reported and was not yet."""

    kind: str
    begun_at: datetime
    by: str | None
    #: None: at once.
    report_by: datetime | None


def locate(work: Work, reference: str, state: str) -> None:
    """Write down where the client says they are."""
    case = opening.unlock(work, reference)
    last = last_of(case.log, LogKind.LOCATION)
    if last is None or last.value["state"] != state:
        opening.write(work, case, LogKind.LOCATION, {"state": state})


def begin(work: Work, reference: str, kind: str) -> None:
    """Begin an emergency, unless one of this kind is open."""
    case = opening.unlock(work, reference)
    if _running(case, kind) is None:
        opening.write(work, case, LogKind.EMERGENCY, {"kind": kind, "step": _BEGUN})


def report(work: Work, reference: str, kind: str, happened_at: datetime) -> None:
    """Write down when it was reported; `Refused` for a time before the request, or in the future."""
    case = opening.unlock(work, reference)
    if _running(case, kind) is None:
        return
    if not case.intake.received_at <= happened_at <= work.now:
        raise Refused(Reason.OTHER_TIME)
    reported = {"kind": kind, "step": _REPORTED, "happened_at": encode_minute(happened_at)}
    opening.write(work, case, LogKind.EMERGENCY, reported)


def open_emergencies(practice: Practice, history: Sequence[Logged]) -> list[Emergency]:
    """Return what was begun and not reported, the most urgent first."""
    found = []
    for kind, one in {one.value["kind"]: one for one in history if one.kind is LogKind.EMERGENCY}.items():
        hours = steps(practice, kind).report_within_hours
        if one.value["step"] == _BEGUN:
            found.append(Emergency(kind, one.at, one.by, one.at + timedelta(hours=hours) if hours else None))
    return sorted(found, key=lambda one: one.report_by or one.begun_at)


def steps(practice: Practice, kind: str) -> Steps:
    return practice.emergencies.child_harm if kind == CHILD_HARM else practice.emergencies.danger


def _running(case: Case, kind: str) -> case_log.Entry | None:
    said = [one for one in case.log if one.kind is LogKind.EMERGENCY and one.value["kind"] == kind]
    return said[-1] if said and said[-1].value["step"] == _BEGUN else None
