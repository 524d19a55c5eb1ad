"""They called: until the caller is known the desk shows only what to ask; then one tap. Nothing typed is ever lost."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.crypto import words
from app.models import AuditLine, LetterKind, LogKind, Status
from tests.domain import builders
from tests.domain.helpers import call_logs, returning_clients
from tests.support.clock import Clock
from tests.support.logbook import Logbook
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat, statements

#: What a request holds beside its reference and its two words.
SECRETS = ("Sam", "555", "Sammy", "Phoenix", "canoe")


@pytest.fixture
def reference(office: Office, supervisor: Person, monkeypatch: pytest.MonkeyPatch) -> str:
    """A request that goes by “kettle” and “harbor”; another does not."""
    call_logs.ask(office, monkeypatch, ("canoe", "lantern"), nonce=b"other")
    return call_logs.ask(office, monkeypatch)


@pytest.fixture
def seat(counselor: Person, sit: Sit) -> Seat:
    return sit(counselor)


def hear(seat: Seat, *words: str, **typed: str) -> Page:
    first, second = (*words, "", "")[:2]
    return seat.send("/desk/called", first=first, second=second, **typed)


def tell(seat: Seat, page: Page, name: str = "Sam", day: str = "mon", part: str = "am") -> Page:
    return seat.send("/desk/called/verify", page, name=name, day=day, part=part)


def say(seat: Seat, page: Page, said: str, **typed: str) -> Page:
    return seat.send("/desk/called/said", page, said=said, **typed)


def trail(office: Office) -> list[tuple[str, str]]:
    """Return what the trail says of callers, and of what."""
    with office.work() as work:
        lines = select(AuditLine.kind, AuditLine.subject).where(AuditLine.kind.like("call.%"))
        return [(line.kind, line.subject) for line in work.session.execute(lines.order_by(AuditLine.number))]


def test_every_page_of_the_desk_leads_to_it(seat: Seat) -> None:
    assert "/desk/called" in seat.look("/desk/").links()


def test_both_words_lead_to_one_tap_and_show_nothing_of_the_request(
    office: Office, counselor: Person, seat: Seat, reference: str
) -> None:
    """S-55."""
    page = hear(seat, "Kettle", "HARBOR")

    assert page.status == 200
    assert "Both words right “Is now a good time to talk in private?”" in page.text
    assert [secret for secret in SECRETS if secret in page.html] == []
    assert call_logs.row(office, reference).status is Status.WAITING

    answer = say(seat, page, "talked", text="Wants Thursday.")

    assert (answer.status, answer.leads_to) == (303, "/desk/called")
    told = seat.look("/desk/called")
    assert f"Written down. {reference}" in told.text
    assert "After the call: delete this call from your phone's list." in told.text
    assert "Written down." not in seat.look("/desk/called").text
    kinds = [kind for kind, _ in call_logs.log(office, counselor, reference)]
    assert kinds == [LogKind.ATTEMPT, LogKind.NOTE]


def test_half_of_the_words_only_shows_what_to_ask(office: Office, seat: Seat, reference: str) -> None:
    page = hear(seat, "harbor")

    assert page.status == 200
    assert "“Which name did you give us? And which is one time you checked?”" in page.text
    assert "Offer neither." in page.text
    assert f"It may be this request: {reference}" in page.text
    assert [secret for secret in SECRETS if secret in page.html] == []
    assert not [form for form in page.forms if form.action == "/desk/called/said"]

    known = tell(seat, page, "SÁM", "wed", "am")

    assert "It is them" in known.text
    assert say(seat, known, "again").status == 303
    assert [kind for kind, _ in trail(office)] == ["call.compared", "call.verified"]


def test_wrong_answers_write_nothing_about_a_request_and_are_slowed(
    office: Office, counselor: Person, seat: Seat, reference: str, clock: Clock
) -> None:
    page = hear(seat, "kettle")

    wrong = tell(seat, page, "Robin")
    soon = tell(seat, wrong)
    clock.forward(seconds=1)
    right = tell(seat, soon)

    assert wrong.status == 422
    assert "This does not fit. Ask once more and offer nothing, or say: “Sorry, wrong number.”" in wrong.text
    assert wrong.find("input", name="name", value="Robin")
    assert (soon.status, soon.headers["Retry-After"]) == (429, "1")
    assert "Wait 1 second, then try again." in soon.text
    assert "It is them" in right.text
    account = f"account/{builders.account_id(office, counselor)}"
    assert trail(office) == [
        ("call.compared", account), ("call.refused", account), ("call.verified", f"intake/{reference}"),
    ]  # fmt: skip
    assert call_logs.log(office, counselor, reference) == []


def test_an_answer_left_out_is_asked_for_and_the_rest_is_kept(seat: Seat, reference: str) -> None:
    page = hear(seat, "kettle")
    assert reference in page.text

    answer = tell(seat, page, name="", day="mon", part="")

    assert answer.status == 422
    assert "Enter the name they say they gave us." in answer.text
    assert "Choose a time of the day." in answer.text
    assert {"value": "mon", "selected": None} in answer.find("option")


def test_a_word_that_is_none_of_ours_offers_those_that_sound_like_it(
    office: Office, seat: Seat, reference: str
) -> None:
    page = hear(seat, "kettel", "harbor", called_at="2026-11-22T10:00")

    assert page.status == 422
    assert "“kettel” is none of our words" in page.text
    offer = next(form for form in page.forms if form.fields.get("picked") == "yes")
    assert page.find("button", name="first", value="kettle")

    picked = seat.post(offer.action, {**offer.fields, "first": "kettle"})

    assert f"It may be this request: {reference}" in picked.text
    say(seat, tell(seat, picked), "could_not_talk")
    assert call_logs.row(office, reference).attempted_at == office.clock() - timedelta(hours=22, minutes=1)


def test_words_of_no_request_are_kept_to_be_tried_again(seat: Seat, reference: str) -> None:
    for first, second in (("kettle", "lantern"), ("amateur", "almanac"), ("acorn", "")):
        page = hear(seat, first, second)

        assert page.status == 422
        assert "No open request has these words. Ask them to say the words again, slowly." in page.text
        assert page.find("input", name="first", value=first)
        assert page.find("input", name="second", value=second)
        assert reference not in page.html


def test_too_many_requests_with_one_word_ask_for_the_other(
    office: Office, seat: Seat, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        call_logs.ask(office, monkeypatch, nonce=bytes([number]))

    page = hear(seat, "kettle")

    assert page.status == 422
    assert "Too many requests have a word like this. Ask for the other one." in page.text
    assert reference not in page.html


def test_what_was_typed_wrongly_is_said_and_kept(seat: Seat, reference: str) -> None:
    for first, second, at, reason in (
        ("", "", "", "Enter the words as you heard them."),
        ("kettle harbor", "piano", "", "Enter two words only, as you heard them."),
        ("x" * 41, "", "", "Enter one word only."),
        ("kettle", "harbor", "2026-11-23T09:00", "This time is still to come. Enter when they called."),
        ("kettle", "harbor", "2026-11-16T08:00", "That was more than 7 days ago."),
        ("kettle", "harbor", "yesterday", "Enter a day and a time."),
    ):
        page = hear(seat, first, second, called_at=at)

        assert (page.status, page.title) == (422, "Error: They called")
        assert reason in page.text
        assert page.find("input", name="first", value=first)
        assert page.find("input", name="called_at", value=at)
        assert reference not in page.html


def test_both_words_in_one_field_are_as_good(seat: Seat, reference: str) -> None:
    assert f"/desk/{reference}" in hear(seat, "kettle harbor").links()


def test_burnt_words_lead_nowhere(office: Office, supervisor: Person, seat: Seat, reference: str) -> None:
    call_logs.call(office, supervisor, reference, "other_person")

    assert hear(seat, "kettle", "harbor").status == 422


def test_who_asks_to_stop_is_a_tombstone_at_once(
    office: Office, supervisor: Person, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-47: and whoever had it hears that there is news."""
    monkeypatch.setattr(words, "code_words", lambda _language: ("kettle", "harbor"))
    client = returning_clients.client(office)
    call_logs.call(office, supervisor, client.reference, "no_answer")
    page = hear(seat, "kettle", "harbor")

    answers = [say(seat, page, "stop") for _ in range(2)]

    assert [answer.status for answer in answers] == [303, 303]
    assert "Contact has stopped. In a day everything they wrote is erased." in seat.look("/desk/called").text
    assert "Taken back by the client: do not call." in seat.look(f"/desk/{client.reference}").text
    assert client.seen().undo_until is not None
    assert call_logs.letters(office, LetterKind.NEWS) == [supervisor.email]


