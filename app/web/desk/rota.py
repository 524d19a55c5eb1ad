"""Who is on call when: shifts of the next weeks, in the practice's time."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import SelectField, ValidationError

from app import current
from app.domain import rota
from app.domain.work import Refused
from app.web.desk import labels
from app.web.desk.forms import DeskForm, lazy_gettext
from app.web.desk.moments import MomentField

bp = Blueprint("rota", __name__, url_prefix="/desk/rota")

_AHEAD = timedelta(weeks=4)


class ShiftForm(DeskForm):
    person = SelectField(validate_choice=False)
    starts_at = MomentField(lazy_gettext("Enter the day and time when it starts."))
    ends_at = MomentField(lazy_gettext("Enter the day and time when it ends."))

    def validate_person(self, person: SelectField) -> None:
        if person.data not in [choice[0] for choice in person.choices or ()]:
            raise ValidationError(gettext("Choose somebody of the team."))


@bp.get("")
def show() -> str:
    return _page(ShiftForm(formdata=None))


@bp.post("")
def add() -> ResponseReturnValue:
    form = ShiftForm()
    _offer_people(form)
    if not form.accepted():
        return _page(form), 422
    if form.ends_at.moment <= form.starts_at.moment:
        form.ends_at.errors = [gettext("A shift has to end after it starts.")]
        return _page(form), 422
    try:
        with current.work() as work:
            rota.add(work, UUID(form.person.data), form.starts_at.moment, form.ends_at.moment)
    except Refused as error:
        if error.reason != "refused.shift_twice":
            raise
        form.starts_at.errors = [gettext("This person has a shift that starts then already.")]
        return _page(form), 422
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
    zone = labels.zone(current.practice().time_zone)
    return render_template("desk/rota.html", shifts=shifts, form=form, zone=zone, now=current.now())


def _offer_people(form: ShiftForm) -> None:
    with current.look() as work:
        people = rota.people(work)
    form.person.choices = [(str(account_id), name) for account_id, name in people]
