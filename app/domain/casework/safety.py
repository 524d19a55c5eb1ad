"""Where the client is when they talk, and what to do when somebody is in danger, with the practice's own clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.domain.intake import case_log, opening
from app.domain.intake.case_log import Logged
from app.domain.intake.opening import Case
from app.domain.work import Reason, Refused, Work
from app.models import LogKind
from app.practice import Practice
from app.practice.facts import Steps

CHILD_HARM: Final = "child_harm"
DANGER: Final = "danger"
_BEGUN, _REPORTED = "begun", "reported"


@dataclass(frozen=True)
class Emergency:
    """Something that has to be reported and was not yet."""

    kind: str
    begun_at: datetime
    by: str | None
    #: None: at once.
    report_by: datetime | None


def locate(work: Work, reference: str, state: str) -> None:
    """Write down where the client says they are."""
    case = opening.unlock(work, reference)
    told = case_log.last_of(case.log, LogKind.LOCATION)
    if told is None or told.value["state"] != state:
        opening.write(work, case, LogKind.LOCATION, {"state": state})


def begin(work: Work, reference: str, kind: str) -> None:
    """Start the practice's clock; once, until it was reported."""
    case = opening.unlock(work, reference)
    if _running(case, kind) is None:
        opening.write(work, case, LogKind.EMERGENCY, {"kind": kind, "step": _BEGUN})


def report(work: Work, reference: str, kind: str, happened_at: datetime) -> None:
    """Write down that it was reported, and when: perhaps before the clock was started. `Refused` for another time."""
    case = opening.unlock(work, reference)
    if _running(case, kind) is None:
        return
    if not case.intake.received_at <= happened_at <= work.now:
        raise Refused(Reason.OTHER_TIME)
    value: dict[str, object] = {"kind": kind, "step": _REPORTED, "happened_at": f"{happened_at:%Y-%m-%dT%H:%M}"}
    opening.write(work, case, LogKind.EMERGENCY, value)


def open_emergencies(practice: Practice, history: Sequence[Logged]) -> list[Emergency]:
    """Return what was begun and not reported, the most urgent first."""
    last = {one.value["kind"]: one for one in history if one.kind is LogKind.EMERGENCY}
    running = [
        Emergency(kind, one.at, one.by, _report_by(steps(practice, kind), one.at))
        for kind, one in last.items()
        if one.value["step"] == _BEGUN
    ]
    return sorted(running, key=lambda one: one.report_by or one.begun_at)


def steps(practice: Practice, kind: str) -> Steps:
    """Return what the practice's own people wrote down to do."""
    return practice.emergencies.child_harm if kind == CHILD_HARM else practice.emergencies.danger


def _report_by(written: Steps, begun_at: datetime) -> datetime | None:
    hours = written.report_within_hours
    return begun_at + timedelta(hours=hours) if hours else None


def _running(case: Case, kind: str) -> case_log.Entry | None:
    said = [one for one in case.log if one.kind is LogKind.EMERGENCY and one.value["kind"] == kind]
    return said[-1] if said and said[-1].value["step"] == _BEGUN else None
