"""Who is on call when: shifts of the next weeks, in the practice's time."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import DateTimeLocalField, SelectField
from wtforms.validators import InputRequired

from app import current
from app.domain import rota
from app.web.desk.forms import DeskForm, lazy_gettext

bp = Blueprint("rota", __name__, url_prefix="/desk/rota")

_AHEAD = timedelta(weeks=4)
_TYPED = "%Y-%m-%dT%H:%M"


class ShiftForm(DeskForm):
    person = SelectField()
    starts_at = DateTimeLocalField(validators=[InputRequired(lazy_gettext("Enter a day and a time."))], format=_TYPED)
    ends_at = DateTimeLocalField(validators=[InputRequired(lazy_gettext("Enter a day and a time."))], format=_TYPED)


@bp.get("")
def show() -> str:
    return _page(ShiftForm(formdata=None))


@bp.post("")
def add() -> ResponseReturnValue:
    form = ShiftForm()
    _offer_people(form)
    if not form.accepted():
        return _page(form), 422
    starts_at, ends_at = (_moment(field.data) for field in (form.starts_at, form.ends_at))
    if ends_at <= starts_at:
        form.ends_at.errors = [gettext("A shift has to end after it starts.")]
        return _page(form), 422
    with current.work() as work:
        rota.add(work, UUID(form.person.data), starts_at, ends_at)
    return redirect(url_for("rota.show"), 303)


@bp.post("/<uuid:shift_id>/remove")
def remove(shift_id: UUID) -> ResponseReturnValue:
    DeskForm().accepted()
    with current.work() as work:
        rota.remove(work, shift_id)
    return redirect(url_for("rota.show"), 303)


def _page(form: ShiftForm) -> str:
    _offer_people(form)
    with current.look() as work:
        shifts = rota.shifts(work, work.now, work.now + _AHEAD)
    zone = ZoneInfo(current.practice().time_zone)
    rows = [(shift, shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)) for shift in shifts]
    return render_template("desk/rota.html", rows=rows, form=form, zone=current.practice().time_zone, now=current.now())


def _offer_people(form: ShiftForm) -> None:
    with current.look() as work:
        people = rota.people(work)
    form.person.choices = [(str(account_id), name) for account_id, name in people]


def _moment(typed: datetime | None) -> datetime:
    """Return the moment a wall clock of the practice means."""
    assert typed is not None
    return typed.replace(tzinfo=ZoneInfo(current.practice().time_zone)).astimezone(UTC)
