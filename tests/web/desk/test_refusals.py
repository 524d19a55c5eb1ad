"""Nothing typed at the desk is lost, whatever refuses it: every form with free text, and what it can meet."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from app.crypto import totp
from app.domain.casework import claims, retention, safety
from app.domain.intake.tombstones import Cause
from app.domain.rota import rota
from app.domain.team import team
from app.models import LogEntry, Outcome, Role
from app.web import errors, typed_answers
from app.web.desk.forms import DeskForm, Refusable, TicketForm
from tests.domain import builders
from tests.domain.helpers import call_logs, returning_clients
from tests.domain.helpers.call_logs import WISHED
from tests.support.clock import Clock
from tests.support.office import Office, Person, make_app
from tests.web.desk import filled
from tests.web.desk.conftest import Sit
from tests.web.desk.filled import EARLIER, FORMS, NOTE, ON_A_REQUEST, TAPPED, TIME, WORDS, Desk, nothing_lost, open_form
from tests.web.desk.reading import Seat
from tests.web.desk.test_notes import let_nothing_grow, sign_in_again

EVERY_FORM: list[type[Refusable]] = [*filled.below(DeskForm), *filled.below(TicketForm)]


@pytest.fixture
def desk(office: Office, supervisor: Person, counselor: Person, sit: Sit, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr("app.crypto.words.code_words", lambda _language: WORDS)
    client = returning_clients.client(office, wished=WISHED)
    call_logs.call(office, counselor, client.reference, "no_answer")
    return Desk(office, supervisor, counselor, client, sit)


def test_every_form_that_takes_text_is_walked() -> None:
    found = {f"{one.__module__.rpartition('.')[2]}.{one.__name__}" for one in filled.text_forms()}

    # `SpanForm` is what the two forms of the rota share.
    assert found - {"rota.SpanForm"} == set(FORMS)


def test_everything_that_is_typed_can_be_given_back_and_no_secret_ever() -> None:
    names = {name for form in filled.text_forms() for name in filled.typed_fields(form)}
    secrets = {name for form in EVERY_FORM for name in dir(form) if filled.is_secret(form, name)} - {"at"}

    assert names <= set(typed_answers.TYPED)
    assert {"code", "recovery", "old", "password", "again"} <= secrets
    assert not (secrets | TAPPED) & set(typed_answers.TYPED)


def test_what_a_form_says_itself_stands_beside_a_field_that_it_has() -> None:
    """The reasons that a form handles by name: each has its sentence, and the field is one of the form's."""
    handled = [(form, reason, name) for form in EVERY_FORM for reason, name in form.refusals.items()]

    assert len(handled) > 20
    assert not [(form, reason) for form, reason, _ in handled if reason not in errors.SENTENCES]
    assert not [(form, name) for form, _, name in handled if name is not None and not hasattr(form, name)]


@pytest.mark.parametrize("name", FORMS)
def test_a_form_of_an_older_session_is_not_taken_and_everything_comes_back(desk: Desk, name: str) -> None:
    seat, path, sent = open_form(desk, name)

    answer = seat.post(path, {**sent, "csrf_token": "of-another-session"})

    assert answer.status in (403, 422)
    assert nothing_lost(answer.html, name)


@pytest.mark.parametrize("name", FORMS)
def test_after_the_lock_everything_comes_back_or_is_kept_for_its_author(desk: Desk, name: str) -> None:
    seat, path, sent = open_form(desk, name)
    desk.clock.forward(minutes=16)

    answer = seat.post(path, sent)

    assert answer.status == 401
    assert "You were signed out" in answer.text
    shown = answer.html
    if "Your note is kept: sign in and it is there." in answer.text:
        shown += sign_in_again(desk.office, seat, desk.author(name), answer).html
    assert nothing_lost(shown, name)


def test_a_call_that_is_logged_after_the_lock_says_that_it_was_not_and_keeps_its_note(desk: Desk) -> None:
    """A talk takes longer than a session that nobody touches."""
    seat, path, sent = open_form(desk, "call_log.AttemptForm")
    desk.clock.forward(minutes=16)

    answer = seat.post(path, {**sent, "follow_up": ""})
    again = sign_in_again(desk.office, seat, desk.counselor, answer)

    assert "Your note is kept: sign in and it is there. What you just sent was not done." in answer.text
    assert "Not saved yet." in again.text
    assert builders.count(desk.office, LogEntry) == 1


def withdraw(desk: Desk) -> None:
    desk.client.withdraw()


def erase(desk: Desk) -> None:
    desk.office.prove(desk.supervisor)
    desk.do(desk.supervisor, retention.erase, Cause.ASKED)


