"""The rota by weeks, in the practice's time: who is on call, planning, covering, and being with a client."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import BooleanField, HiddenField, IntegerField, SelectField, ValidationError
from wtforms.validators import AnyOf

from app import current
from app.domain.rota import oncall, rota
from app.domain.work import Missing, Reason, Refused
from app.practice import hours
from app.web.desk import dates, labels
from app.web.desk.dates import MomentField
from app.web.desk.forms import DeskForm, lazy_gettext
from app.web.desk.rota import week

bp = Blueprint("rota", __name__, url_prefix="/desk/rota")

_FARTHEST = timedelta(days=731)
#: Pages that offer "with a client"; the member comes back to the one they said it on.
_PLACES = ("queue.show", "rota.show", "account.show")


class SpanForm(DeskForm):
    person = SelectField(validate_choice=False)
    starts_at = MomentField(lazy_gettext("Enter the day and time when it starts."))
    ends_at = MomentField(lazy_gettext("Enter the day and time when it ends."))

    def offer(self, people: Iterable[tuple[UUID, str]]) -> None:
        """Let the form choose between these people."""
        self.people = {str(account_id): name for account_id, name in people}
        self.person.choices = list(self.people.items())

    def validate_person(self, person: SelectField) -> None:
        if person.data not in self.people:
            raise ValidationError(gettext("Choose somebody of the team."))

    def accepted(self) -> bool:
        with current.read() as work:
            self.offer(rota.people(work))
        if not super().accepted():
            return False
        if self.ends_at.moment <= self.starts_at.moment:
            self.ends_at.errors = [gettext("A shift has to end after it starts.")]
        return not self.ends_at.errors


class ShiftForm(SpanForm):
    refusals: Mapping[Reason, str | None] = {
        Reason.SHIFT_TWICE: "starts_at",
        Reason.SHIFT_BACKWARDS: "ends_at",
        Reason.NOT_ACTIVE: "person",
    }

    weeks = IntegerField(default=1)

    def validate_weeks(self, weeks: IntegerField) -> None:
        if weeks.data is None or not 1 <= weeks.data <= rota.MOST_WEEKS:
            # The library's own sentence for letters would stand beside this one.
            weeks.errors = []
            raise ValidationError(gettext("Enter a number of weeks from 1 to %(most)s.", most=rota.MOST_WEEKS))

    def sentence(self, refused: Refused) -> str:
        day = refused.facts.get("day")
        if not isinstance(day, datetime):
            return super().sentence(refused)
        return gettext("This person is on call then already: %(day)s. Nothing was planned.", day=dates.day(day))


class CoverForm(SpanForm):
    refusals: Mapping[Reason, str | None] = {
        Reason.NOT_IN_SHIFT: "starts_at",
        Reason.OWN_SHIFT: "person",
        Reason.SHIFT_TWICE: "person",
        Reason.NOT_ACTIVE: "person",
    }
    own_words: Mapping[Reason, str] = {Reason.SHIFT_TWICE: lazy_gettext("They are on call then already.")}


class RemoveForm(DeskForm):
    #: Also in the weeks after.
    later = BooleanField()


class FreeForm(DeskForm):
    at = HiddenField()

    def accepted(self) -> bool:
        return super().accepted() and self.at.data in [url_for(place) for place in _PLACES]


class BusyForm(FreeForm):
    minutes = IntegerField(validators=[AnyOf(oncall.BUSY_MINUTES)])


@bp.get("")
def show() -> str:
    first = _asked_week()
    form = ShiftForm(formdata=None)
    form.starts_at.data, form.ends_at.data = _asked_moment("from"), _asked_moment("to")
    return _page(first, form)


@bp.post("")
def add() -> ResponseReturnValue:
    form = ShiftForm()
    if not form.accepted():
        return _page(_this_week(), form), 422
    with form.refused_here(), current.work() as work:
        rota.add(work, UUID(form.person.data), form.starts_at.moment, form.ends_at.moment, weeks=form.weeks.data or 1)
    if form.errors:
        return _page(_this_week(), form), 422
    return redirect(_address(form.starts_at.moment), 303)


@bp.get("/<uuid:shift_id>")
def shift(shift_id: UUID) -> str:
    form = CoverForm(formdata=None)
    with current.read() as work:
        found = rota.shift(work, shift_id)
    left_at = max(found.starts_at, hours.next_quarter(current.now()))
    form.starts_at.show(left_at if left_at < found.ends_at else found.starts_at)
    form.ends_at.show(found.ends_at)
    return _shift_page(shift_id, form)


@bp.post("/<uuid:shift_id>/cover")
def cover(shift_id: UUID) -> ResponseReturnValue:
    form = CoverForm()
    if not form.accepted():
        return _shift_page(shift_id, form), 422
    with form.refused_here(), current.work() as work:
        rota.cover(work, shift_id, UUID(form.person.data), form.starts_at.moment, form.ends_at.moment)
    if form.errors:
        return _shift_page(shift_id, form), 422
    return redirect(_address(form.starts_at.moment), 303)


@bp.post("/<uuid:shift_id>/remove")
def remove(shift_id: UUID) -> ResponseReturnValue:
    form = RemoveForm()
    form.accepted()
    with current.work() as work:
        removed = rota.shift(work, shift_id)
        rota.remove(work, shift_id, weekly=bool(form.later.data))
    return redirect(_address(removed.starts_at), 303)


@bp.post("/busy")
def be_busy() -> ResponseReturnValue:
    form = BusyForm()
    if not form.accepted():
        abort(400)
    with current.work() as work:
        oncall.set_busy(work, form.minutes.data or 0)
    return redirect(form.at.data or "", 303)


@bp.post("/free")
def be_free() -> ResponseReturnValue:
    form = FreeForm()
    if not form.accepted():
        abort(400)
    with current.work() as work:
        oncall.set_busy(work, None)
    return redirect(form.at.data or "", 303)


def _page(first: date, form: ShiftForm) -> str:
    practice, now = current.practice(), current.now()
    since, until = week.span(practice, first)
    with current.read() as work:
        me = work.member.account_id
        shifts = rota.shifts(work, since, until)
        unserved = rota.gaps(work, since, until)
        missing = rota.gaps_ahead(work)
        on_call = rota.on_call(work)
        form.offer(rota.people(work))
    form.person.data = form.person.data or str(me)
    days, height = week.lay_out(practice, first, shifts, unserved, me, now)
    return render_template(
        "desk/rota/rota.html",
        days=days,
        height=height,
        first=first,
        last=first + timedelta(days=6),
        earlier=first - timedelta(days=7),
        later=first + timedelta(days=7),
        is_this_week=first == _this_week(),
        missing=[(gap, _plan_address(gap.starts_at, gap.ends_at)) for gap in missing],
        plan_address=_plan_address,
        on_call=on_call,
        form=form,
        zone=labels.zone(practice.time_zone),
        now=now,
    )


def _shift_page(shift_id: UUID, form: SpanForm) -> str:
    with current.read() as work:
        found = rota.shift(work, shift_id)
        form.offer(one for one in rota.people(work) if one[0] != found.account_id)
    return render_template(
        "desk/rota/shift.html", shift=found, form=form, now=current.now(), back=_address(found.starts_at)
    )


def _this_week() -> date:
    return _monday_of(current.now())


def _asked_week() -> date:
    """Return the Monday of the week that the address asks for; `Missing` where there is no such week."""
    asked = request.args.get("week")
    if asked is None:
        return _this_week()
    try:
        first = week.monday(date.fromisoformat(asked))
    except (ValueError, OverflowError) as error:
        raise Missing from error
    if abs(first - _this_week()) > _FARTHEST:
        raise Missing
    return first


def _asked_moment(name: str) -> datetime | None:
    """Return a wall-clock time of the address, to fill the form in with; None where it has none."""
    try:
        return datetime.fromisoformat(request.args.get(name, "")).replace(tzinfo=None)
    except ValueError:
        return None


def _monday_of(at: datetime) -> date:
    return week.monday(at.astimezone(ZoneInfo(current.practice().time_zone)).date())


def _address(at: datetime) -> str:
    """Return the page of the week in which a moment lies."""
    first = _monday_of(at)
    return url_for("rota.show", week=None if first == _this_week() else first)


def _plan_address(starts_at: datetime, ends_at: datetime) -> str:
    """Return the page on which the form is filled in for a gap."""
    times: dict[str, Any] = {"from": dates.written(starts_at), "to": dates.written(ends_at)}
    return url_for("rota.show", _anchor="plan", week=_monday_of(starts_at), **times)
