"""Choosing a password: six random words that the page offers, or one of one's own that is hard to guess."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from wtforms import PasswordField, StringField
from wtforms.validators import AnyOf

from app import current
from app.crypto import locks
from app.crypto.locks import Weakness, WeakPassword
from app.web.desk.forms import TicketForm, lazy_gettext

WEAKNESSES = {
    Weakness.SHORT: lazy_gettext("Use at least 15 characters."),
    Weakness.LONG: lazy_gettext("Use at most 128 characters."),
    Weakness.PRACTICE: lazy_gettext("Leave out the name of the practice."),
    Weakness.COMMON: lazy_gettext("This password is easy to guess."),
}


class Choice:
    """The fields of the choice, for a form of either kind."""

    choice = StringField(default="words", validators=[AnyOf(("words", "own"), lazy_gettext("Choose one of the two."))])
    password = PasswordField()
    again = PasswordField()

    def chosen(self, offer: Mapping[str, Any]) -> str:
        """Return the password that was chosen."""
        return str(offer["passphrase"]) if self.choice.data == "words" else self.password.data or ""

    def check(self) -> None:
        """Say beside the field what is wrong with the choice, or with one's own password."""
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


class PasswordForm(Choice, TicketForm):
    """The choice of somebody not signed in yet."""