def take_over(desk: Desk) -> None:
    desk.do(desk.supervisor, claims.hand_over, builders.account_id(desk.office, desk.supervisor))


def close(desk: Desk) -> None:
    desk.do(desk.supervisor, claims.close, Outcome.REFERRED)


def exclude(desk: Desk) -> None:
    desk.do(desk.supervisor, claims.exclude, builders.account_id(desk.office, desk.counselor))


_GONE = "This request was taken back. Do not call."
_CALLS = ("call_log.AttemptForm", "call_log.FollowUpForm", "note_forms.UnsavedNoteForm")
_OF_CALLERS = "incoming_calls.SaidForm"
MEANWHILE: dict[str, tuple[Callable[[Desk], None], int, str, tuple[str, ...]]] = {
    "the client withdrew": (withdraw, 409, _GONE, (*ON_A_REQUEST, _OF_CALLERS)),
    "a supervisor erased it": (erase, 409, _GONE, (*ON_A_REQUEST, _OF_CALLERS)),
    "a colleague took it": (take_over, 409, "A colleague was first.", _CALLS),
    "a colleague closed it": (close, 409, "This request is closed. Open it again first.", (*_CALLS, _OF_CALLERS)),
    "the author must not know of it": (exclude, 404, "This page is not here", (*ON_A_REQUEST, _OF_CALLERS)),
}


@pytest.mark.parametrize(
    ("happened", "name"), [(happened, name) for happened, (*_, names) in MEANWHILE.items() for name in names]
)
def test_whatever_became_of_a_request_meanwhile_everything_typed_comes_back(
    desk: Desk, happened: str, name: str
) -> None:
    seat, path, sent = open_form(desk, name)
    happens, status, sentence, _ = MEANWHILE[happened]
    happens(desk)

    answer = seat.post(path, sent)

    assert answer.status == status
    assert sentence in answer.text
    assert nothing_lost(answer.html, name)


@pytest.mark.parametrize("name", ON_A_REQUEST)
def test_who_is_excluded_gets_their_text_back_as_from_a_request_that_never_was(desk: Desk, name: str) -> None:
    seat, path, sent = open_form(desk, name)
    exclude(desk)

    hidden = seat.post(path, sent)
    never = seat.post(path.replace(desk.client.reference, "K7QF-3MDX"), sent)

    assert hidden.bytes == never.bytes
    assert nothing_lost(hidden.html, name)


def test_another_site_gets_nothing_shown_in_our_page(desk: Desk) -> None:
    seat, path, sent = open_form(desk, "note_forms.NoteForm")

    for header in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert NOTE not in seat.client.post(path, data=sent, headers=header).text


def test_a_full_disk_gives_back_the_note_of_a_call(sqlite_url: str, tmp_path: Path, clock: Clock) -> None:
    """The database may not grow by a single page; only SQLite can be told so."""
    office = Office(make_app(sqlite_url, tmp_path, clock), clock)
    seat = Seat(office.browser(office.found()))
    path = f"/desk/{office.ask()}/attempt"
    token = seat.look("/desk/account").form("/desk/sign-out").fields
    database = builders.database(office)
    database.close()
    event.listen(database.engine, "connect", let_nothing_grow)

    answers = [seat.post(path, {**token, "outcome": "reached", "text": f"{NOTE} {number}"}) for number in range(20)]

    refused = next(answer for answer in answers if answer.status == 503)
    assert f"{NOTE} {answers.index(refused)}" in refused.text
    assert refused.headers["Retry-After"] == "30"
    database.close()


def begin_emergency(desk: Desk) -> None:
    desk.do(desk.counselor, safety.begin, safety.DANGER)


def hear_from_client(desk: Desk) -> None:
    desk.client.say("Please call on Friday.")


def demote(desk: Desk) -> None:
    other = desk.office.hire(desk.supervisor, "olga@example.org", Role.SUPERVISOR)
    desk.office.prove(other)
    with desk.office.work(other) as work:
        team.change_role(work, builders.account_id_in(work, desk.supervisor), Role.COUNSELOR)


def plan_supervisor(desk: Desk) -> None:
    with desk.office.work() as work:
        rota.add(work, builders.account_id_in(work, desk.supervisor), work.now, work.now.replace(month=12))


def nothing(_desk: Desk) -> None:
    pass


def pass_is_over(desk: Desk) -> None:
    """The session was in use in another window meanwhile."""
    for _ in range(3):
        desk.clock.forward(minutes=11)
        desk.sit(desk.counselor).look("/desk/account")


