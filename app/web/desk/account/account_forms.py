"""What forms of accounts share: name, address, and a password, which is six random words or one of their own.

The page proposes the words. They travel in a sealed ticket, so nothing is stored before somebody chose them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import abort, make_response, request
from flask_babel import gettext
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import AnyOf, DataRequired, Email, Length

from app import current
from app.crypto import locks, words
from app.crypto.locks import Stretched, Weakness, WeakPassword
from app.crypto.secretkey import Stale
from app.domain.accounts import passwords
from app.domain.accounts.passwords import PasswordAttempt
from app.domain.accounts.throttle import TooSoon
from app.domain.work import Party
from app.web.desk.forms import TicketForm, lazy_gettext
from app.web.questions import text_input

LASTS = timedelta(minutes=60)
_PLEASE_WAIT = lazy_gettext("Please wait a moment, then try again.")
WEAKNESSES = {
    Weakness.SHORT: lazy_gettext("Use at least 15 characters."),
    Weakness.LONG: lazy_gettext("Use at most 128 characters."),
    Weakness.PRACTICE: lazy_gettext("Leave out the name of the practice."),
    Weakness.COMMON: lazy_gettext("This password is easy to guess."),
}
NAME = StringField(
    filters=[text_input.line],
    validators=[
        DataRequired(lazy_gettext("Enter a name.")),
        Length(max=80, message=lazy_gettext("Use up to 80 letters.")),
    ],
)
EMAIL = StringField(
    filters=[text_input.line], validators=[Email(lazy_gettext("Check the email address.")), Length(max=254)]
)


class Choice:
    """The fields of the choice of a password, for a form of either kind."""

    keep_first = lazy_gettext("Keep your new password first. It is shown only now.")

    choice = StringField(default="words", validators=[AnyOf(("words", "own"), lazy_gettext("Choose one of the two."))])
    password = PasswordField()
    again = PasswordField()
    kept = BooleanField()

    #: What the page proposes, and whether the form came back without it.
    proposal: dict[str, Any]
    proposal_is_new = False

    def take_proposal(self, purpose: str, ticket: str) -> None:
        """Read the proposal from its ticket; make a new one where the ticket is too old or not ours."""
        try:
            self.proposal = current.secret().read_ticket(purpose, ticket, current.now(), LASTS)
        except Stale:
            self.proposal, self.proposal_is_new = self.new_proposal(), True

    def new_proposal(self) -> dict[str, Any]:
        return {"passphrase": words.passphrase("en")}

    @property
    def chosen(self) -> str:
        return str(self.proposal["passphrase"]) if self.choice.data == "words" else self.password.data or ""

    def is_complete(self) -> bool:
        """Return whether a good password was chosen and kept; say what is wrong beside the field."""
        if self.choice.data == "own":
            try:
                locks.check_password(self.password.data or "", practice_words=current.practice().name.split())
            except WeakPassword as weak:
                self.password.errors = [WEAKNESSES[weak.weakness]]
            if self.password.data != self.again.data:
                self.again.errors = [gettext("The two passwords are not the same.")]
        elif self.password.data:
            self.choice.errors = [
                gettext("You typed a password of your own. Choose it here, or leave its field empty.")
            ]
        # Said rather than anything else: they may have kept the words of the old page.
        if self.choice.data == "words" and self.proposal_is_new:
            self.choice.errors = [gettext("This page was open for too long. Look at the new words, and keep those.")]
        if not self.kept.data:
            self.kept.errors = [self.keep_first]
        return not any(field.errors for field in (self.choice, self.password, self.again, self.kept))


class PasswordForm(Choice, TicketForm):
    """The choice of somebody who is not signed in: its token carries the proposal."""

    def __init__(self, purpose: str) -> None:
        self.take_proposal(purpose, request.form.get("token", ""))
        super().__init__(meta={"csrf_context": (purpose, self.proposal, LASTS)})


def stretch(email: str, password: str) -> tuple[PasswordAttempt, Stretched]:
    """Begin a sign-in and stretch its password. Argon2id takes its time; no transaction waits for it."""
    with current.work(Party.NEWCOMER) as work:
        attempt = passwords.begin(work, email)
    return attempt, locks.stretch_in_turn(password, attempt.salt)


@contextmanager
def asking_to_wait(page: Callable[[str], str]) -> Iterator[None]:
    """Answer an attempt that comes too soon with the page, which asks to wait."""
    try:
        yield
    except TooSoon as error:
        abort(make_response(page(_PLEASE_WAIT), 429, {"Retry-After": str(error.retry_after)}))