@pytest.mark.usefixtures("supervisor")
def test_a_note_survives_that_the_request_is_gone(office: Office, seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "code_words", lambda _language: ("kettle", "harbor"))
    client = returning_clients.client(office)
    page = hear(seat, "kettle", "harbor")
    client.withdraw()

    answer = say(seat, page, "talked", text="Wants Thursday.")

    assert answer.status == 409
    assert "This request was taken back. Do not call." in answer.text
    assert "Wants Thursday." in answer.text


def test_a_note_that_is_too_long_is_kept(seat: Seat, reference: str) -> None:
    page = hear(seat, "kettle", "harbor")

    answer = say(seat, page, "talked", text="x" * 901)

    assert answer.status == 422
    assert "x" * 901 in answer.text
    assert say(seat, answer, "talked", text="x").leads_to == "/desk/called"
    assert reference in answer.text


def test_two_new_words_are_read_out_and_the_call_goes_on(
    office: Office, counselor: Person, seat: Seat, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "code_words", lambda _language: ("acorn", "boat"))
    page = hear(seat, "kettle", "harbor")

    given = seat.send("/desk/called/words", page)

    assert "We say first acorn They answer boat" in given.text
    assert say(seat, given, "talked").status == 303
    assert returning_clients.opened(office, counselor, reference).answers.words == ("acorn", "boat")
    assert hear(seat, "kettle", "harbor").status == 422