#: What a form meets by itself: what is typed or done differently, the status, and the sentence.
Refusal = tuple[str, Mapping[str, Any], Callable[[Desk], None], int, str]
REFUSALS: dict[str, Refusal] = {
    "a long note": ("note_forms.NoteForm", {"text": "x" * 901}, nothing, 422, "Make it shorter"),
    "a long note of a call": ("call_log.AttemptForm", {"text": "x" * 901}, nothing, 422, "Make your note shorter"),
    "a next call to a wrong number": (
        "call_log.AttemptForm", {"outcome": "wrong_number"}, nothing, 422, "The number was wrong.",
    ),
    "a next call after the last try": ("call_log.AttemptForm", {}, nothing, 422, "That was the last try."),
    "a next call in the past": (
        "call_log.AttemptForm", {"outcome": "reached", "follow_up": EARLIER}, nothing, 422, "This time is over.",
    ),
    "a plan in the past": ("call_log.FollowUpForm", {"at": EARLIER}, nothing, 422, "This time is over."),
    "a plan that is not safe": ("call_log.FollowUpForm", {"at": "2026-11-24T10:00"}, nothing, 422, "did not check"),
    "a mistyped number": ("wishes.SettleForm", {"phone": "602 555"}, nothing, 422, "There is a problem"),
    "news meanwhile": ("wishes.SettleForm", {}, hear_from_client, 409, "Something new came meanwhile."),
    "a report before the request": (
        "safety.ReportForm", {"happened_at": "2026-11-22T07:30"}, begin_emergency, 409, "Enter a time after",
    ),
    "a call to come": ("incoming_calls.CalledForm", {"called_at": TIME}, nothing, 422, "This time is still to come."),
    "words of nobody": ("incoming_calls.CalledForm", {}, nothing, 422, "There is a problem"),
    "another name": ("incoming_calls.ToldForm", {}, nothing, 422, "This does not fit."),
    "an old page of a caller": ("incoming_calls.ToldForm", {}, pass_is_over, 422, "This was too long ago."),
    "an old page of a known caller": ("incoming_calls.SaidForm", {}, pass_is_over, 422, "This was too long ago."),
    "a long note of a caller": ("incoming_calls.SaidForm", {"text": "x" * 901}, nothing, 422, "Make your note shorter"),
    "a number too short": ("phone_in.PhoneInForm", {"phone": "602 555"}, nothing, 422, "There is a problem"),
    "a shift backwards": ("rota.ShiftForm", {"ends_at": "2026-11-25T09:00"}, nothing, 422, "A shift has to end"),
    "a shift of too many weeks": ("rota.ShiftForm", {"weeks": "9999"}, nothing, 422, "Enter a number of weeks"),
    "a shift twice": ("rota.ShiftForm", {}, plan_supervisor, 422, "This person is on call then already"),
    "a cover outside": ("rota.CoverForm", {"starts_at": "2026-11-23T07:00"}, nothing, 422, "This is not inside"),
    "a name too long": ("account.NameForm", {"name": "x" * 81}, nothing, 422, "Use up to 80 letters."),
    "an address of a colleague": (
        "account.AddressForm", {"email": "grace@example.org"}, nothing, 422, "Somebody with this email",
    ),
    "an address that is the same": ("account.AddressForm", {"email": "ada@example.org"}, nothing, 422, "your address"),
    "an address and a wrong code": ("account.AddressForm", {"code": "000000"}, nothing, 422, "This code is not right"),
    "a passkey that is none": ("account.PasskeyForm", {"name": "x" * 41}, nothing, 422, "Use up to 40 letters."),
    "an invitation of a colleague": (
        "team.InviteForm", {"email": "ada@example.org"}, nothing, 422, "Somebody with this email",
    ),
    "an invitation and a wrong code": ("team.InviteForm", {"code": "000000"}, nothing, 422, "This code is not right"),
    "an invitation by a counselor": ("team.InviteForm", {}, demote, 404, "This page is not here"),
    "a search for a letter": ("search.SearchForm", {"q": "Z"}, nothing, 422, "Type at least two letters."),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSALS)
def test_whatever_a_rule_refuses_is_said_and_everything_typed_comes_back(desk: Desk, what: str) -> None:
    name, differently, happens, status, sentence = REFUSALS[what]
    seat, path, sent = open_form(desk, name)
    happens(desk)
    if name in ("account.AddressForm", "team.InviteForm"):
        desk.clock.forward(seconds=60)
        sent["code"] = totp.code(desk.author(name).totp_secret, desk.clock())

    answer = seat.post(path, {**sent, **differently})

    assert answer.status == status
    assert sentence in answer.text
    assert nothing_lost(answer.html, name, differently)
    assert sent.get("code", "no code") not in answer.html
