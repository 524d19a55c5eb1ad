"""Takes a request by phone: the questions of the form, then the words to read out, shown once."""

import secrets

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, ValidationError

from app import current, health
from app.domain.intake import arrivals
from app.domain.work import Missing
from app.web import layout
from app.web.desk import labels
from app.web.desk.forms import DeskForm
from app.web.questions import text_input, times
from app.web.questions.fields import Checks
from app.web.questions.questions import Questions

bp = Blueprint("phone_in", __name__, url_prefix="/desk/new")

_TOKEN = "phoned_in"  # noqa: S105


class PhoneInForm(Questions, DeskForm):
    """A client's answers on the phone, as a member types them."""

    #: The idempotency key: a form sent twice is one request.
    once = HiddenField()

    def __init__(self, formdata: MultiDict[str, str] | None) -> None:
        self.practice, self.language, self.now = current.practice(), layout.language(), current.now()
        super().__init__(formdata=formdata, meta={"locales": False})
        self.offer()
        self.once.data = self.once.data or secrets.token_hex(16)

    def validate_consent(self, field: Checks) -> None:
        if field.data != ["yes"]:
            raise ValidationError(gettext("Ask if they agree, and check the box."))


@bp.get("")
def show() -> str:
    return _page(PhoneInForm(formdata=None))


@bp.post("")
def send() -> ResponseReturnValue:
    said = text_input.received(request)
    if "minor" in said.getlist("age"):
        # Nothing else that a minor said is read (S-40).
        return redirect(url_for("phone_in.teen"), 303)
    form = PhoneInForm(said)
    if not form.accepted():
        return _page(form), 422
    try:
        epoch, spoken = health.epoch(), form.lang.data
        with current.work() as work:
            session[_TOKEN] = arrivals.enter(
                work,
                epoch,
                idempotency_key=(form.once.data or "").encode(),
                # The code words are in the language of the call, if the practice has it.
                language=spoken if spoken in form.practice.languages else form.language,
                answers=form.answers(),
                wishes=form.wishes(),
            )
    except current.Unavailable:
        remark = gettext(
            "It could not be saved. Nothing is lost: try again in a minute, and write it on paper to be sure."
        )
        return _page(form, remark), 503, {"Retry-After": "60"}
    return redirect(url_for("phone_in.words"), 303)


@bp.get("/words")
def words() -> ResponseReturnValue:
    """Show the words to read out. The return code is not stored, so a reload shows nothing."""
    token = session.pop(_TOKEN, "")
    try:
        with current.read() as work:
            done, reference = arrivals.done(work, token), arrivals.reference_of(work, token)
    except Missing:
        return redirect(url_for("queue.show"), 303)
    practice, site = current.practice(), current.settings().public_url.partition("://")[2]
    return render_template(
        "desk/calls/new_words.html",
        done=done,
        reference=reference,
        by=times.moment(practice, done.heard_by),
        return_address=f"{site}/return",
    )


@bp.get("/teen")
def teen() -> str:
    harm = current.practice().emergencies.child_harm
    return render_template("desk/calls/new_teen.html", harm=harm, report_within=labels.report_within(harm))


def _page(form: PhoneInForm, remark: str | None = None) -> str:
    return render_template("desk/calls/new.html", form=form, remark=remark, days=times.day_names())
