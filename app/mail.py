"""Takes letters from the outbox and hands them to the mail server over verified TLS.

A letter is made from a reference, a link and counts; this module never sees an answer.
"""

import contextlib
import logging
import smtplib
import ssl

from flask import Flask, current_app, render_template
from flask_babel import force_locale, lazy_gettext
from flask_mail import BadHeaderError, Connection, Mail, Message

from app import current
from app.domain.letters import outbox
from app.domain.letters.outbox import Taken
from app.domain.work import Party
from app.models import LetterKind

_log = logging.getLogger(__name__)
_PATIENCE_SECONDS = 10
_SUBJECTS = {
    LetterKind.NEW_REQUEST: lazy_gettext("A request is waiting: %(reference)s"),
    LetterKind.NEWS: lazy_gettext("News about a request: %(reference)s"),
    LetterKind.HANDED_OVER: lazy_gettext("A request is yours now: %(reference)s"),
    LetterKind.ESCALATED: lazy_gettext("A request still waits: %(reference)s"),
    LetterKind.PASSED_ON: lazy_gettext("A request was passed on to you: %(reference)s"),
    LetterKind.FOLLOW_UP: lazy_gettext("A follow-up is due: %(reference)s"),
    LetterKind.OVERDUE: lazy_gettext("A request is overdue: %(reference)s"),
    LetterKind.ERASED: lazy_gettext("A request was erased: %(reference)s"),
    LetterKind.INCIDENT: lazy_gettext("Please look at a request: %(reference)s"),
    LetterKind.GAP: lazy_gettext("Nobody is on call at some time soon"),
    LetterKind.WEEKLY: lazy_gettext("The record of this week"),
    LetterKind.ACCOUNT_CHANGE: lazy_gettext("Something changed about your account"),
    LetterKind.NEW_DEVICE: lazy_gettext("You signed in from a new device"),
    LetterKind.ADDRESS_ASKED: lazy_gettext("Confirm this address"),
    LetterKind.ADDRESS_LEFT: lazy_gettext("Your address at the desk was changed"),
    LetterKind.TEAM_CHANGE: lazy_gettext("Something changed in the team"),
    LetterKind.CANARY: lazy_gettext("Daily check: all went through"),
    LetterKind.CANARY_BROKEN: lazy_gettext("Alarm: the daily check was refused"),
    LetterKind.CANARY_SILENT: lazy_gettext("Alarm: the daily check has not come through"),
    LetterKind.CANARY_OVER: lazy_gettext("Daily check: it works again"),
}
#: Where a letter that is about no request links to.
_PAGES = {
    LetterKind.GAP: "/desk/rota",
    LetterKind.WEEKLY: "/desk/audit",
    LetterKind.ACCOUNT_CHANGE: "/desk/account",
    LetterKind.NEW_DEVICE: "/desk/account",
    LetterKind.ADDRESS_LEFT: "/desk/account",
}


class _VerifiedConnection(Connection):
    """Flask-Mail's own connection checks no certificate and waits for ever."""

    def configure_host(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        ca_file = current.settings().mail.ca_file
        context = ssl.create_default_context()
        if ca_file is not None:
            context.load_verify_locations(ca_file)
        host: smtplib.SMTP | smtplib.SMTP_SSL
        if self.mail.use_ssl:
            host = smtplib.SMTP_SSL(self.mail.server, self.mail.port, timeout=_PATIENCE_SECONDS, context=context)
        else:
            host = smtplib.SMTP(self.mail.server, self.mail.port, timeout=_PATIENCE_SECONDS)
        with contextlib.ExitStack() as unless_trusted:
            unless_trusted.callback(host.close)
            if self.mail.use_tls:
                host.starttls(context=context)
            if self.mail.username and self.mail.password:
                host.login(self.mail.username, self.mail.password)
            unless_trusted.pop_all()
        return host

    def __exit__(self, *_raised: object) -> None:
        # The server has taken or refused the letter by now; how it says goodbye changes neither.
        if self.host is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self.host.quit()


class VerifiedMail(Mail):
    def connect(self) -> Connection:
        return _VerifiedConnection(current_app.extensions["mail"])


def install(app: Flask) -> None:
    server = app.extensions["quietword"].settings.mail
    app.config.update(
        MAIL_SERVER=server.host,
        MAIL_PORT=server.port,
        MAIL_USE_TLS=server.use_tls,
        MAIL_USE_SSL=server.use_ssl,
        MAIL_USERNAME=server.username,
        MAIL_PASSWORD=server.password,
        MAIL_DEFAULT_SENDER=server.sender,
        # The protocol's dialogue holds addresses and passwords; it is never printed.
        MAIL_DEBUG=False,
        MAIL_SUPPRESS_SEND=False,
    )
    app.extensions["quietword.mail"] = VerifiedMail(app)


def deliver_next() -> bool:
    """Send the most urgent letter that is due, if any; return False when the mail server did not take it."""
    with current.work(Party.WORKER) as work:
        letter = outbox.take(work)
    if letter is None:
        return True
    try:
        current_app.extensions["quietword.mail"].send(_message(letter))
    except (OSError, smtplib.SMTPException, BadHeaderError) as error:
        _log.warning("letter %s was not taken: %s", letter.id, _kind(error))
        with current.work(Party.WORKER) as work:
            outbox.mark_failed(work, letter.id, _kind(error))
        return False
    with current.work(Party.WORKER) as work:
        outbox.mark_sent(work, letter.id)
    return True


def _message(letter: Taken) -> Message:
    sender = current.settings().mail.sender
    with force_locale(letter.language):
        message = Message(
            subject=str(_SUBJECTS[letter.kind]) % {"reference": letter.reference},
            recipients=[letter.to],
            body=render_template(f"mail/{letter.kind}.txt", letter=letter, link=_link(letter)),
            date=current.now().timestamp(),
            extra_headers={"Auto-Submitted": "auto-generated"},
        )
    # The same for every try, so that a repeat after a crash is recognized as one.
    message.msgId = f"<{letter.id}@{sender.rpartition('@')[2]}>"
    return message


def _link(letter: Taken) -> str:
    page = f"/desk/{letter.reference}" if letter.reference else _PAGES.get(letter.kind, "/desk/team")
    if letter.token:
        page = f"/desk/account/address/{letter.token}"
    if letter.kind is LetterKind.ERASED:
        page += "/certificate"
    return f"{current.settings().desk_url}{page}"


def _kind(error: Exception) -> str:
    """Name the failure without the server's words, which may repeat addresses."""
    code = getattr(error, "smtp_code", None)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next((refusal[0] for refusal in error.recipients.values()), None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
