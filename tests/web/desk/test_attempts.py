"""Writing calls down: one tap, nothing typed is ever lost, and nothing is done that the client did not allow."""

from dataclasses import replace

import pytest

from app.domain.calls import call_log
from app.models import LogKind
from tests.domain.helpers import call_logs, returning_clients
from tests.domain.helpers.call_logs import WISHED
from tests.support.office import Office, Person
from tests.web.desk.conftest import Sit
from tests.web.desk.reading import Page, Seat


@pytest.fixture
def reference(office: Office, supervisor: Person) -> str:
    return call_logs.ask(office)


@pytest.fixture
def counselor_seat(counselor: Person, sit: Sit) -> Seat:
    return sit(counselor)


def tap(seat: Seat, reference: str, outcome: str, page: Page | None = None, **typed: str) -> Page:
    """Open a request and tap on what became of a call."""
    address = f"/desk/{reference}"
    return seat.send(f"{address}/attempt", page or address, outcome=outcome, **typed)


def plan(seat: Seat, reference: str, **typed: str) -> Page:
    page = seat.look(f"/desk/{reference}")
    token = page.form("/desk/sign-out").fields
    return seat.post(f"/desk/{reference}/follow-up", {**token, **typed})


def test_one_tap_writes_a_call_of_ours_down(
    office: Office, counselor: Person, counselor_seat: Seat, reference: str
) -> None:
    page = counselor_seat.look(f"/desk/{reference}")
    for outcome in call_log.OUTCOMES:
        assert page.find("button", name="outcome", value=outcome)

    answer = tap(counselor_seat, reference, "bad_time", page)

    assert (answer.status, answer.leads_to) == (303, f"/desk/{reference}#calls")
    [(kind, value)] = call_logs.log(office, counselor, reference)
    assert (kind, value["outcome"], value["direction"]) == (LogKind.ATTEMPT, "bad_time", "out")
    assert "This request is yours." in counselor_seat.look(f"/desk/{reference}").text


def test_the_least_that_a_script_sends_is_enough(
    office: Office, counselor: Person, counselor_seat: Seat, reference: str
) -> None:
    """The contract: attempt(outcome, direction)."""
    token = counselor_seat.look("/desk/account").form("/desk/sign-out").fields

    answer = counselor_seat.post(f"/desk/{reference}/attempt", {**token, "outcome": "reached", "direction": "in"})

    assert answer.status == 303
    assert call_logs.log(office, counselor, reference)[0][1]["direction"] == "in"


def test_a_double_tap_is_one_call(office: Office, counselor: Person, counselor_seat: Seat, reference: str) -> None:
    page = counselor_seat.look(f"/desk/{reference}")

    answers = [tap(counselor_seat, reference, "no_answer", page, text="Twice.") for _ in range(2)]

    assert [answer.status for answer in answers] == [303, 303]
    assert len(call_logs.log(office, counselor, reference)) == 2


def test_the_page_then_proposes_the_next_safe_time_in_one_tap(
    office: Office, counselor: Person, counselor_seat: Seat, reference: str
) -> None:
    """8:00 in Phoenix: two hours ahead is inside their morning."""
    tap(counselor_seat, reference, "no_answer")

    page = counselor_seat.look(f"/desk/{reference}")
    first = next(form for form in page.forms if form.action == f"/desk/{reference}/follow-up")
    answer = counselor_seat.post(first.action, first.fields)

    assert "Last: No answer, Mon 23 Nov, 8:01 am." in page.text
    assert "The next safe time: Mon 23 Nov, 10:15 am. 1 try is left." in page.text
    assert answer.leads_to == f"/desk/{reference}#calls"
    assert "Next call: Mon 23 Nov, 10:15 am" in counselor_seat.look(f"/desk/{reference}").text


def test_a_client_elsewhere_is_shown_with_their_own_clock(office: Office, supervisor: Person, sit: Sit) -> None:
    reference = call_logs.ask(office, wished=replace(WISHED, zone="America/New_York"))
    seat = sit(supervisor)
    tap(seat, reference, "no_answer")

    assert "Wed 25 Nov, 9:00 am (in New York Wed 11:00 am)" in seat.look(f"/desk/{reference}").text


def test_s54_after_the_last_try_the_page_says_to_stop(counselor_seat: Seat, reference: str) -> None:
    for _ in range(2):
        tap(counselor_seat, reference, "no_answer")

    page = counselor_seat.look(f"/desk/{reference}")

    assert "2 tries were made, and none is left. Do not call again before they write or call." in page.text
    assert not [form for form in page.forms if form.action.endswith("/follow-up")]


WRONG = {
    "They did not check this time. Choose one of their safe times.": {"follow_up": "2026-11-24T10:00"},
    "This time is over. Choose one that is still to come.": {"follow_up": "2026-11-23T07:00"},
    "Enter a day and a time.": {"follow_up": "soon"},
    "Make your note shorter, up to 900 letters.": {"text": "x" * 901},
    "Choose how the call went.": {"outcome": "married"},
    "Choose who called.": {"direction": "up"},
}


