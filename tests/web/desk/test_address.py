"""Another address of one's own: it is confirmed by a letter that goes there, and the old one is told."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import current
from app.cli import worker
from app.crypto import codes
from app.domain import marks
from app.domain.accounts import accounts
from app.domain.health import readiness
from app.domain.letters import outbox
from app.domain.work import Missing, Party, Refused
from app.models import Account, Letter
from tests.domain import builders
from tests.support.clock import Clock
from tests.support.office import Office, Person, make_app
from tests.support.smtp import SmtpTrap
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat
from tests.web.desk.test_sign_in import sign_in
from tests.web.desk.touching import ACCOUNT, fresh

ADDRESS, KEEP = f"{ACCOUNT}/address", f"{ACCOUNT}/address/keep"
NEW = "ada@new.example.org"

pytestmark = pytest.mark.both_databases


@pytest.fixture
def app(database_url: str, tmp_path: Path, clock: Clock, smtp: SmtpTrap) -> Iterator[Flask]:
    """The application with a mail server that keeps what it is given."""
    made = make_app(database_url, tmp_path, clock, MAIL_PORT=str(smtp.port))
    yield made
    made.extensions["quietword"].database.engine.dispose()


@pytest.fixture
def here(office: Office, counselor: Person, sit: Sit, smtp: SmtpTrap) -> Seat:
    """A browser of the counselor; the letters of their first day are read and gone."""
    posted(office, smtp)
    return sit(counselor)


def posted(office: Office, smtp: SmtpTrap) -> list[tuple[str, str, str]]:
    """Send what is due; return to whom each letter went, its subject and its text."""
    with office.app.app_context():
        worker.deliver()
    letters = [(one.recipients[0], one.message["Subject"], one.message.get_content()) for one in smtp.letters]
    smtp.letters.clear()
    return letters


def link_to(office: Office, smtp: SmtpTrap) -> str:
    """Return the path of the link in the one letter that leaves now."""
    [(to, _, text)] = posted(office, smtp)
    assert to == NEW
    [link] = re.findall(r"^http://localhost(/desk/account/address/[0-9a-f]{64})$", text.replace("\r", ""), re.MULTILINE)
    return str(link)


def ask(here: Seat, person: Person, clock: Clock, email: str = NEW) -> Page:
    return here.send(ADDRESS, ACCOUNT, email=email, code=fresh(person, clock))


def email_of(office: Office, account_id: object) -> str:
    with office.work() as work:
        return str(work.session.scalars(select(Account.email).where(Account.id == account_id)).one())


def test_an_address_is_ones_own_once_its_letter_was_answered_and_the_old_one_is_told(
    office: Office, counselor: Person, here: Seat, clock: Clock, smtp: SmtpTrap
) -> None:
    """V-12, V-13, V-19: until then everything stays as it was, and afterwards the old address signs in no more."""
    answer = ask(here, counselor, clock, " Ada@New.example.org ")
    waiting = here.look(ACCOUNT)
    link = link_to(office, smtp)
    before = email_of(office, office.member(counselor).account_id)
    here.look(link)
    looked = email_of(office, office.member(counselor).account_id)

    confirmed = here.send(link)

    assert (answer.status, answer.leads_to) == (303, ACCOUNT)
    assert f"waits to be confirmed {NEW} A letter went there." in waiting.text
    assert (before, looked) == (counselor.email, counselor.email), "looking changes nothing"
    assert (confirmed.status, confirmed.leads_to) == (303, ACCOUNT)
    page = here.look(ACCOUNT)
    assert NEW in page.text
    assert "waits to be confirmed" not in page.text
    [(to, subject, text)] = posted(office, smtp)
    assert (to, subject) == (counselor.email, "Your address at the desk was changed")
    assert "call a colleague now" in text
    moved = Person(NEW, counselor.totp_secret, (), "")
    assert sign_in(Seat(office.app.test_client()), moved, clock).status == 303
    assert sign_in(Seat(office.app.test_client()), counselor, clock).status == 422
    assert [kind for kind in builders.kinds(office) if kind.startswith("address.")] == [
        "address.asked",
        "address.changed",
    ]


def test_letters_go_to_the_old_address_until_the_new_one_is_confirmed(
    office: Office, counselor: Person, here: Seat, clock: Clock, smtp: SmtpTrap
) -> None:
    office.on_call(counselor)
    ask(here, counselor, clock)
    link = link_to(office, smtp)

    office.ask(nonce=b"one")
    first = posted(office, smtp)
    here.send(link)
    office.ask(nonce=b"two")
    second = posted(office, smtp)

    assert [to for to, *_ in first] == [counselor.email]
    assert sorted(to for to, *_ in second) == [counselor.email, NEW]


def test_no_letter_about_an_address_names_anybody(
    office: Office, counselor: Person, here: Seat, clock: Clock, smtp: SmtpTrap
) -> None:
    """V-12: a mistyped one reaches a stranger."""
    ask(here, counselor, clock)
    [(_, subject, text)] = posted(office, smtp)

    assert subject == "Confirm this address"
    assert not [word for word in ("Ada", "ada", "example.org", "127.0.0.1") if word in text]


def test_a_link_is_nobody_elses(
    office: Office,
    supervisor: Person,
    counselor: Person,
    here: Seat,
    seat: Seat,
    sit: Sit,
    clock: Clock,
    smtp: SmtpTrap,
) -> None:
    """V-25: a stranger is led to sign in and on to it, and for a colleague it does not exist."""
    ask(here, counselor, clock)
    link = link_to(office, smtp)
    colleague = sit(supervisor)

    assert seat.look(link).leads_to == f"/desk/sign-in?next={link}"
    assert sign_in(seat, counselor, clock, next=link).leads_to == link
    assert colleague.look(link).html == colleague.look("/desk/no-such-page").html
    token = colleague.look(ACCOUNT).form("/desk/sign-out").fields["csrf_token"]
    assert colleague.post(link, {"csrf_token": token}).status == 404
    assert email_of(office, office.member(supervisor).account_id) == supervisor.email


def test_a_link_works_for_an_hour(office: Office, counselor: Person, here: Seat, clock: Clock, smtp: SmtpTrap) -> None:
    """V-13."""
    ask(here, counselor, clock)
    link = link_to(office, smtp)
    clock.forward(minutes=59)
    office.renewed(counselor)
    assert here.look(link).status == 200
    clock.forward(minutes=1)

    answer = here.look(link)

    assert answer.status == 409
    assert "This link has expired." in answer.text
    with pytest.raises(Refused, match="link_over"), office.work(counselor) as work:
        accounts.confirm_address(work, link.rpartition("/")[2])
    assert "waits to be confirmed" not in here.look(ACCOUNT).text


def test_a_link_pressed_twice_is_no_mistake(
    office: Office, counselor: Person, here: Seat, clock: Clock, smtp: SmtpTrap
) -> None:
    ask(here, counselor, clock)
    link = link_to(office, smtp)
    page = here.look(link)

    answers = [here.send(link, page).status for _ in range(2)]

    assert answers == [303, 303]
    assert builders.kinds(office).count("address.changed") == 1
    assert len(posted(office, smtp)) == 1


def test_a_newer_wish_voids_the_older_link(
    office: Office, counselor: Person, here: Seat, clock: Clock, smtp: SmtpTrap
) -> None:
    """V-13."""
    ask(here, counselor, clock)
    older = link_to(office, smtp)
    ask(here, counselor, clock)

    assert here.look(older).status == 404
    assert here.look(link_to(office, smtp)).status == 200


def test_what_was_asked_for_is_taken_back_with_one_button(
    office: Office, counselor: Person, here: Seat, clock: Clock, smtp: SmtpTrap
) -> None:
    """Before its letter has left, and after."""
    for leaves in (True, False):
        ask(here, counselor, clock)
        link = link_to(office, smtp) if leaves else f"{ADDRESS}/{'0' * 64}"

        answer = here.send(KEEP, ACCOUNT)

        assert (answer.status, answer.leads_to) == (303, ACCOUNT)
        assert here.look(link).status == 404
        assert posted(office, smtp) == []
        assert KEEP not in [form.action for form in here.look(ACCOUNT).forms]
    assert builders.kinds(office).count("address.kept") == 2


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        pytest.param({"email": ""}, "Check the email address.", id="none"),
        pytest.param({"email": "ada"}, "Check the email address.", id="no address"),
        pytest.param({"email": "a@example.org\r\nBcc: b@example.org"}, "Check the email address.", id="two lines"),
        pytest.param({"email": "ADA@example.org"}, "This is your address already.", id="one's own"),
        pytest.param({"email": "grace@example.org"}, "Somebody with this email is in the team", id="a colleague's"),
        pytest.param({"code": "000000"}, "This code is not right", id="wrong code"),
    ],
)
def test_a_mistaken_wish_says_what_is_wrong_and_writes_to_nobody(
    office: Office, counselor: Person, here: Seat, clock: Clock, smtp: SmtpTrap, typed: dict[str, str], sentence: str
) -> None:
    """A-03, V-19, V-40."""
    right = {"email": NEW, "code": fresh(counselor, clock)}

    answer = here.send(ADDRESS, ACCOUNT, **{**right, **typed})

    assert (answer.status, answer.title) == (422, "Error: Account")
    assert answer.text.count(sentence) == 2
    [field] = typed
    assert f"#{field}" in answer.links()
    assert answer.find("input", id=field, **{"aria-invalid": "true"})
    assert answer.find("input", id="email", value=" ".join({**right, **typed}["email"].split()))
    assert posted(office, smtp) == []


@pytest.mark.parametrize("at_once", [False, True], ids=["one after the other", "at the same moment"])
def test_two_who_want_the_same_address_get_it_once(
    office: Office, supervisor: Person, counselor: Person, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    """Nobody takes an address that a colleague has confirmed meanwhile."""
    for person in (supervisor, counselor):
        office.prove(person)
        with office.work(person) as work:
            accounts.ask_for_address(work, NEW)
    with office.work() as work:
        asked = work.session.scalars(select(Letter).where(Letter.address == NEW))
        links = {letter.account_id: outbox.token(work, letter.id) for letter in asked}
    if at_once:
        # Both have looked before either has written.
        monkeypatch.setattr(accounts, "_require_free", lambda *_: None)
    with office.work(supervisor) as work:
        accounts.confirm_address(work, links[work.member.account_id])

    with pytest.raises(Refused, match="known_email"), office.work(counselor) as work:
        accounts.confirm_address(work, links[work.member.account_id])

    assert builders.account(office, counselor).email == counselor.email


def test_the_link_is_in_no_row_and_letter_after_letter_the_same(
    office: Office, counselor: Person, here: Seat, clock: Clock, smtp: SmtpTrap
) -> None:
    """V-15: a letter that is sent again after a crash carries the link of the first one."""
    ask(here, counselor, clock)
    with office.work(Party.WORKER) as work:
        taken = outbox.take(work)
    clock.forward(minutes=5)
    with office.work(Party.WORKER) as work:
        again = outbox.take(work)

    assert taken is not None
    assert again is not None
    assert taken.token
    assert taken.token == again.token
    assert taken.token not in repr(taken)
    with office.work() as work:
        [account] = [one for one in work.session.scalars(select(Account)) if one.email == counselor.email]
        moving = accounts.read(work, account).moving
    assert moving is not None
    assert moving.token_hash == codes.hash_token(taken.token)
    assert taken.token not in str([vars(one) for one in builders.copies(office, Letter)])


def test_a_mistyped_address_does_not_close_the_form(
    office: Office, counselor: Person, here: Seat, clock: Clock, smtp: SmtpTrap
) -> None:
    """A mail server that refuses it for an hour says nothing about the letters to the team."""
    ask(here, counselor, clock)
    smtp.fault = "rcpt550"
    assert posted(office, smtp) == []
    clock.forward(minutes=61)

    with office.app.app_context(), current.work(Party.WORKER) as work:
        marks.remember(work, marks.WORKER)
        seen = readiness.health(work, 0)
        assert seen.mail_waits_since(work.now) is None
    smtp.fault = None
    assert posted(office, smtp) == [], "too late for its link"
    [letter] = [one for one in builders.copies(office, Letter) if one.failure == "cancelled"]
    assert letter.address is None


def test_who_has_left_is_written_to_at_no_address(
    office: Office, supervisor: Person, counselor: Person, here: Seat, clock: Clock, smtp: SmtpTrap
) -> None:
    ask(here, counselor, clock)
    builders.suspend(office, supervisor, counselor)

    assert NEW not in [to for to, *_ in posted(office, smtp)]
    with office.work() as work:
        account = work.session.scalars(select(Account).where(Account.email == counselor.email)).one()
        assert accounts.read(work, account).moving is None


def test_an_unknown_link_does_not_exist(office: Office, counselor: Person) -> None:
    """V-25."""
    with pytest.raises(Missing), office.work(counselor) as work:
        accounts.asked_address(work, "é")


def test_the_pages_and_letters_speak_the_persons_language(
    office: Office, counselor: Person, here: Seat, clock: Clock, smtp: SmtpTrap
) -> None:
    here.send(f"{ACCOUNT}/language", ACCOUNT, language="es")
    ask(here, counselor, clock)
    [(_, subject, _)] = posted(office, smtp)

    assert subject == "Confirme esta dirección"
    assert "espera a ser confirmada" in here.look(ACCOUNT).text