def test_what_is_known_of_a_caller_ends_and_cannot_be_made_up(
    office: Office, supervisor: Person, counselor: Person, seat: Seat, sit: Sit, reference: str, clock: Clock
) -> None:
    """The ticket of an unverified caller, of a colleague, or of half an hour ago opens nothing; the note stays."""
    asked, known = hear(seat, "kettle"), hear(seat, "kettle", "harbor")
    unverified = asked.form("/desk/called/verify").fields["ticket"]
    colleague = sit(supervisor)
    token = colleague.look("/desk/called").form("/desk/sign-out").fields
    ticket = known.form("/desk/called/said").fields["ticket"]

    answers = [
        say(seat, known, "talked", ticket=unverified, text="Kept."),
        say(seat, known, "talked", ticket="", text="Kept."),
        colleague.post("/desk/called/said", {**token, "ticket": ticket, "said": "talked", "text": "Kept."}),
    ]
    for _ in range(3):
        clock.forward(minutes=11)
        seat.look("/desk/called")
    answers.append(say(seat, known, "talked", text="Kept."))

    assert [answer.status for answer in answers] == [422] * 4
    for answer in answers:
        assert "Enter the words again. Nothing was written down." in answer.text
        assert "Kept." in answer.text
    assert seat.send("/desk/called/words", known).status == 422
    assert tell(seat, asked).status == 422
    assert call_logs.log(office, counselor, reference) == []


def test_no_word_of_a_caller_is_in_an_address_or_a_log(seat: Seat, reference: str) -> None:
    """S-09, V-49."""
    with Logbook() as logbook:
        page = hear(seat, "kettle", "harbor")
        answer = say(seat, page, "talked", text="Wants Thursday.")
        hear(seat, "kettel", "harbor")

    assert answer.leads_to == "/desk/called"
    assert [word for word in ("kettle", "kettel", "harbor", "Thursday") if word in logbook.text] == []
    assert reference


def test_ten_times_as_many_requests_take_as_many_statements(
    office: Office, seat: Seat, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = seat.look("/desk/called")

    def asked() -> int:
        with statements(office.app) as seen:
            assert seat.send("/desk/called", page, first="kettle", second="harbor").status == 200
        return len(seen)

    few = asked()
    for number in range(20):
        call_logs.ask(office, monkeypatch, ("canoe", "lantern"), nonce=bytes([number]))

    assert asked() == few
    assert reference