def test_whatever_is_wrong_is_said_and_nothing_typed_is_lost(
    office: Office, counselor: Person, counselor_seat: Seat, reference: str
) -> None:
    page = counselor_seat.look(f"/desk/{reference}")
    good = {"outcome": "no_answer", "text": "After five, they said.", "follow_up": "2026-11-25T10:00"}
    for reason, typed in WRONG.items():
        sent = {**page.form(f"/desk/{reference}/attempt").fields, **good, **typed}

        answer = counselor_seat.post(f"/desk/{reference}/attempt", sent)

        assert (answer.status, answer.title[:6]) == (422, "Error:")
        assert reason in answer.text
        assert sent["text"] in answer.text
        assert answer.find("input", name="follow_up", value=sent["follow_up"])
        kept = answer.form(f"/desk/{reference}/attempt").fields
        assert kept.get("outcome") == (None if "outcome" in typed else "no_answer")
        assert "Their safe times in Phoenix: Mon 9 am to noon; Wed 9 am to noon." in answer.text
    assert call_logs.log(office, counselor, reference) == []


def test_a_next_call_to_a_wrong_number_is_refused_beside_its_field(
    office: Office, counselor: Person, counselor_seat: Seat, reference: str
) -> None:
    """Nothing is written down, the call neither: its note and its time come back."""
    answer = tap(counselor_seat, reference, "wrong_number", text="A bakery answered.", follow_up="2026-11-25T10:00")

    assert (answer.status, answer.title[:6]) == (422, "Error:")
    assert "The number was wrong. Plan no call before they gave another." in answer.text
    assert "A bakery answered." in answer.text
    assert answer.find("input", name="follow_up", value="2026-11-25T10:00")
    assert answer.form(f"/desk/{reference}/attempt").fields["outcome"] == "wrong_number"
    assert call_logs.log(office, counselor, reference) == []
    assert tap(counselor_seat, reference, "wrong_number", answer, text="A bakery answered.", follow_up="").status == 303


def test_a_mended_page_is_taken_once(office: Office, counselor: Person, counselor_seat: Seat, reference: str) -> None:
    wrong = tap(counselor_seat, reference, "no_answer", text="Kept.", follow_up="2026-11-24T10:00")

    answer = counselor_seat.send(f"/desk/{reference}/attempt", wrong, text="Kept.", follow_up="2026-11-25T10:00")

    assert answer.status == 303
    assert [kind for kind, _ in call_logs.log(office, counselor, reference)] == [
        LogKind.ATTEMPT, LogKind.NOTE, LogKind.FOLLOW_UP,
    ]  # fmt: skip


def test_a_note_survives_that_a_colleague_was_first(
    office: Office, supervisor: Person, counselor: Person, counselor_seat: Seat, sit: Sit, reference: str
) -> None:
    page = counselor_seat.look(f"/desk/{reference}")
    tap(sit(supervisor), reference, "no_answer")

    answer = tap(counselor_seat, reference, "reached", page, text="Will call on Friday.")

    assert answer.status == 409
    assert "A colleague was first." in answer.text
    assert "Grace has this request. Mon 23 Nov, 8:01 am" in answer.text
    assert "Will call on Friday." in answer.text
    assert len(call_logs.log(office, counselor, reference)) == 1


def test_s47_a_note_survives_that_the_client_withdrew(office: Office, counselor: Person, counselor_seat: Seat) -> None:
    client = returning_clients.client(office, wished=WISHED)
    page = counselor_seat.look(f"/desk/{client.reference}")
    client.withdraw()

    answer = tap(counselor_seat, client.reference, "reached", page, text="Will call on Friday.")
    mistaken = tap(counselor_seat, client.reference, "reached", page, text="x" * 901)

    assert (answer.status, mistaken.status) == (409, 409)
    assert "This request was taken back. Do not call." in answer.text
    assert "Will call on Friday." in answer.text
    assert "x" * 901 in mistaken.text


def test_a_voicemail_they_did_not_allow_is_asked_about_and_then_recorded(
    office: Office, counselor: Person, counselor_seat: Seat
) -> None:
    """S-50, S-54."""
    reference = call_logs.ask(office, wished=replace(WISHED, voicemail=False))

    asked = tap(counselor_seat, reference, "voicemail", text="It was short.")
    unchanged = call_logs.log(office, counselor, reference)
    answer = counselor_seat.send(f"/desk/{reference}/attempt", asked, outcome="voicemail", text="It was short.")

    assert asked.status == 422
    assert "They did not allow a voicemail. Did you leave one?" in asked.text
    assert "It was short." in asked.text
    assert (unchanged, answer.status) == ([], 303)
    assert call_logs.log(office, counselor, reference)[0][1]["incident"] is True
    assert "Ada left a voicemail that they had not allowed." in counselor_seat.look(f"/desk/{reference}").text


