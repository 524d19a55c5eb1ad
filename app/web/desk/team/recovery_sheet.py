"""The recovery sheet: shown to be printed, typed back before the form goes live."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, StringField

from app import current, health
from app.crypto.codes import BadCode
from app.domain import marks, permissions
from app.domain.vault import holders
from app.domain.work import Reason, Refused
from app.web.desk.forms import DeskForm, ProvenForm

bp = Blueprint("recovery_sheet", __name__, url_prefix="/desk/recovery-sheet")

_CODE = "recovery_code"


class SheetForm(DeskForm):
    refusals: Mapping[Reason, str | None] = {Reason.LINE_UNTESTED: "tested", Reason.OTHER_SHEET: "typed"}

    tested = BooleanField()
    typed = StringField()


@bp.get("")
def show() -> str:
    return _page(SheetForm(formdata=None), ProvenForm(formdata=None))


@bp.post("")
def confirm() -> ResponseReturnValue:
    form = SheetForm()
    form.accepted()
    try:
        with form.refused_here(), current.work() as work:
            holders.confirm_sheet(work, form.typed.data or "", line_tested=form.tested.data)
    except BadCode:
        form.refuse(Refused(Reason.OTHER_SHEET))
    if form.errors:
        return _page(form, ProvenForm(formdata=None)), 422
    session.pop(_CODE, None)
    health.forget()
    return redirect(url_for("queue.show"), 303)


@bp.post("/new")
def new() -> ResponseReturnValue:
    form = ProvenForm()
    if not form.proven():
        return _page(SheetForm(formdata=None), form), 422
    with current.work() as work:
        permissions.require_fresh(work)
        session[_CODE] = holders.new_sheet(work)
    return redirect(url_for("recovery_sheet.show"), 303)


def _page(typed: SheetForm, again: ProvenForm) -> str:
    with current.read() as work:
        live = marks.marked(work, marks.LIVE)
    return render_template(
        "desk/team/recovery_sheet.html",
        typed=typed,
        again=again,
        code=session.get(_CODE),
        today=current.now(),
        live=live,
    )
