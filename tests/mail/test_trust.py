"""The mail server proves who it is before it hears a name, a password or a letter."""

from pathlib import Path

import pytest

from tests.mail.conftest import MakeDesk
from tests.support import certificate
from tests.support.certificate import Certificate
from tests.support.smtp import SmtpTrap

LOGIN = {"MAIL_USERNAME": "anna", "MAIL_PASSWORD": "right"}


def trap_of(kind: str, certificate: Certificate) -> SmtpTrap:
    login = ("anna", "right")
    return SmtpTrap(starttls=certificate, login=login) if kind == "starttls" else SmtpTrap(tls=certificate, login=login)


def encrypted(kind: str) -> dict[str, str]:
    return {"MAIL_USE_TLS": "1"} if kind == "starttls" else {"MAIL_USE_SSL": "1"}


KINDS = pytest.mark.parametrize("kind", ["starttls", "tls"])


@KINDS
def test_a_server_nobody_vouches_for_hears_nothing(kind: str, self_signed: Certificate, make_desk: MakeDesk) -> None:
    with trap_of(kind, self_signed) as trap:
        desk = make_desk(trap, **LOGIN, **encrypted(kind))
        desk.ask()

        desk.deliver()

    assert (trap.logins, trap.recipients_asked, trap.letters) == ([], [], [])
    assert desk.letter.failure == "SSLCertVerificationError"
    assert desk.letter.sent_at is None


@KINDS
def test_a_server_that_the_extra_trust_root_vouches_for_gets_the_letter(
    kind: str, self_signed: Certificate, make_desk: MakeDesk
) -> None:
    with trap_of(kind, self_signed) as trap:
        desk = make_desk(trap, **LOGIN, **encrypted(kind), MAIL_CA_FILE=str(self_signed.file))
        desk.ask()

        desk.deliver()

    [letter] = trap.letters
    assert letter.over_tls
    assert letter.signed_in
    assert desk.letter.sent_at is not None


@KINDS
def test_a_trusted_certificate_of_another_host_is_no_proof(kind: str, tmp_path: Path, make_desk: MakeDesk) -> None:
    other = certificate.self_signed(tmp_path, "mail.example.org")
    with trap_of(kind, other) as trap:
        desk = make_desk(trap, **LOGIN, **encrypted(kind), MAIL_CA_FILE=str(other.file))
        desk.ask()

        desk.deliver()

    assert (trap.logins, trap.letters) == ([], [])
    assert desk.letter.failure == "SSLCertVerificationError"


def test_a_server_that_offers_no_encryption_any_more_hears_nothing(make_desk: MakeDesk) -> None:
    """Somebody on the way may have struck the offer out."""
    with SmtpTrap(login=("anna", "right")) as trap:
        desk = make_desk(trap, **LOGIN, MAIL_USE_TLS="1")
        desk.ask()

        desk.deliver()

    assert (trap.logins, trap.letters) == ([], [])
    assert desk.letter.failure == "SMTPNotSupportedError"


@KINDS
def test_a_wrong_password_is_tried_again_and_shown_nowhere(
    kind: str, self_signed: Certificate, make_desk: MakeDesk
) -> None:
    wrong = {"MAIL_USERNAME": "anna", "MAIL_PASSWORD": "swordfish"}
    with trap_of(kind, self_signed) as trap:
        desk = make_desk(trap, **wrong, **encrypted(kind), MAIL_CA_FILE=str(self_signed.file))
        desk.ask()

        desk.deliver()

    assert True not in trap.logins
    assert trap.logins
    assert trap.letters == []
    assert desk.letter.failure == "SMTPAuthenticationError 535"
    assert "swordfish" not in desk.logbook.text
    assert "anna" not in desk.logbook.text