def test_no_voicemail_was_left_after_all(office: Office, counselor: Person, counselor_seat: Seat) -> None:
    reference = call_logs.ask(office, wished=replace(WISHED, voicemail=False))
    asked = tap(counselor_seat, reference, "voicemail")

    counselor_seat.send(f"/desk/{reference}/attempt", asked, outcome="no_answer")

    [(_, value)] = call_logs.log(office, counselor, reference)
    assert (value["outcome"], value.get("incident")) == ("no_answer", None)


def test_somebody_else_answered_raises_a_flag_before_the_card(counselor_seat: Seat, reference: str) -> None:
    """S-54: no next step is suggested either."""
    tap(counselor_seat, reference, "other_person")

    page = counselor_seat.look(f"/desk/{reference}")

    flag = page.text.index("The two words are burnt: do not say them.")
    assert flag < page.text.index("They will be in")
    assert "Ask which name they gave us and one time they checked; offer neither." in page.text
    assert "The next safe time" not in page.text


def test_a_wrong_number_raises_a_flag_and_plans_nothing(counselor_seat: Seat, reference: str) -> None:
    tap(counselor_seat, reference, "wrong_number")

    page = counselor_seat.look(f"/desk/{reference}")

    assert "Wrong number: do not call it again." in page.text
    assert "The number was wrong." in plan(counselor_seat, reference, at="2026-11-25T10:00").text


def test_new_words_are_offered_once_they_were_reached_and_shown_to_be_read_out(
    office: Office, counselor: Person, counselor_seat: Seat, reference: str
) -> None:
    tap(counselor_seat, reference, "other_person")
    assert "Give two new words" not in counselor_seat.look(f"/desk/{reference}").text
    tap(counselor_seat, reference, "reached")

    answer = counselor_seat.send(f"/desk/{reference}/words", f"/desk/{reference}")

    first, second = returning_clients.opened(office, counselor, reference).answers.words
    assert f"We say first {first} They answer {second}" in answer.text
    page = counselor_seat.look(f"/desk/{reference}")
    assert "Give two new words" not in page.text
    assert "burnt" not in page.text


def test_a_plan_is_changed_and_taken_back(counselor_seat: Seat, reference: str) -> None:
    plan(counselor_seat, reference, at="2026-11-25T10:00")
    planned = counselor_seat.look(f"/desk/{reference}").text

    plan(counselor_seat, reference, remove="yes")

    assert "Next call: Wed 25 Nov, 10:00 am" in planned
    assert "Next call: " not in counselor_seat.look(f"/desk/{reference}").text


def test_a_plan_outside_their_times_is_said_beside_the_field(counselor_seat: Seat, reference: str) -> None:
    for at, reason in (
        ("2026-11-25T12:00", "They did not check this time. Choose one of their safe times."),
        ("", "Enter the day and time of the next call."),
        ("Wednesday", "Enter a day and a time."),
        ("9999-11-25T10:00", "Enter a day within the next two years."),
        ("2027-06-30T10:00", "Choose a day within the next 90 days."),
    ):
        answer = plan(counselor_seat, reference, at=at)

        assert (answer.status, answer.title) == (422, "Error: Next call")
        assert reason in answer.text
        assert answer.find("input", name="at", value=at)


def test_a_colleague_s_request_takes_only_that_they_called(
    office: Office, supervisor: Person, counselor_seat: Seat, sit: Sit, reference: str
) -> None:
    tap(sit(supervisor), reference, "no_answer")

    page = counselor_seat.look(f"/desk/{reference}")
    answer = tap(counselor_seat, reference, "bad_time", page)

    assert "They called you?" in page.text
    assert not page.find("button", name="outcome", value="no_answer")
    assert answer.status == 303
    assert call_logs.log(office, supervisor, reference)[1][1]["direction"] == "in"


def test_a_request_that_is_closed_offers_no_call(
    office: Office, supervisor: Person, counselor_seat: Seat, reference: str
) -> None:
    page = counselor_seat.look(f"/desk/{reference}")
    call_logs.close(office, supervisor, reference)

    answer = tap(counselor_seat, reference, "reached", page, text="Kept.")

    assert (answer.status, "Kept." in answer.text) == (409, True)
    assert "How did the call go?" not in counselor_seat.look(f"/desk/{reference}").text


def test_what_does_not_exist_is_a_page_that_does_not(supervisor: Person, sit: Sit) -> None:
    """V-25."""
    seat = sit(supervisor)
    token = seat.look("/desk/account").form("/desk/sign-out").fields

    for path, data in {"attempt": {"outcome": "reached"}, "follow-up": {"at": "2026-11-25T10:00"}, "words": {}}.items():
        assert seat.post(f"/desk/K7QF-3MDX/{path}", {**token, **data}).status == 404
